// Networks in files.
#include <cstring>

#include "base/json.hpp"
#include "base/text.hpp"
#include "catch.hpp"
#include "data/help.hpp"
#include "io/network_file.hpp"
#include "io/record.hpp"
#include "train/small_run.hpp"
#include "study/runner.hpp"

TEST_CASE("the runner begins with a loaded network, as train does", "[measure]") {
    ScratchFile network, record;
    Config config = small("bp");
    resolve(config);
    Network dead(shape_of(config), 1);
    dead.parameters.zero();
    record.path += ".jsonl";
    {
        OutputFile out(network.path);
        write_network(out, dead, run_line(config), result_line(Result{}), grammar_of(config));
        out.commit();
    }
    config.load = network.path;
    config.measure = "health";
    RunStore store(record.path);
    run_all({config}, store, quietly());
    CHECK(store.find(run_line(config))->text.find("\"dead\":[1,1,1]")
          != std::string::npos);  // from zero weights nothing is learnt
}

TEST_CASE("a network read from its file is the one that was written", "[network_file]") {
    ScratchFile file;
    for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn})
        for (auto [bias, norm] : {std::pair{false, false}, {true, false}, {false, true}, {true, true}}) {
            Config config = small("dfa");
            config.arch = arch;
            config.bias = bias;
            config.norm = norm;
            config.seed = 5;
            config.init_scale = 0.3;
            resolve(config);
            Network net(shape_of(config), 99), read(shape_of(config), 1);
            for (float& x : net.statistics.values()) x += 0.5f;
            OutputFile out(file.path);
            Result result;
            result.steps = 123;
            write_network(out, net, run_line(config), result_line(result), grammar_of(config));
            out.commit();
            NetworkFile in(file.path);
            in.read_into(read);
            CHECK(std::memcmp(net.parameters.values().data(), read.parameters.values().data(),
                              net.parameters.size() * 4)
                  == 0);
            CHECK((net.statistics.size() > 0) == config.norm);
            CHECK(std::equal(net.statistics.values().begin(), net.statistics.values().end(),
                             read.statistics.values().begin()));
            CHECK(in.steps() == 123);
            Config back = in.config();
            resolve(back);
            CHECK(run_line(back) == run_line(config));
            Config other =
                small("dfa");  // another width, then a bias that the file does not have, or the reverse
            other.arch = arch;
            other.width = 13;
            other.bias = bias;
            other.norm = norm;
            resolve(other);
            Network wider(shape_of(other), 1);
            auto wrong = outcome([&] { in.read_into(wider); });
            CHECK((wrong.code == Exit::input && wrong.one_line()
                   && wrong.sentence.find("W1") != std::string::npos
                   && wrong.sentence.find("13") != std::string::npos));
            other.width = 12;
            other.bias = !bias;
            Network biased(shape_of(other), 1);
            CHECK(outcome([&] { in.read_into(biased); }).code == Exit::input);
            other.bias = bias;
            other.norm = !config.norm;
            resolve(other);
            Network otherwise(shape_of(other), 1);
            auto mixed = outcome([&] { in.read_into(otherwise); });
            CHECK((mixed.code == Exit::input && mixed.one_line()
                   && mixed.sentence.find("--norm") != std::string::npos));
        }
}

TEST_CASE("running statistics follow the training steps alone, and a saved network is as accurate",
          "[network_file]") {
    ScratchFile file;
    Config config = small("vicreg");
    config.norm = true;
    config.bias = true;
    config.steps = 200;
    resolve(config);
    Trainer t(config);
    Parameters want = t.net.statistics;
    Record record;
    for (int step = 0; step < 200; ++step) {
        t.step();
        for (std::size_t l = 1; l <= 3; ++l)
            for (std::size_t k = 0; k < want[l - 1].cols; ++k)
                want[l - 1](0, k) =
                    0.9f * want[l - 1](0, k) + 0.1f * t.record.normalised[l - 1].moments(0, k);
        t.look();  // as a measure of alignment does
        accuracy(t.net, t.test_data, 10, record);
    }
    for (std::size_t l = 1; l <= 3; ++l)
        for (std::size_t k = 0; k < want[l - 1].cols; ++k)
            CHECK(std::abs(t.net.statistics[l - 1](0, k) - want[l - 1](0, k)) < 1e-5);
    OutputFile out(file.path);
    write_network(out, t.net, run_line(config), result_line(Result{}), t.grammar);
    out.commit();
    Network read(shape_of(config), 1);
    NetworkFile(file.path).read_into(read);
    const double by_run = accuracy(t.net, t.test_data, 100, record);
    CHECK(by_run > 0.3);
    CHECK(accuracy(read, t.test_data, 100, record) == by_run);
    read.statistics.zero();
    CHECK(accuracy(read, t.test_data, 100, record) != by_run);
}

TEST_CASE("a truncated, damaged or foreign network file gets one sentence", "[network_file]") {
    ScratchFile file;
    Config config = small("bp");
    resolve(config);
    Network net(shape_of(config), 99);
    OutputFile out(file.path);
    write_network(out, net, run_line(config), result_line(Result{}), grammar_of(config));
    out.commit();
    const std::string whole = read_file(file.path);
    auto attempt = [&](std::string_view bytes) {
        file.write(bytes);
        return outcome([&] {
            NetworkFile in(file.path);
            in.config();
            in.steps();
            in.read_into(net);
        });
    };
    REQUIRE(attempt(whole).code == Exit::ok);
    for (std::size_t n = 0; n < whole.size(); n += n < 400 ? 3 : 197) {
        auto result = attempt(std::string_view(whole).substr(0, n));
        if (result.code != Exit::input || !result.one_line())
            FAIL("the first " << n << " bytes: " << result.sentence);
    }
    CHECK(attempt(whole + "x").code == Exit::input);
    std::size_t header = whole.find('\n'), refused = 0;
    for (std::size_t i = 0; i < header;
         ++i)  // a byte of the header changed: refused, or read with the same shapes
        for (char c : {'9', '\xff'}) {
            std::string damaged = whole;
            damaged[i] = c;
            auto result = attempt(damaged);
            if (result.code != Exit::ok && (result.code != Exit::input || !result.one_line()))
                FAIL("byte " << i << ": " << result.sentence);
            refused += result.code == Exit::input;
        }
    CHECK(refused > header / 2);
    std::string broken = whole;
    std::fill(broken.end() - 4, broken.end(), '\xff');  // not a number
    CHECK(attempt(broken).sentence.find("not finite") != std::string::npos);
    std::string unsaid = whole;
    unsaid[whole.find("\"kind\"")] = '?';
    CHECK(attempt(unsaid).code == Exit::input);
    CHECK(attempt("PK\3\4 some zip file, or anything else").sentence.find("no NPY file")
          != std::string::npos);
    std::vector<NpyField> data{{"label", "u1", {}}, {"leaves", "u1", {8}}};
    CHECK(attempt(npy_header(data, 2) + std::string(18, '\0')).sentence.find("no network")
          != std::string::npos);
    CHECK(outcome([] { NetworkFile("no/such/file.npy"); }).code == Exit::io);
}

TEST_CASE("headers are read as NumPy writes them", "[network_file]") {
    auto with = [](std::string_view header, std::size_t bytes, char version = 1) {
        std::string file("\x93NUMPY", 6);
        file += version;
        file += '\0';
        file += static_cast<char>(header.size());
        file += '\0';
        if (version > 1) file += std::string(2, '\0');
        return file + std::string(header) + std::string(bytes, 'x');
    };
    std::string good =
        "{'descr': [('run', '|S3'), ('W1', '<f4', (2, 3)), ('b', '|u1')], 'fortran_order': False, 'shape': "
        "(1,), }  \n";
    for (char version : {'\1', '\2'}) {
        NpyArray a = NpyArray::parse(with(good, 28, version), "it");
        REQUIRE(a.fields.size() == 3);
        CHECK((a.count == 1 && a.record_bytes == 28));
        CHECK((a.fields[1].shape == std::vector<std::size_t>{2, 3} && a.fields[1].offset == 3
               && a.fields[1].bytes == 24 && a.fields[2].shape.empty()));
    }
    CHECK(NpyArray::parse(
              with("{'descr': [('a', 'u1', (2,))], 'fortran_order': False, 'shape': (3, 2)}\n", 12), "it")
              .count
          == 6);
    CHECK(NpyArray::parse(with("{'descr': [('a', 'u1')], 'fortran_order': False, 'shape': ()}\n", 1), "it")
              .count
          == 1);
    for (std::string_view bad :
         {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}\n",
          "{'descr': [('a', '>f4')], 'fortran_order': False, 'shape': (1,)}\n",
          "{'descr': [('a', '<f4')], 'fortran_order': True, 'shape': (1,)}\n",
          "{'descr': [('a', '<f4', (99999999999, 99999999999))], 'shape': (1,)}\n",
          "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (99999999999, 9999999999)}\n", "{}\n",
          "{'descr': [('a', '<f4', (0,))], 'fortran_order': False, 'shape': (1,)}\n",
          "{'descr': [('a', 'S0')], 'shape': (1,)}\n"}) {
        auto result = outcome([&] { NpyArray::parse(with(bad, 4), "it"); });
        INFO(bad);
        CHECK((result.code == Exit::input && result.one_line()));
    }
}

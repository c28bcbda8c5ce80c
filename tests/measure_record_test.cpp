// Measurements in the record, on the terminal, and during training; networks in files.
#include <cstring>
#include <fstream>
#include <unistd.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "catch.hpp"
#include "data_help.hpp"
#include "io/measure_record.hpp"
#include "show/heat_table.hpp"
#include "io/network_file.hpp"
#include "io/record.hpp"
#include "study/runner.hpp"

using namespace rhm;

namespace {

Config small(std::string_view rule) {
    Config c;
    c.task = {.vocab = 4, .classes = 4, .synonyms = 2, .tuple = 2, .levels = 3};
    c.train_size = 128;
    c.test_size = 100;
    c.width = 12;
    c.batch = 16;
    c.steps = 40;
    c.stop_loss = 0;
    c.rule = rule;
    return c;
}

Request quietly() {
    Request request;
    request.quiet = true;
    return request;
}

struct ScratchFile {
    std::string path = concat("measure_test.", ::getpid(), ".npy");
    ~ScratchFile() { remove_file(path); }
    void write(std::string_view bytes) const {
        std::ofstream(path, std::ios::binary) << bytes;
    }  // no fsync: hundreds of files
};

/// Weights and running statistics.
std::vector<float> weights_after(Config config, const Hooks& more = {}) {
    resolve(config);
    std::vector<float> weights;
    Hooks hooks = more;
    hooks.ended = [&](Trainer& t, const Result&) {
        weights.assign(t.net.parameters.values().begin(), t.net.parameters.values().end());
        for (float x : t.net.statistics.values()) weights.push_back(x);
    };
    train(config, hooks);
    return weights;
}

}  // namespace

TEST_CASE("measuring does not disturb training, whatever the rule", "[measure]") {
    for (const Rule* rule : rules()) {
        Config config = small(rule->name);
        config.norm = rule->place % 20 != 0;
        std::vector<float> alone = weights_after(config);
        config.measure = "all";
        config.measure_every = 7;
        config.measure_size = 50;
        Measurer measurer(config);
        std::vector<std::int64_t> at;
        Hooks hooks;
        hooks.measured = [&](Trainer& t) {
            auto taken = measurer.measure(t);
            REQUIRE(taken.size() == 4);
            for (const Measurement& m : taken) CHECK(m.step == t.steps);
            at.push_back(t.steps);
        };
        INFO(rule->name);
        CHECK(weights_after(config, hooks) == alone);
        CHECK(at == std::vector<std::int64_t>{7, 14, 21, 28, 35, 40});
        at.clear();
        config.measure_every.reset();
        weights_after(config, hooks);
        CHECK(at == std::vector<std::int64_t>{40});
    }
}

TEST_CASE("measures are of the present network, and probes stand beside those of the network before training",
          "[measure]") {
    Config config = small("clapp");
    config.measure = "all";
    config.seed = 3;
    resolve(config);
    Measurer measurer(config);
    Trainer t(config);
    for (bool trained : {false, true}) {
        auto taken = measurer.measure(t);
        REQUIRE(taken.size() == 4);
        const Table &now = taken[1].table("accuracy"), &before = taken[1].table("random"),
                    &activity = taken[3].table("activity");
        CHECK(std::equal(now.data(), now.data() + now.size(), before.data()) == !trained);
        Record record;
        forward(t.net, t.batch.input, t.batch.rows(), record);
        for (std::size_t l = 1; l <= 3; ++l) {
            double squares = 0;
            const std::size_t first = t.batch.labels.size() * record.flat(l).cols;  // of the first views
            for (std::size_t i = 0; i < first; ++i)
                squares += double(record.h(l).data[i]) * double(record.h(l).data[i]);
            CHECK(std::abs(activity(l - 1, 0) - std::sqrt(squares / double(t.batch.labels.size()))) < 1e-6);
        }
        for (int i = 0; i < 40; ++i) t.step();
    }
}

TEST_CASE("without synonyms there is no sensitivity to measure", "[measure]") {
    Config config = small("bp");
    config.task = {.vocab = 8, .classes = 8, .synonyms = 1, .tuple = 2, .levels = 3};
    config.train_size = config.test_size = 4;
    config.uniform = true;
    config.measure = "all";
    resolve(config);
    Trainer t(config);
    auto taken = Measurer(config).measure(t);
    REQUIRE(taken.size() == 3);
    for (const Measurement& m : taken) CHECK(m.what != "sensitivity");
}

TEST_CASE("a list of measures", "[measure]") {
    CHECK(measures_of("").empty());
    CHECK(measures_of("health,probes") == std::vector<std::string_view>{"probes", "health"});
    CHECK(measures_of("all").size() == 4);
    for (std::string bad : {"helth", "probes,", ",", "probes health"}) {
        auto result = outcome([&] { measures_of(bad); });
        CHECK((result.code == Exit::usage && result.one_line()));
    }
    CHECK(outcome([] { measures_of("helth"); }).sentence.find("did you mean 'health'") != std::string::npos);
    Config config = small("bp");
    config.measure_every = 3;
    CHECK(outcome([&] { resolve(config); }).code == Exit::usage);
    config = small("bp");
    config.task.synonyms = 1;
    config.train_size = config.test_size = 1;
    config.measure = "sensitivity";
    CHECK(outcome([&] { resolve(config); }).code == Exit::usage);
}

TEST_CASE("a measurement reads back from its line", "[measure]") {
    Config config = small("clapp");
    config.measure = "all";
    resolve(config);
    Measurer measurer(config);
    Trainer trainer(config);
    trainer.step();
    std::size_t tables = 0;
    for (Measurement m : measurer.measure(trainer)) {
        m.tables[0].second(0, 0) = std::nan("");  // a missing number
        std::string line = measure_line(m);
        CHECK(line.find("[null") != std::string::npos);
        CHECK(line.find("nan") == std::string::npos);
        Measurement back = parse_measurement(line);
        CHECK((back.what == m.what && back.step == 1 && back.tables.size() == m.tables.size()));
        for (const auto& [name, table] : m.tables) {
            const Table& read = back.table(name);
            REQUIRE((read.rows() == table.rows() && read.cols() == table.cols()));
            for (std::size_t i = 0; i < table.size(); ++i)
                CHECK((read.data()[i] == table.data()[i]
                       || (std::isnan(read.data()[i]) && std::isnan(table.data()[i]))));
            ++tables;
        }
        CHECK(measure_line(back) == line);
    }
    CHECK(tables == 2 + 4 + 4 + 7);
    for (std::string bad : {"{}", "{\"kind\":\"measure\",\"what\":\"soul\"}",
                            "{\"kind\":\"measure\",\"what\":\"health\",\"rank\":[[1],[1,2]]}",
                            "{\"kind\":\"measure\",\"what\":\"health\",\"rank\":[\"x\"]}"}) {
        auto result = outcome([&] { parse_measurement(bad); });
        CHECK((result.code == Exit::input && result.one_line()));
    }
    Measurement torn = parse_measurement(
        "{\"kind\":\"measure\",\"what\":\"probes\",\"step\":1,\"accuracy\":[[0.5,1]],\"random\":[[0.5]],"
        "\"error\":[[0,0]],\"chance\":[0.5,0.5]}");
    CHECK(outcome([&] { heat_table(torn, false); }).code == Exit::input);
    CHECK(outcome([&] { heat_table({"health", 0, {}}, false); }).code == Exit::input);
}

TEST_CASE("heat tables", "[measure]") {
    Measurement s = parse_measurement(
        R"({"kind":"measure","what":"sensitivity","step":50,"value":[[1.04,0.5],[0.05,null]],"error":[[0.01,0.02],[0.001,null]]})");
    CHECK(heat_table(s, false) ==
          "synonym sensitivity after 50 steps: 1 as different as another string, 0\n"
          "  invariant (standard error up to 0.020)\n"
          "            level 1   level 2\n"
          "layer 2        0.05         -\n"
          "layer 1     ██ 1.04   ▒▒ 0.50\n");
    Measurement p = parse_measurement(
        R"({"kind":"measure","what":"probes","step":9,"accuracy":[[1,0.5],[0.98,0.75]],"error":[[0,0],[0,0.025]],"random":[[0.9,0.5],[0.6,0.5]],"chance":[0.25,0.5]})");
    CHECK(heat_table(p, false) ==
          "symbols decoded by linear probes after 9 steps, held-out accuracy (standard\n"
          "  error up to 0.025)\n"
          "            level 1   level 2\n"
          "layer 2     ██ 0.98   ▒▒ 0.75\n"
          "layer 1     ██ 1.00      0.50\n"
          "chance         0.25      0.50\n"
          "the same for the network before training\n"
          "            level 1   level 2\n"
          "layer 2     ▒▒ 0.60      0.50\n"
          "layer 1     ██ 0.90      0.50\n"
          "levels decoded by some layer with an error below 10 % of the chance error: 1\n");
    Measurement h = parse_measurement(
        R"({"kind":"measure","what":"health","step":9,"deviation":[0.25,12.5],"rank":[3,1234.5],"dead":[0,1],"active":[0.5,0]})");
    CHECK(heat_table(h, false) ==
          "the codes after 9 steps (deviation of a unit; rank: participation ratio; shares\n"
          "  of dead and active units)\n"
          "          deviation      rank      dead    active\n"
          "layer 2        12.5  1.23e+03   ██ 1.00      0.00\n"
          "layer 1        0.25         3      0.00   ▒▒ 0.50\n");
    for (const Measurement* m : {&s, &p, &h}) {
        CHECK(heat_table(*m, false).find('\x1b') == std::string::npos);
        std::string coloured = heat_table(*m, true);
        CHECK(coloured.find("\x1b[48;5;") != std::string::npos);
        CHECK(coloured.find("█") == std::string::npos);
    }
}

TEST_CASE("the runner keeps measurements in a run's block", "[measure]") {
    ScratchFile file;
    Config config = small("bp");
    config.measure = "health,probes";
    resolve(config);
    {
        RunStore store(file.path);
        run_all({config}, store, quietly());
    }
    RunStore again(file.path);
    CHECK_FALSE(again.skipped().any());
    std::size_t lines = 0;
    for (auto line : split(again.find(run_line(config))->text, '\n'))
        if (line.starts_with("{\"kind\":\"measure\"")) lines += parse_measurement(line).step == 40;
    CHECK(lines == 2);
}

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
          "{'descr': [('a', 'S0')], 'shape': (1,)}\n"}) {
        auto result = outcome([&] { NpyArray::parse(with(bad, 4), "it"); });
        INFO(bad);
        CHECK((result.code == Exit::input && result.one_line()));
    }
}

// Measurements in the record, on the terminal, and during training.
#include <cstring>

#include "base/json.hpp"
#include "base/text.hpp"
#include "catch.hpp"
#include "data/help.hpp"
#include "io/measure_record.hpp"
#include "show/heat_table.hpp"
#include "io/record.hpp"
#include "train/small_run.hpp"
#include "study/runner.hpp"

namespace {

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

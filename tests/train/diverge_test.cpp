// Runs that go wrong, and learning rates for each layer.
#include <cmath>
#include <cstdio>

#include "base/error.hpp"
#include "base/text.hpp"
#include "catch.hpp"
#include "train/small_run.hpp"
#include "study/runner.hpp"

TEST_CASE(
    "ebd with its default entropy stays finite in float, where the code's correlations are nearly singular",
    "[run]") {
    Config c;
    c.rule = "ebd";
    c.task.levels = 4;
    c.train_size = 2592, c.test_size = 500;
    c.steps = 600;
    resolve(c);
    Result result = train(c);
    CHECK(result.status == Status::ok);
    CHECK(result.test_accuracy > 0.3);
}

TEST_CASE("ebd goes without its entropy where the correlations cannot be inverted in float", "[run]") {
    std::vector<float> weights[2];
    for (int with = 0; with < 2; ++with) {
        Config c = tiny("ebd");
        c.width = 32;  // layer 1 has 16 different codes, so that its correlations are singular
        set(c, *find_option("init-scale"), "1e3");  // and beside them the ridge of 10^-3 vanishes
        set(c, *find_option("weight-decay"), "0");
        set(c, *find_option("power"), "0");
        set(c, *find_option("entropy"), with ? "0.1" : "0");
        resolve(c);
        Trainer t(c);
        for (int i = 0; i < 3; ++i) t.step();
        weights[with].assign(t.net.parameters.span(0).begin(), t.net.parameters.span(0).end());
    }
    CHECK(weights[0] == weights[1]);
}

TEST_CASE("a result says whether it was the readout that diverged", "[run]") {
    Config c = tiny("vicreg");
    c.readout_labels = 16;
    c.readout_steps = 1000;
    set(c, *find_option("lr"), "0");              // the hidden layers stay as they are ...
    set(c, *find_option("weight-decay"), "1e6");  // ... and the readout's grow a thousandfold at each step
    resolve(c);
    const Result in_readout = train(c);
    CHECK(in_readout.status == Status::diverged);
    CHECK(in_readout.in_readout);
    set(c, *find_option("lr"), "1e6");
    const Result before = train(c);
    CHECK(before.status == Status::diverged);
    CHECK_FALSE(before.in_readout);
}

TEST_CASE("a run that goes non-finite is recorded as diverged and does not stop the others", "[run]") {
    const std::string path = "diverge_test.jsonl";
    std::remove(path.c_str());
    std::vector<Config> plan;
    for (const Rule* rule : rules()) {
        Config good = tiny(rule->name), bad = good;
        bad.optimizer = Optimizer::sgd;  // with which a learning rate of 10^6 takes the weights beyond all
                                         // bounds in a few steps
        bad.steps = 100;
        for (Config* c : {&bad, &good}) {
            set(*c, *find_option("lr"), c == &bad ? "1e6" : "1e-3");
            resolve(*c);
            plan.push_back(*c);
        }
    }
    std::size_t diverged = 0;
    {
        RunStore store(path);
        RunnerReport report = run_all(plan, store, quietly());
        REQUIRE(report.results.size() == plan.size());
        for (std::size_t i = 0; i < plan.size(); ++i) {
            INFO(plan[i].rule << " lr " << *plan[i].lr);
            diverged += report.results[i].status == Status::diverged;
            if (i % 2 == 1) CHECK(report.results[i].status == Status::ok);
            if (i % 2 == 0 && (plan[i].rule == "bp" || plan[i].rule == "dfa"))
                CHECK(report.results[i].status == Status::diverged);
        }
    }
    CHECK(diverged >= 6);  // elsewhere all units may fall silent before anything overflows
    RunStore again(path);  // the record tells, and nothing is run twice
    RunnerReport report = run_all(plan, again, quietly());
    CHECK(report.reused == plan.size());
    CHECK(report.results[0].status == Status::diverged);
    std::remove(path.c_str());
}

TEST_CASE("a weight that is not a number is found although its unit stays silent", "[run]") {
    Config c = tiny("frozen");
    c.init_scale = 1e300;  // infinite in float
    resolve(c);
    CHECK(train(c).status == Status::diverged);
}

TEST_CASE("a run whose accuracy on the validation data is not a number has diverged", "[run]") {
    Config c = tiny("bp");
    c.arch = Arch::lcn, c.steps = 0;
    c.train_size = c.test_size = 8;
    Hooks hooks;
    // Each symbol of one validation string adds 10^38 to one unit: only all four are more than float can
    // hold.
    hooks.started = [](Trainer& t) {
        SplitSizes sizes = sizes_of(t.config);
        sizes.validation = 8;
        const Dataset validation = draw(t.grammar, sizes, Split::validation, t.config.seed);
        t.net.parameters.zero();
        for (std::size_t i = 0; i < 4; ++i) t.net.weight(1)(4 * i + validation.row(0)[i], 0) = 1e38f;
        for (std::size_t position : {0u, 1u}) t.net.weight(2)(8 * position, 0) = 1;
    };
    resolve(c);
    CHECK(train(c, hooks).status == Status::ok);
    c.validation_size = 8;
    resolve(c);
    const Result judged = train(c, hooks);
    CHECK_FALSE((std::isnan(judged.train_accuracy) || std::isnan(judged.test_accuracy)));
    CHECK(std::isnan(judged.validation_accuracy));
    CHECK(judged.status == Status::diverged);
}

TEST_CASE("a layer is mostly dead when more than half of its units fire for no datum", "[run]") {
    Config c = tiny("bp");
    c.steps = 0;
    resolve(c);
    const auto dead_with = [&](std::size_t silenced) {
        Hooks hooks;
        hooks.started = [silenced](Trainer& t) {
            for (std::size_t l : {1u, 2u})
                for (std::size_t i = 0; i < t.net.weight(l).rows; ++i)
                    for (std::size_t u = 0; u < 8; ++u) t.net.weight(l)(i, u) = u < silenced ? -1.f : 1.f;
        };
        return train(c, hooks).dead;
    };
    CHECK(dead_with(4).empty());
    CHECK(dead_with(5) == std::vector<double>{0.625, 0.625});
}

TEST_CASE("learning rates are scaled layer by layer", "[run]") {
    auto trained = [](std::string_view rule, std::string_view scales, bool bias) {
        Config c = tiny(rule);
        c.bias = bias;
        for (auto [name, value] : {std::pair{"lr", "1e-3"}, {"init-scale", "1"}, {"weight-decay", "0"}})
            set(c, *find_option(name), value);
        set(c, *find_option("lr-scale"), scales);
        set(c, *find_option("lr"), "1e-3");
        resolve(c);
        auto trainer = std::make_unique<Trainer>(c);
        for (int i = 0; i < 3; ++i) trainer->step();
        return trainer;
    };
    for (bool bias : {false, true}) {
        auto still = trained("bp", "0,0", bias), frozen = trained("frozen", "1,1,1", bias),
             lower = trained("bp", "0,1,0", bias);
        auto differ = [](Trainer& a, Trainer& b, std::size_t block) {
            auto x = a.net.parameters.span(block), y = b.net.parameters.span(block);
            return !std::equal(x.begin(), x.end(), y.begin());
        };
        const std::size_t blocks = still->net.parameters.blocks(), each = bias ? 2 : 1;
        for (std::size_t b = 0; b < blocks; ++b) {
            INFO("block " << b);
            CHECK_FALSE(differ(*still, *frozen, b));  // hidden layers that stand still are the frozen control
        }
        Trainer initial(lower->config);
        for (std::size_t b = 0; b < blocks; ++b) CHECK(differ(*lower, initial, b) == (b / each == 1));
    }
    Config c = tiny("bp");
    for (std::string_view bad : {"1", "1,1,1,1", "1,x", "1,-1", ""}) {
        c.lr_scale = bad;
        if (bad.empty())
            CHECK_NOTHROW(resolve(c));
        else
            CHECK_THROWS_AS(resolve(c), Error);
    }
}

/// The first steps of a run: whether every loss and every entry of the updates was finite.
static bool begins_finite(const Config& config) {
    Trainer t(config);
    bool finite = true;
    for (int i = 0; i < 3; ++i) {
        finite = finite && std::isfinite(t.step());
        if (t.rule.is_local()) finite = finite && std::isfinite(t.own_loss);
        for (float g : t.gradient.values()) finite = finite && std::isfinite(g);
        for (float g : t.memory.learnt_gradient.values()) finite = finite && std::isfinite(g);
    }
    return finite;
}

TEST_CASE("every rule is finite at both ends of the range of each of its constants", "[run]") {
    for (const Rule* rule : rules())
        for (std::string_view views : kPairingNames) {
            if (!rule->wants_pairs() && views != "class") continue;
            for (const Option& option : options()) {
                Config c = tiny(rule->name);
                if (option.group != "Rules" || option.kind != Option::Kind::number) continue;
                for (double end : {option.low, option.high}) {
                    if (option.name == "online" && end > 0 && (!rule->compares() || views == "siblings"))
                        continue;
                    c = tiny(rule->name);
                    c.task.levels = 3;
                    c.constants.pairing = value_of<Pairing>(views, kPairingNames);
                    set(c, *find_option("lr"), "1e-4");
                    set(c, option, number(end));
                    resolve(c);
                    INFO(rule->name << " --views " << views << " --" << option.name << " " << end);
                    CHECK(begins_finite(c));
                }
            }
        }
}

TEST_CASE("every rule takes steps of one datum, or one pair, and simsiam of two", "[run]") {
    for (const Rule* rule : rules())
        for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn}) {
            Config c = tiny(rule->name);
            set(c, *find_option("batch"), rule->name == "simsiam" ? "2" : "1");
            c.arch = arch;
            if (rule->compares()) c.constants.online = 4;
            set(c, *find_option("lr"), "1e-4");
            resolve(c);
            INFO(rule->name << " on " << name_of(arch, kArchNames));
            CHECK(begins_finite(c));
        }
}

TEST_CASE("infonce learns at the lowest temperature", "[run]") {
    for (Pairing views : {Pairing::classes, Pairing::siblings}) {
        Config c = tiny("infonce");
        c.constants.pairing = views;
        set(c, *find_option("batch"), "64");
        set(c, *find_option("temperature"), "0.001");
        resolve(c);
        Result result = train(c);
        CHECK(result.status == Status::ok);
        CHECK(result.steps == c.steps);
    }
}

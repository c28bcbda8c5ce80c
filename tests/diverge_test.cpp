// Runs that go wrong, and learning rates for each layer.
#include <cmath>
#include <cstdio>

#include "base/error.hpp"
#include "base/text.hpp"
#include "catch.hpp"
#include "io/record.hpp"
#include "study/runner.hpp"

using namespace rhm;

static Config small(std::string_view rule) {
    Config c;
    c.rule = rule;
    c.task.levels = 2;
    c.task.synonyms = 2;
    c.train_size = 16;
    c.test_size = 16;
    c.width = 8;
    c.batch = 8;
    c.steps = 60;
    c.quiet = true;
    return c;
}

TEST_CASE(
    "ebd with its default entropy stays finite in float, where the code's correlations are nearly singular",
    "[run]") {
    Config c;
    c.rule = "ebd";
    c.task.levels = 4;
    c.train_size = 2592, c.test_size = 500;
    c.steps = 600;
    c.quiet = true;
    resolve(c);
    Result result = train(c);
    CHECK(result.status == Status::ok);
    CHECK(result.test_accuracy > 0.3);
}

TEST_CASE("ebd goes without its entropy where the correlations cannot be inverted in float", "[run]") {
    std::vector<float> weights[2];
    for (int with = 0; with < 2; ++with) {
        Config c = small("ebd");
        c.width = 32;        // layer 1 has 16 different codes, so that its correlations are singular
        c.init_scale = 1e3;  // and beside them the ridge of 10^-3 vanishes
        set(c, *find_option("power"), "0");
        set(c, *find_option("entropy"), with ? "0.1" : "0");
        resolve(c);
        Trainer t(c);
        for (int i = 0; i < 3; ++i) t.step();
        weights[with].assign(t.net.parameters.span(0).begin(), t.net.parameters.span(0).end());
    }
    CHECK(weights[0] == weights[1]);
}

TEST_CASE("a run that goes non-finite is recorded as diverged and does not stop the others", "[run]") {
    const std::string path = "diverge_test.jsonl";
    std::remove(path.c_str());
    std::vector<Config> plan;
    for (const Rule* rule : rules()) {
        Config good = small(rule->name), bad = good;
        bad.optimizer =
            "sgd";  // with which a learning rate of 10^6 takes the weights beyond all bounds in a few steps
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
        RunnerReport report = run_all(plan, store, plan[0]);
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
    RunnerReport report = run_all(plan, again, plan[0]);
    CHECK(report.reused == plan.size());
    CHECK(report.results[0].status == Status::diverged);
    std::remove(path.c_str());
}

TEST_CASE("a weight that is not a number is found although its unit stays silent", "[run]") {
    Config c = small("frozen");
    c.init_scale = 1e300;  // infinite in float
    resolve(c);
    CHECK(train(c).status == Status::diverged);
}

TEST_CASE("learning rates are scaled layer by layer", "[run]") {
    auto trained = [](std::string_view rule, std::string_view scales, bool bias) {
        Config c = small(rule);
        c.bias = bias;
        set(c, *find_option("lr"), "1e-3");
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
    Config c = small("bp");
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
        if (t.rule.layer_loss) finite = finite && std::isfinite(t.own_loss);
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
                Config c = small(rule->name);
                if (option.group != "Rules" || !std::holds_alternative<double*>(option.field(c))) continue;
                for (double end : {option.low, option.high}) {
                    c = small(rule->name);
                    c.task.levels = 3;
                    c.views = views;
                    set(c, *find_option("lr"), "1e-4");
                    set(c, option, number(end));
                    resolve(c);
                    INFO(rule->name << " --views " << views << " --" << option.name << " " << end);
                    CHECK(begins_finite(c));
                }
            }
        }
}

TEST_CASE("infonce learns at the lowest temperature", "[run]") {
    for (std::string_view views : {"class", "siblings"}) {
        Config c = small("infonce");
        c.views = views;
        c.batch = 64;
        set(c, *find_option("temperature"), "0.001");
        resolve(c);
        Result result = train(c);
        CHECK(result.status == Status::ok);
        CHECK(result.steps == c.steps);
    }
}

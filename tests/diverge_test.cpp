// Runs that go wrong, and learning rates for each layer.
#include <cmath>
#include <cstdio>

#include "base/error.hpp"
#include "base/text.hpp"
#include "catch.hpp"
#include "io/record.hpp"
#include "study/runner.hpp"
#include "train/advice.hpp"

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
    resolve(c);
    Result result = train(c);
    CHECK(result.status == Status::ok);
    CHECK(result.test_accuracy > 0.3);
}

TEST_CASE("ebd goes without its entropy where the correlations cannot be inverted in float", "[run]") {
    std::vector<float> weights[2];
    for (int with = 0; with < 2; ++with) {
        Config c = small("ebd");
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
    Config c = small("vicreg");
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
    Request quiet;
    quiet.quiet = true;
    std::vector<Config> plan;
    for (const Rule* rule : rules()) {
        Config good = small(rule->name), bad = good;
        bad.optimizer =
            Optimizer::sgd;  // with which a learning rate of 10^6 takes the weights beyond all bounds in a few steps
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
        RunnerReport report = run_all(plan, store, quiet);
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
    RunnerReport report = run_all(plan, again, quiet);
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

TEST_CASE("a run whose accuracy on the validation data is not a number has diverged", "[run]") {
    Config c = small("bp");
    c.arch = Arch::lcn, c.steps = 0;
    c.train_size = c.test_size = 8;
    Hooks hooks;
    // Each symbol of one validation string adds 10^38 to one unit: only all four are more than float can hold.
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
    Config c = small("bp");
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
        Config c = small(rule);
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
                Config c = small(rule->name);
                if (option.group != "Rules" || option.kind != Option::Kind::number) continue;
                for (double end : {option.low, option.high}) {
                    if (option.name == "online" && end > 0 && (!rule->compares() || views == "siblings")) continue;
                    c = small(rule->name);
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

TEST_CASE("every rule takes steps of one datum, or one pair", "[run]") {
    for (const Rule* rule : rules())
        for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn}) {
            Config c = small(rule->name);
            c.batch = 1;
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
        Config c = small("infonce");
        c.constants.pairing = views;
        c.batch = 64;
        set(c, *find_option("temperature"), "0.001");
        resolve(c);
        Result result = train(c);
        CHECK(result.status == Status::ok);
        CHECK(result.steps == c.steps);
    }
}

TEST_CASE("the advice on a run that diverged is its cause", "[run]") {
    Result late, first, readout;
    late.steps = 2, first.steps = 1;
    readout.steps = 60, readout.in_readout = true;
    Config c = small("bp");
    resolve(c);
    CHECK(divergence_advice(c, late) == "lower --lr");
    CHECK(divergence_advice(c, first).find("with these data 'bp' begins with a number that is too large")
          == 0);
    CHECK(divergence_advice(c, readout) == divergence_advice(c, first));
    c.init_scale = 2;
    CHECK(divergence_advice(c, late) == "lower --lr or --init-scale");
    CHECK(divergence_advice(c, first) == "lower --init-scale");
    c.init_scale = 1;
    c.load = "a.npy";
    CHECK(divergence_advice(c, first) == "the network in 'a.npy' is too large to go on from");
    c.load = "";
    c.lr = 0;
    CHECK(divergence_advice(c, late) == divergence_advice(c, first));
    c.lr = 0.125,
    c.weight_decay = 16;  // together 2: weights change their sign in each step, and do not shrink
    CHECK(divergence_advice(c, late)
          == "lower --weight-decay: times the learning rate it is 2, and from 2 on it makes weights grow");
    c.weight_decay = 15.9;
    CHECK(divergence_advice(c, late) == "lower --lr");
    c.weight_decay = 8, c.lr_scale = "1,2,1";
    CHECK(divergence_advice(c, late).find("lower --weight-decay: times the learning rate it is 2") == 0);
    c.weight_decay = 2000;
    CHECK(divergence_advice(c, readout)
          == "lower --weight-decay: times the readout's learning rate of 0.001 it is 2, and from 2 on it makes weights grow");
    c.weight_decay = 1999;
    CHECK(divergence_advice(c, readout) == divergence_advice(c, first));
    c = small("dkp");
    c.optimizer = Optimizer::sgd, c.lr = 0.125, c.constants.decay = 16;  // the rule's own decay
    CHECK(divergence_advice(c, late).find("lower --decay: times the learning rate it is 2") == 0);
    c.optimizer = Optimizer::adam;  // divides it by its size
    CHECK(divergence_advice(c, late) == "lower --lr");
}

TEST_CASE("layers that are silent are named, with the cause", "[run]") {
    Config c = small("bp");
    resolve(c);
    Result r;
    CHECK(silence_text(c, r) == "");
    CHECK_FALSE(is_silent(r));
    r.dead = {0.5, 0.75};  // more than half
    CHECK(is_silent(r));
    CHECK(silence_text(c, r)
          == "hidden layer 2 is mostly dead: 75 % of the units fire for no datum; a lower --lr keeps more units active\n");
    r.dead = {0.75, 0.25, 1, 0.625};
    CHECK(silence_text(c, r).find("hidden layers 1, 3 and 4 are mostly dead: up to 100 % of the units") == 0);
    const auto cause = [&] { return silence_text(c, r).substr(silence_text(c, r).find("; ") + 2); };
    c.init_scale = 0.003;
    CHECK(cause() == "a lower --lr keeps more units active\n");
    c.init_scale = 0.002;
    CHECK(cause() == "the initial weights are small: raise --init-scale\n");
    c.lr = 0.125, c.weight_decay = 4;
    CHECK(cause() == "--weight-decay times the learning rate takes the weights away: lower it\n");
    {
        Config usual = small("bp");
        resolve(usual);
        usual.lr = 1;  // times its usual decay it is more than a half
        CHECK(silence_text(usual, r).find("a lower --lr keeps") != std::string::npos);
    }
    c.weight_decay = 3.9, c.init_scale = 1;
    CHECK(cause() == "a lower --lr keeps more units active\n");
    c.lr = 0;
    CHECK(cause() == "nothing has learnt with a learning rate of 0\n");
    r.dead.clear(), r.collapsed = {2};
    CHECK(is_silent(r));
    CHECK(silence_text(c, r).find("the code of hidden layer 2 has collapsed") == 0);
    Faults faults;
    CHECK(to_text(faults) == "");
    faults.count(r);
    CHECK(to_text(faults) == "1 with layers mostly dead or collapsed");
    r.status = Status::diverged;
    faults.count(r);
    CHECK(to_text(faults) == "1 diverged, 2 with layers mostly dead or collapsed");
}

TEST_CASE("a run is looked at early, at --eval-every and at its end, with the mean loss since then",
          "[run]") {
    Config c = small("bp");
    c.steps = 130, c.eval_every = 60, c.stop_loss = 0, c.measure = "probes", c.measure_every = 50;
    resolve(c);
    std::vector<double> losses;
    Trainer steps(c);
    for (int i = 0; i < 130; ++i) losses.push_back(steps.step());
    const auto mean = [&](std::int64_t from, std::int64_t to) {
        double sum = 0;
        for (std::int64_t i = from; i < to; ++i)
            sum += losses[static_cast<std::size_t>(i)] / static_cast<double>(to - from);
        return sum;
    };
    std::vector<std::int64_t> evaluated, stepped, measured;
    const std::vector<std::int64_t> expected = {1, 2, 5, 10, 20, 50, 60, 120, 130};
    std::int64_t started = 0, ended = 0;
    Hooks hooks;
    hooks.started = [&](Trainer& t) { started += 1 + t.steps; };
    hooks.ended = [&](const Trainer& t, const Result& r) { ended = t.steps + (r.steps == 130 ? 1 : 0); };
    hooks.evaluated = [&](const Evaluation& e, const Trainer& t) {
        evaluated.push_back(e.step);
        CHECK(t.steps == e.step);
        CHECK(std::abs(e.loss - mean(e.step <= 60 ? 0 : e.step <= 120 ? 60 : 120, e.step)) < 1e-12);
    };
    hooks.stepped = [&](std::int64_t step, double loss) {
        stepped.push_back(step);
        CHECK(std::abs(loss - mean(step - 50, step)) < 1e-12);
    };
    hooks.measured = [&](Trainer& t) { measured.push_back(t.steps); };
    const Result r = train(c, hooks);
    CHECK(evaluated == expected);
    CHECK(stepped == std::vector<std::int64_t>{50, 100});
    CHECK(measured == std::vector<std::int64_t>{50, 100, 130});
    CHECK((started == 1 && ended == 131 && r.status == Status::ok));
    CHECK(std::abs(r.samples_per_second - 130 * 8 / r.seconds) < 1e-6 * r.samples_per_second);

    c.stop_loss = mean(0, 50) + 1e-9;  // stops after 50 steps, and is looked at there
    evaluated.clear(), stepped.clear(), measured.clear();
    hooks.evaluated = [&](const Evaluation& e, Trainer&) { evaluated.push_back(e.step); };
    CHECK(train(c, hooks).steps == 50);
    CHECK((evaluated.back() == 50 && stepped == std::vector<std::int64_t>{50} && measured == stepped));
    c.stop_loss = mean(0, 50) - 1e-9;
    CHECK(train(c).steps > 50);
}

TEST_CASE("the accuracy of many data is that of each", "[run]") {
    Config c = small("bp");
    c.task.levels = 3, c.train_size = 300, c.test_size = 200;
    resolve(c);
    Trainer t(c);
    Record record;
    for (std::size_t count : {1u, 255u, 256u, 257u, 300u}) {
        std::size_t correct = 0;
        for (std::size_t i = 0; i < count; ++i) {
            forward(t.net, {t.train_data.row(i), t.train_data.length}, 1, record);
            const auto& o = record.logits;
            std::size_t best = 0;
            for (std::size_t k = 1; k < 4; ++k)
                if (o(0, k) > o(0, best)) best = k;
            correct += best == t.train_data.labels[i];
        }
        CHECK(accuracy(t.net, t.train_data, count, record)
              == static_cast<double>(correct) / static_cast<double>(count));
    }
}

TEST_CASE("a run that diverged without an accuracy counts as a guess", "[run]") {
    Result r;
    r.test_accuracy = NAN;
    CHECK(std::isnan(counted(r, 4).test_accuracy));
    r.status = Status::diverged;
    CHECK(counted(r, 4).test_accuracy == 0.25);
    r.test_accuracy = 0;
    CHECK(counted(r, 5).test_accuracy == 0.2);
    r.test_accuracy = 0.125;
    CHECK(counted(r, 4).test_accuracy == 0.125);
}

TEST_CASE("a run holds its weights four times, and its strings", "[run]") {
    Config c = small("bp");
    resolve(c);
    CHECK(least_memory(c) == 4 * 4 * (8 * 8 + 16 * 8 + 8 * 4) + (16 + 16) * 5);
    c.train_size = 20;
    CHECK(least_memory(c) == 4 * 4 * (8 * 8 + 16 * 8 + 8 * 4) + (20 + 16) * 5);
}

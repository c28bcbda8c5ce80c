// What a run says on its way and at its end: advice, silent layers, evaluations, memory.
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "catch.hpp"
#include "io/record.hpp"
#include "train/small_run.hpp"
#include "train/trainer.hpp"
#include "train/advice.hpp"

TEST_CASE("the advice on a run that diverged is its cause", "[run]") {
    Result late, first, readout;
    late.steps = 2, first.steps = 1;
    readout.steps = 60, readout.in_readout = true;
    Config c = tiny("bp");
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
    c = tiny("vicreg");
    c.lr = 0.125, c.weight_decay = 8, c.constants.head_decay = 2;
    CHECK(divergence_advice(c, late)
          == "lower --head-decay: times the weight decay and the learning rate it is 2, and from 2 on it makes weights grow");
    c.constants.head_decay = 1.9;
    CHECK(divergence_advice(c, late) == "lower --lr");
    c.constants.head_init_scale = 2, c.constants.head_hidden = 4;
    CHECK(divergence_advice(c, late) == "lower --lr or --head-init-scale");
    CHECK(divergence_advice(c, first) == "lower --head-init-scale");
    c.constants.head_hidden = 0;  // a linear head has nothing that it scales
    CHECK(divergence_advice(c, late) == "lower --lr");
    c = tiny("bp");  // has no head
    c.lr = 0.125, c.weight_decay = 8, c.constants.head_decay = 2;
    c.constants.head_init_scale = 2, c.constants.head_hidden = 4;
    CHECK(divergence_advice(c, late) == "lower --lr");
    c = tiny("dkp");
    c.optimizer = Optimizer::sgd, c.lr = 0.125, c.constants.decay = 16;  // the rule's own decay
    CHECK(divergence_advice(c, late).find("lower --decay: times the learning rate it is 2") == 0);
    c.optimizer = Optimizer::adam;  // divides it by its size
    CHECK(divergence_advice(c, late) == "lower --lr");
}

TEST_CASE("layers that are silent are named, with the cause", "[run]") {
    Config c = tiny("bp");
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
    c.init_scale = 0.5;
    CHECK(cause() == "a lower --lr keeps more units active\n");
    c.init_scale = 0.003;
    CHECK(cause() == "a lower --lr keeps more units active\n");
    {
        Config deep = c;  // of more layers than the default task has levels
        deep.arch = Arch::fcn, deep.depth = 8, deep.init_scale = 0.19;  // to the seventh: below 1e-5
        const auto has = [&](std::string_view words) { return silence_text(deep, r).find(words) != std::string::npos; };
        CHECK(has("through 8 layers of small initial weights come gradients for which adam's --epsilon is large"));
        deep.init_scale = 0.2;
        CHECK_FALSE(has("--epsilon"));
        deep.init_scale = 0.1, deep.epsilon = 1e-11;
        CHECK_FALSE(has("--epsilon"));
        deep.epsilon = 1e-8, deep.optimizer = Optimizer::sgd;
        CHECK_FALSE(has("--epsilon"));
        deep.optimizer = Optimizer::adam, deep.norm = true;  // which undoes a small scale
        CHECK_FALSE(has("--epsilon"));
        deep.norm = false;
        for (const char* rule : {"dfa", "fa"}) {  // what comes down has weights of its own
            deep.rule = rule;
            CHECK_FALSE(has("--epsilon"));
        }
        deep.rule = "bp";
        CHECK(has("--epsilon"));
        deep.init_scale = 1, deep.lr = 3;
        CHECK(silence_text(deep, r).find("--weight-decay times the learning rate") != std::string::npos);
    }
    {
        Config local = c;
        local.rule = "vicreg";  // nothing is sent through the layers
        CHECK(silence_text(local, r).find("; a lower --lr keeps more units active\n") != std::string::npos);
        local.constants.head_hidden = 4, local.constants.head_depth = 3, local.constants.head_init_scale = 0.1;
        CHECK(silence_text(local, r).find("; a lower --lr keeps more units active\n") != std::string::npos);
        local.constants.head_depth = 4;
        CHECK(silence_text(local, r).find("; the initial weights of the local head are small") != std::string::npos);
        local.constants.head_hidden = 0;
        CHECK(silence_text(local, r).find("; a lower --lr keeps more units active\n") != std::string::npos);
    }
    c.init_scale = 0.002;
    CHECK(cause() == "the initial weights are small: raise --init-scale\n");
    c.lr = 0.125, c.weight_decay = 4;
    CHECK(cause() == "--weight-decay times the learning rate takes the weights away: lower it\n");
    {
        Config usual = tiny("bp");
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
    Config c = tiny("bp");
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
    Config c = tiny("bp");
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
    Config c = tiny("bp");
    resolve(c);
    CHECK(least_memory(c) == 4 * 4 * (8 * 8 + 16 * 8 + 8 * 4) + (16 + 16) * 5);
    c.train_size = 20;
    CHECK(least_memory(c) == 4 * 4 * (8 * 8 + 16 * 8 + 8 * 4) + (20 + 16) * 5);
}

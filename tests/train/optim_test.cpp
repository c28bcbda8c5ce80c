// The schedule of the learning rate, and what decays how fast.
#include "train/options.hpp"
#include "catch.hpp"
#include "train/optimizer.hpp"
#include "train/trainer.hpp"

using namespace rhm;

static bool same(double a, double b) { return std::abs(a - b) < 1e-12; }

TEST_CASE("the cosine schedule falls from one to zero, and once for each layer of the greedy schedule",
          "[optim]") {
    CHECK(schedule_factor(LrSchedule::constant, 0.7) == 1);
    CHECK(same(schedule_factor(LrSchedule::cosine, 0), 1));
    CHECK(same(schedule_factor(LrSchedule::cosine, 0.5), 0.5));
    CHECK(same(schedule_factor(LrSchedule::cosine, 1.0 / 3), 0.75));
    CHECK(same(schedule_factor(LrSchedule::cosine, 1), 0));

    auto moved = [](Schedule schedule, std::int64_t step) {  // how far plain gradient descent goes in a step
        Config config;
        config.task = {.vocab = 4, .classes = 4, .synonyms = 2, .tuple = 2, .levels = 3};
        config.train_size = 64, config.test_size = 32, config.width = 8;  // of P_max = 4 x 2^7
        config.rule = "vicreg", config.optimizer = Optimizer::sgd, config.lr_schedule = LrSchedule::cosine,
        config.schedule = schedule, config.steps = schedule == Schedule::greedy ? 30 : 20;
        set(config, *find_option("lr"), "0.01");
        set(config, *find_option("weight-decay"), "0");
        resolve(config);
        Trainer trainer(config);
        for (std::int64_t i = 0; i < step; ++i) trainer.step();
        Parameters before = trainer.net.parameters;
        trainer.step();
        double moves = 0, gradient = 0;
        for (std::size_t i = 0; i < before.size(); ++i)
            moves += std::pow(before.values()[i] - trainer.net.parameters.values()[i], 2),
                gradient += std::pow(trainer.gradient.values()[i], 2);
        return std::sqrt(moves / gradient) / 0.01;
    };
    CHECK(std::abs(moved(Schedule::joint, 0) - 1) < 0.01);
    CHECK(std::abs(moved(Schedule::joint, 10) - 0.5) < 0.01);
    CHECK(std::abs(moved(Schedule::joint, 19) - schedule_factor(LrSchedule::cosine, 0.95)) < 0.01);
    CHECK(std::abs(moved(Schedule::greedy, 5) - 0.5) < 0.01);  // layer 1 of 3 has steps 0 to 9
    CHECK(std::abs(moved(Schedule::greedy, 10) - 1) < 0.01);   // layer 2 begins
}

TEST_CASE("heads and predictors decay so many times as fast as the network", "[optim]") {
    auto after = [](double factor, Schedule schedule) {  // a step
        Config config;
        config.task = {.vocab = 4, .classes = 4, .synonyms = 2, .tuple = 2, .levels = 3};
        config.train_size = 64, config.test_size = 32, config.width = 8;
        config.rule = "vicreg", config.optimizer = Optimizer::sgd, config.schedule = schedule;
        config.constants.head_decay = factor;
        set(config, *find_option("lr"), "0.01");
        set(config, *find_option("weight-decay"), "2");
        resolve(config);
        Trainer trainer(config);
        const std::vector<real> start(trainer.memory.learnt.values().begin(),
                                      trainer.memory.learnt.values().end());
        trainer.step();
        return std::tuple(start, trainer.memory.learnt, trainer.net.parameters);
    };
    for (Schedule schedule : {Schedule::joint, Schedule::greedy}) {
        const auto [start, never, network] = after(0, schedule);
        const auto [same, thrice, as_before] = after(3, schedule);
        std::size_t decayed = 0;
        for (std::size_t i = 0; i < start.size(); ++i) {
            const double lost = double(never.values()[i]) - double(thrice.values()[i]);
            if (lost == 0) continue;  // weights without a gradient
            ++decayed;
            CHECK(std::abs(lost - 0.01 * 2 * 3 * double(start[i])) < 1e-6);
        }
        CHECK(decayed > (schedule == Schedule::greedy ? start.size() / 5 : start.size() / 2));
        for (std::size_t i = 0; i < network.size(); ++i)
            REQUIRE(network.values()[i] == as_before.values()[i]);
    }
}

TEST_CASE("--epsilon counts for the network, its heads, every greedy stage and the readout", "[optim]") {
    auto moved = [](const char* epsilon, Schedule schedule) {  // the network, the heads, the readout afterwards
        Config config;
        config.task = {.vocab = 4, .classes = 4, .synonyms = 2, .tuple = 2, .levels = 3};
        config.train_size = 64, config.test_size = 32, config.width = 8, config.steps = 6;
        config.rule = "vicreg", config.schedule = schedule, config.readout_labels = 32, config.readout_steps = 5;
        for (auto [name, value] : {std::pair{"lr", "0.01"}, {"weight-decay", "0"}, {"epsilon", epsilon}})
            set(config, *find_option(name), value);
        resolve(config);
        Trainer trainer(config);
        const auto far = [](const Parameters& a, const Parameters& b) {
            double sum = 0;
            for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(double(a.values()[i]) - double(b.values()[i]));
            return sum;
        };
        const Parameters network = trainer.net.parameters, heads = trainer.memory.learnt;
        for (int i = 0; i < 6; ++i) trainer.step();
        const double first = far(network, trainer.net.parameters), second = far(heads, trainer.memory.learnt);
        const Parameters trained = trainer.net.parameters;
        Status status = Status::ok;
        train_readout(trainer, status);
        return std::vector<double>{first, second, far(trained, trainer.net.parameters)};
    };
    for (Schedule schedule : {Schedule::joint, Schedule::greedy}) {
        for (double distance : moved("1e-8", schedule)) CHECK(distance > 1e-2);
        for (double distance : moved("1e6", schedule)) CHECK(distance < 1e-4);
    }
}

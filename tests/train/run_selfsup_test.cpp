// Pairs, schedules and readouts of the self-supervised rules in a run.
#include "base/error.hpp"
#include "train/options.hpp"
#include "catch.hpp"
#include "data/language.hpp"
#include "fixture.hpp"
#include "io/record.hpp"
#include "train/trainer.hpp"

using namespace rhm;

namespace {

Config selfsup(std::initializer_list<std::pair<std::string_view, std::string_view>> settings) {
    Config config;
    for (auto [name, value] : {std::pair<std::string_view, std::string_view>{"vocab", "4"},
                               {"levels", "3"},
                               {"synonyms", "2"},
                               {"train-size", "128"},
                               {"test-size", "200"},
                               {"width", "16"},
                               {"batch", "32"},
                               {"rule", "clapp"},
                               {"steps", "30"},
                               {"eval-every", "10"},
                               {"init-scale", "1"},
                               {"weight-decay", "0"}})
        set(config, *find_option(name), value);
    for (auto [name, value] : settings) set(config, *find_option(name), value);
    resolve(config);
    return config;
}

template <class F>
std::string refusal(F f) {
    try {
        f();
    } catch (const Error& e) {
        return concat(static_cast<int>(e.code), " ", e.what());
    }
    return "accepted";
}

/// The symbols of a level of string number `row` of a batch.
std::vector<std::uint8_t> symbols(const Trainer& t, std::size_t row, int level) {
    Tree tree;
    std::size_t d = t.train_data.length;
    REQUIRE_FALSE(parse(t.grammar, std::span(t.batch.input).subspan(row * d, d), tree));
    return tree.symbols[static_cast<std::size_t>(level)];
}

}  // namespace

TEST_CASE("the second views are what --views says", "[selfsup]") {
    const std::size_t n = 32;
    for (int level : {1, 2, 3}) {
        Trainer t(selfsup({{"views", "synonyms"}, {"view-level", std::to_string(level)}}));
        t.step();
        REQUIRE(t.batch.rows() == 2 * n);
        std::size_t changed = 0;
        for (std::size_t i = 0; i < n; ++i) {
            if (symbols(t, i, level) != symbols(t, n + i, level)) FAIL("a symbol of the kept level changed");
            changed += symbols(t, i, level - 1) != symbols(t, n + i, level - 1);
        }
        CHECK(changed > n / 4);
    }
    Trainer by_class(selfsup({{"views", "class"}}));
    by_class.step();
    std::size_t changed = 0;
    for (std::size_t i = 0; i < n; ++i) {
        CHECK(symbols(by_class, i, 3) == symbols(by_class, n + i, 3));
        changed += symbols(by_class, i, 0) != symbols(by_class, n + i, 0);
    }
    CHECK(changed == n);
    Trainer siblings(selfsup({{"views", "siblings"}}));
    siblings.step();
    CHECK(siblings.batch.rows() == n);
    CHECK(siblings.pass().record.n == n);
}

TEST_CASE("what a rule is told depends on its pairs", "[selfsup]") {
    CHECK(told(selfsup({{"rule", "bp"}})) == "labels");
    CHECK(told(selfsup({})) == "labels as pairs");
    CHECK(told(selfsup({{"views", "synonyms"}})) == "generator's synonyms");
    CHECK(told(selfsup({{"views", "synonyms"}, {"view-level", "3"}})) == "generator, class as pairs");
    CHECK(told(selfsup({{"views", "siblings"}})) == "nothing; top layer: 128 labels");
    CHECK(told(selfsup({{"views", "siblings"}, {"readout-labels", "10"}})) == "nothing; top layer: 10 labels");
    CHECK(told(selfsup({{"views", "siblings"}, {"depth", "2"}})) == "nothing");
}

TEST_CASE("end to end: all layers move, and of the heads the top layer's alone", "[selfsup]") {
    for (const char* rule : {"vicreg", "layerwise"}) {
        Trainer t(selfsup({{"schedule", "end-to-end"}, {"rule", rule}, {"head-hidden", "8"}, {"weight-decay", "0"}}));
        Parameters before = t.net.parameters, learnt = t.memory.learnt;
        t.step();
        const std::size_t matrices = learnt.blocks() / 3;
        for (std::size_t l = 1; l <= 3; ++l) {
            INFO(rule << " layer " << l);
            const std::size_t first = (l - 1) * matrices;
            CHECK(!std::ranges::equal(before.span(l - 1), t.net.parameters.span(l - 1)));
            CHECK(std::ranges::equal(learnt.span(first), t.memory.learnt.span(first)) == (l < 3));
        }
    }
}

TEST_CASE("greedy: one hidden layer after another, and those that are done do not move", "[selfsup]") {
    Trainer t(selfsup({{"schedule", "greedy"}, {"rule", "vicreg"}, {"head-hidden", "8"}}));
    for (std::size_t stage = 1; stage <= 3; ++stage)
        for (int step = 0; step < 10; ++step) {
            Parameters before = t.net.parameters;
            Parameters learnt = t.memory.learnt;
            t.step();
            for (std::size_t l = 1; l <= 3; ++l) {
                INFO("step " << t.steps << " layer " << l);
                CHECK(std::equal(before.span(l - 1).begin(), before.span(l - 1).end(),
                                 t.net.parameters.span(l - 1).begin())
                      == (l != stage));
                const std::size_t matrices = learnt.blocks() / 3;  // of a layer's head
                REQUIRE(matrices >= 2);
                for (std::size_t b = (l - 1) * matrices; b < l * matrices; ++b)
                    if (!learnt.span(b).empty())  // an upper layer's head is less deep
                        CHECK(std::equal(learnt.span(b).begin(), learnt.span(b).end(),
                                         t.memory.learnt.span(b).begin())
                              == (l != stage));
            }
            CHECK_FALSE(std::equal(before.span(3).begin(), before.span(3).end(),
                                   t.net.parameters.span(3).begin()));  // the readout
        }
}

TEST_CASE("with --readout-labels the hidden layers see no label and the readout only those it is given",
          "[selfsup]") {
    for (std::string_view views : {"siblings", "class"}) {
        Trainer t(selfsup({{"views", views},
                         {"readout-labels", "20"},
                         {"readout-steps", "200"},
                         {"lr", "3e-3"},
                         {"head", "16"},
                         {"negatives", "15"},
                         {"margin", "1"}}));  // whatever the defaults are
        const Parameters start = t.net.parameters;
        for (int i = 0; i < 30; ++i) t.step();
        auto same = [&](const Parameters& a, std::size_t b) {
            return std::equal(
                a.values().begin() + std::ptrdiff_t(a.block(b).offset),
                a.values().begin() + std::ptrdiff_t(a.block(b).offset + a.block(b).rows * a.block(b).cols),
                t.net.parameters.span(b).begin());
        };
        INFO(views);
        CHECK_FALSE(same(start, 0));
        CHECK(same(start, 2)
              == (views == "siblings"));  // its top layer has no sibling and waits for the labels
        CHECK(same(start, 3));
        Status status = Status::ok;
        const Parameters before = t.net.parameters;
        // The labels of all other data may be anything.
        auto& labels = const_cast<Dataset&>(t.train_data).labels;
        const auto kept = labels;
        const Evaluation result = train_readout(t, status);
        const Parameters after = t.net.parameters;
        CHECK(same(before, 0));
        CHECK(same(before, 1));
        CHECK(same(before, 2) == (views == "class"));
        CHECK_FALSE(same(before, 3));
        CHECK(result.train_accuracy > 0.45);
        CHECK(result.step > 30);
        t.net.parameters = before;
        for (std::size_t i = 20; i < labels.size(); ++i) labels[i] = static_cast<std::uint8_t>(3 - labels[i]);
        train_readout(t, status);
        CHECK(std::equal(after.values().begin(), after.values().end(), t.net.parameters.values().begin(),
                         t.net.parameters.values().end()));
        labels = kept;
        labels[19] = static_cast<std::uint8_t>(3 - labels[19]);
        t.net.parameters = before;
        train_readout(t, status);
        CHECK_FALSE(std::equal(after.values().begin(), after.values().end(),
                               t.net.parameters.values().begin(), t.net.parameters.values().end()));
    }
}

TEST_CASE("the readout's steps are Adam's on its labels alone, with the top layer's mask", "[selfsup]") {
    for (std::string_view views : {"siblings", "class"}) {
        Trainer t(selfsup({{"views", views},
                         {"readout-labels", "20"},
                         {"readout-steps", "3"},
                         {"stop-loss", "0"},
                         {"steps", "5"}}));
        for (int i = 0; i < 5; ++i) t.step();
        Network net = t.net;
        Status status = Status::ok;
        CHECK(train_readout(t, status).step == 5 + 3);
        // The 20 data are less than a batch: each step takes them all.
        Descent descend(Optimizer::adam, 1e-3, 0, 1e-8, net.parameters);
        Record record;
        Matrix error(20, 4), delta(20, 16);
        Parameters gradient = net.parameters.zeros();
        for (int step = 0; step < 3; ++step) {
            forward(net, std::span(t.train_data.leaves).first(20 * 8), 20, record);
            cross_entropy(record.logits.view(), std::span(t.train_data.labels).first(20), error.view());
            gradient.zero();
            accumulate_readout(net, record, error, gradient);
            for (std::size_t i = 0; i < 20 && views == "siblings"; ++i)
                for (std::size_t u = 0; u < 16; ++u) {
                    float sum = 0;
                    for (std::size_t c = 0; c < 4; ++c) sum += error(i, c) * net.readout()(u, c);
                    delta(i, u) = record.h(3)(i, u) > 0 ? sum : 0;
                }
            if (views == "siblings") accumulate(net, record, 3, delta, gradient);
            descend.step(gradient, net.parameters);
        }
        float worst = 0;
        for (std::size_t i = 0; i < net.parameters.size(); ++i)
            worst = std::max(worst, std::abs(net.parameters.values()[i] - t.net.parameters.values()[i]));
        INFO(views);
        CHECK(worst < 1e-5f);
    }
    Trainer capped(selfsup({{"views", "siblings"},
                          {"readout-labels", "20"},
                          {"readout-steps", "70"},
                          {"stop-loss", "0"},
                          {"steps", "5"}}));
    Status status = Status::ok;
    CHECK(train_readout(capped, status).step == 70);
    Trainer done(selfsup({{"views", "siblings"},
                        {"readout-labels", "20"},
                        {"readout-steps", "200"},
                        {"stop-loss", "10"},
                        {"steps", "5"}}));
    CHECK(train_readout(done, status).step == 50);  // the loss is looked at every 50 steps
}

TEST_CASE("a run with --readout-labels reports accuracies once there is a readout", "[selfsup]") {
    std::vector<Evaluation> seen;
    Hooks hooks;
    hooks.evaluated = [&](const Evaluation& e, Trainer&) { seen.push_back(e); };
    Result result = train(selfsup({{"views", "siblings"}, {"readout-labels", "100"}}), hooks);
    REQUIRE(seen.size() == 7);  // after 1, 2, 5, 10, 20 and 30 steps, and with the readout
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(std::isnan(seen[i].test_accuracy));
        CHECK(std::isfinite(seen[i].loss));
    }
    CHECK(seen[6].test_accuracy == result.test_accuracy);
    CHECK(result.test_accuracy > 0.3);
    CHECK(result.steps == 30);
}

TEST_CASE("options that do not go together are refused with a reason", "[selfsup]") {
    CHECK(refusal([] {
              selfsup({{"rule", "bp"}, {"views", "siblings"}});
          })
          == "2 --views is for the rules that learn from pairs; 'bp' does not");
    CHECK(refusal([] {
              selfsup({{"rule", "bp"}, {"readout-labels", "5"}});
          }).find("--readout-labels is for")
          != std::string::npos);
    CHECK(refusal([] {
              selfsup({{"rule", "dfa"}, {"schedule", "greedy"}});
          }).find("--schedule is for")
          != std::string::npos);
    CHECK(refusal([] {
              selfsup({{"schedule", "end-to-end"}, {"views", "siblings"}});
          }).find("no siblings")
          != std::string::npos);
    CHECK(refusal([] { selfsup({{"view-level", "2"}}); }).find("for --views synonyms") != std::string::npos);
    CHECK(refusal([] {
              selfsup({{"views", "synonyms"}, {"view-level", "4"}});
          }).find("L = 3")
          != std::string::npos);
    CHECK(refusal([] {
              selfsup({{"views", "siblings"}, {"arch", "fcn"}});
          }).find("--arch cnn")
          != std::string::npos);
    CHECK(refusal([] {
              selfsup({{"readout-labels", "129"}});
          }).find("more than the 128 training data")
          != std::string::npos);
}

TEST_CASE("a collapsed code is seen and recorded, and the codes of other runs are measured", "[selfsup]") {
    std::vector<Evaluation> seen;
    Hooks hooks;
    hooks.evaluated = [&](const Evaluation& e, Trainer&) { seen.push_back(e); };
    Result fine = train(selfsup({}), hooks);
    CHECK(fine.collapsed.empty());
    REQUIRE(seen.size() == 6);
    REQUIRE(seen[0].rank.size() == 3);
    for (std::size_t l = 0; l < 3; ++l) {
        CHECK(seen[5].deviation[l] > 0.01);
        CHECK(seen[5].rank[l] > 1.5);
        CHECK(seen[5].rank[l] <= 16);
    }
    CHECK(eval_line(seen[0]).find("\"rank\":[") != std::string::npos);
    CHECK(result_line(fine).find("collapsed") == std::string::npos);

    // Nothing but the pull: every layer shrinks to a point.
    Result collapsed = train(selfsup({{"rule", "vicreg"},
                                    {"variance", "0"},
                                    {"covariance", "0"},
                                    {"invariance", "100"},
                                    {"lr", "0.03"},
                                    {"steps", "400"},
                                    {"stop-loss", "0"}}));
    CHECK_FALSE(collapsed.collapsed.empty());
    CHECK(parse_result(Json::parse(result_line(collapsed))).collapsed == collapsed.collapsed);
    CHECK(is_collapsed(0, 3));
    CHECK(is_collapsed(1, 1));
    CHECK(is_collapsed(1, kNoLoss));
    CHECK_FALSE(is_collapsed(0.1, 2));

    seen.clear();
    train(selfsup({{"rule", "bp"}}), hooks);
    CHECK(seen[0].rank.empty());
}

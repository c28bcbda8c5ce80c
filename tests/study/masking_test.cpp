// The masking experiment's plan and its arithmetic.
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "catch.hpp"
#include "base/text.hpp"
#include "show/experiment_text.hpp"
#include "io/record.hpp"
#include "show/report.hpp"
#include "study/masking.hpp"

using namespace rhm;

static std::int64_t law_of(const GrammarShape& task) {
    std::int64_t law = task.classes;
    for (int l = 0; l < task.levels; ++l) law *= task.synonyms;
    return law;
}

TEST_CASE("the masking plan: one axis of tasks, the 2 x 2 on each, nothing else differs", "[masking]") {
    Request base;
    base.seeds = 2;
    auto tasks = masking_plan(base);
    REQUIRE(tasks.size() == 5);
    bool m_is_v = false, task_a = false;
    for (const MaskingTask& task : tasks) {
        std::set<std::string> lines;
        std::set<std::pair<std::string, std::string>> cells;
        for (const MaskingRow& row : task.rows) {
            REQUIRE(row.configs.size() == 2);
            cells.insert({row.weights, row.masks});
            for (std::size_t i = 0; i < 2; ++i) {
                const Config& c = row.configs[i];
                lines.insert(run_line(c));
                CHECK(c.seed == i);
                CHECK(c.train_size == 4 * law_of(c.task));
                CHECK(c.constants.local_mask == Mask::exact);
                CHECK(c.train_size == task.rows[0].configs[0].train_size);
                CHECK(c.steps == task.rows[0].configs[0].steps);
                CHECK((row.weights == "true") == (c.rule == "bp"));
                CHECK((row.weights == "random") == (c.rule == "fa"));
                CHECK(name_of(c.constants.downstream_mask, kMaskNames) == (row.masks == "-" ? "exact" : row.masks));
                m_is_v = m_is_v || c.task.synonyms == c.task.vocab;
                task_a = task_a || (c.task.levels == 5 && c.task.synonyms == 3);
            }
        }
        CHECK(lines.size() == 2 * task.rows.size());
        for (std::string weights : {"true", "random"})
            for (std::string masks : {"exact", "none", "mean", "shuffled"})
                CHECK(cells.contains({weights, masks}));
    }
    CHECK((m_is_v && task_a));

    Request one = base;
    set(one, *find_option("levels"), "3");
    set(one, *find_option("train-size"), "432");
    CHECK(masking_plan(one).size() == 1);
    CHECK(masking_plan(one)[0].rows[0].configs[0].task.levels == 3);
    for (const char* name : {"rule", "downstream-mask", "local-mask", "views", "save"})
        CHECK_FALSE(takes(kTrain | kMasking, *find_option(name)));
    base.smoke = true;
    CHECK(masking_plan(base)[0].rows[0].configs[0].steps <= 200);
}

TEST_CASE("the tasks of the masking plan", "[masking]") {
    const auto plan = [](const Request& base) {
        std::string out;
        for (const MaskingTask& task : masking_plan(base)) {
            const Config& c = task.rows.back().configs.back();
            CHECK((task.shape == c.task && task.train_size == c.train_size && task.rows.size() == 14));
            out +=
                concat("v=", c.task.vocab, " c=", c.task.classes, " m=", c.task.synonyms, " s=", c.task.tuple,
                       " L=", c.task.levels, " P=", c.train_size, " test=", c.test_size, " width=", c.width,
                       " steps=", c.steps, " seed=", c.seed, "\n");
        }
        return out;
    };
    Request base;
    CHECK(plan(base)
          == "v=4 c=4 m=2 s=2 L=4 P=256 test=4000 width=64 steps=6000 seed=2\n"
             "v=4 c=4 m=3 s=2 L=3 P=432 test=4000 width=64 steps=6000 seed=2\n"
             "v=4 c=4 m=3 s=2 L=4 P=1296 test=4000 width=64 steps=6000 seed=2\n"
             "v=4 c=4 m=3 s=2 L=5 P=3888 test=4000 width=64 steps=6000 seed=2\n"
             "v=4 c=4 m=4 s=2 L=4 P=4096 test=4000 width=64 steps=6000 seed=2\n");
    base.smoke = true, base.seed = 5, base.seeds = 1;
    CHECK(plan(base)
          == "v=4 c=4 m=2 s=2 L=3 P=128 test=200 width=16 steps=200 seed=5\n"
             "v=4 c=4 m=2 s=2 L=4 P=256 test=200 width=16 steps=200 seed=5\n");
    base.steps = 20;
    CHECK(masking_plan(base)[0].rows[0].configs[0].steps == 20);
    for (auto [name, value] : {std::pair<std::string_view, std::string_view>{"vocab", "4"},
                               {"classes", "4"},
                               {"synonyms", "3"},
                               {"tuple", "2"},
                               {"levels", "5"},
                               {"train-size", "99"}}) {
        Request one;
        set(one, *find_option(name), value);
        INFO(name);
        CHECK(masking_plan(one).size() == 1);
    }
}

TEST_CASE("what is not lost is not divided", "[masking]") {
    Attribution a;
    CHECK_FALSE(judged(a));
    CHECK(to_text(a).find("Not judged") == 0);
    a.lost.mean = 0.5, a.by_weights.mean = 0.125, a.by_masks.mean = 0.375, a.restored.mean = 0.25,
    a.removed.mean = 0.3, a.gated.mean = 0.1;
    for (Estimate* e : {&a.lost, &a.by_weights, &a.by_masks, &a.restored, &a.removed, &a.gated})
        e->half_width = NAN;
    CHECK(judged(a));
    CHECK(to_text(a)
          == "From bp to random weights without masks 0.500 of accuracy are lost: 0.125 (25 %) by the weights, "
             "0.375 (75 %) by the masks. Without masks bp loses 0.300; with masks restored the random chain gains "
             "0.250, dfa with the top layer's mask 0.100.");
}

TEST_CASE("the lost accuracy is divided between weights and masks without remainder", "[masking]") {
    Request base;
    base.seeds = 2;
    set(base, *find_option("levels"), "3");
    set(base, *find_option("train-size"), "432");
    MaskingTask task = masking_plan(base)[0];
    for (MaskingRow& row : task.rows) row.results.resize(2);
    auto give = [&](std::string_view name, double first, double second) {
        for (MaskingRow& row : task.rows)
            if (row.name == name) row.results[0].test_accuracy = first, row.results[1].test_accuracy = second;
    };
    give("bp", 1.0, 0.9);
    give("bp, masks none", 0.8, 0.8);
    give("fa", 0.6, 0.5);
    give("fa, masks none", 0.5, 0.2);
    give("dfa", 0.4, 0.4);
    give("gated", 0.5, 0.5);
    Attribution a = attribute(task);
    auto is = [](const Estimate& e, double mean) { return std::abs(e.mean - mean) < 1e-12; };
    CHECK(is(a.lost, 0.6));          // 0.5, 0.7
    CHECK(is(a.by_weights, 0.425));  // (0.4 + 0.3) / 2, (0.4 + 0.6) / 2
    CHECK(is(a.by_masks, 0.175));    // (0.2 + 0.1) / 2, (0.1 + 0.3) / 2
    CHECK(is(a.removed, 0.15));
    CHECK(is(a.restored, 0.2));
    CHECK(is(a.gated, 0.1));
    CHECK(std::abs(a.gated.half_width) < 1e-12);               // paired by seed: no spread
    CHECK(std::abs(a.lost.half_width - 12.706 * 0.1) < 1e-9);  // sd 0.1414 / sqrt(2)
    CHECK(to_text(a).find("0.425 +- 0.953 (71 %) by the weights") != std::string::npos);
}

TEST_CASE("the masking table is found again in a file of runs", "[masking]") {
    Request base;
    base.seeds = 2;
    set(base, *find_option("levels"), "3");
    set(base, *find_option("train-size"), "432");
    std::vector<Measured> runs;
    double accuracy = 0.3;
    for (const MaskingRow& row : masking_task(base, base.seeds).rows)
        for (const Config& c : row.configs) {
            Measured m;
            m.task = c.task, m.rule = c.rule, m.train_size = 432, m.seed = c.seed,
            m.test_accuracy = accuracy += 0.01;
            m.diverged = row.name == "fa, masks none" && c.seed == 1;
            for (const Option& option : options())
                if (option.recorded) m.options[std::string(option.name)] = text_of(c, option);
            runs.push_back(m);
        }
    Measured more = runs[0];  // a seed that bp alone has
    more.seed = 7, more.test_accuracy = 0.99;
    runs.push_back(more);
    std::size_t repeated = 0;
    std::vector<MaskingTask> tasks = masking_of(curves_of(runs, repeated));
    REQUIRE((tasks.size() == 1 && repeated == 0));
    CHECK(name_of(tasks[0]) == "v=4 n_c=4 m=3 s=2 L=3 P=432");
    REQUIRE(tasks[0].rows.size() == masking_task(base, base.seeds).rows.size());
    double expected = 0.3;
    for (const MaskingRow& row : tasks[0].rows) {
        REQUIRE(row.results.size() == 2);
        for (const Result& r : row.results) CHECK(r.test_accuracy == (expected += 0.01));
        CHECK(row.diverged() == (row.name == "fa, masks none"));
    }
    CHECK(masking_command_of(tasks[0], curves_of(runs, repeated))
          == "rhm masking -v 4 -c 4 -m 3 -s 2 -L 3 -P 432 --seeds 2");
    CHECK(masking_listing(tasks).csv().find("\n3,3,432,fa,random,none,2,") != std::string::npos);

    Measured other = runs[2];  // a second setting of one line: no telling which is meant
    other.options["width"] = "32";
    runs.push_back(other);
    CHECK(masking_of(curves_of(runs, repeated)).empty());
    runs.pop_back();
    runs.erase(runs.begin() + 4, runs.begin() + 6);  // a line is missing
    CHECK(masking_of(curves_of(runs, repeated)).empty());
}

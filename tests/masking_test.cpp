// The masking experiment's plan and its arithmetic.
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "catch.hpp"
#include "out/record.hpp"
#include "run/masking.hpp"

using namespace rhm;

static std::int64_t law_of(const GrammarShape& task) {
    std::int64_t law = task.classes;
    for (int l = 0; l < task.levels; ++l) law *= task.synonyms;
    return law;
}

TEST_CASE("the masking plan: one axis of tasks, the 2 x 2 on each, nothing else differs", "[masking]") {
    Config base;
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
                CHECK(c.constants.local_mask);
                CHECK(c.train_size == task.rows[0].configs[0].train_size);
                CHECK(c.steps == task.rows[0].configs[0].steps);
                CHECK((row.weights == "true") == (c.rule == "bp"));
                CHECK((row.weights == "random") == (c.rule == "fa"));
                CHECK(c.downstream_mask == (row.masks == "-" ? "exact" : row.masks));
                m_is_v = m_is_v || c.task.synonyms == c.task.vocab;
                task_a = task_a || (c.task.levels == 5 && c.task.synonyms == 3);
            }
        }
        CHECK(lines.size() == 2 * task.rows.size());
        for (std::string weights : {"true", "random"})
            for (std::string masks : {"exact", "none", "mean", "shuffled"}) CHECK(cells.contains({weights, masks}));
    }
    CHECK((m_is_v && task_a));

    Config one = base;
    set(one, *find_option("levels"), "3");
    set(one, *find_option("train-size"), "432");
    CHECK(masking_plan(one).size() == 1);
    CHECK(masking_plan(one)[0].rows[0].configs[0].task.levels == 3);
    Config wrong = base;
    set(wrong, *find_option("rule"), "dfa");
    CHECK_THROWS_AS(masking_plan(wrong), Error);
    base.smoke = true;
    CHECK(masking_plan(base)[0].rows[0].configs[0].steps <= 200);
}

TEST_CASE("the lost accuracy is divided between weights and masks without remainder", "[masking]") {
    Config base;
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
    CHECK(is(a.lost, 0.6));         // 0.5, 0.7
    CHECK(is(a.by_weights, 0.425));  // (0.4 + 0.3) / 2, (0.4 + 0.6) / 2
    CHECK(is(a.by_masks, 0.175));    // (0.2 + 0.1) / 2, (0.1 + 0.3) / 2
    CHECK(is(a.removed, 0.15));
    CHECK(is(a.restored, 0.2));
    CHECK(is(a.gated, 0.1));
    CHECK(std::abs(a.gated.half_width) < 1e-12);             // paired by seed: no spread
    CHECK(std::abs(a.lost.half_width - 12.706 * 0.1) < 1e-9);  // sd 0.1414 / sqrt(2)
    CHECK(to_text(a).find("0.425 +- 0.953 (71 %) by the weights") != std::string::npos);
}

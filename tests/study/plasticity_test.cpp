// The plasticity experiment: what is run, and what is concluded.
#include <cmath>
#include "catch.hpp"
#include "study/plasticity.hpp"

using namespace rhm;

static std::vector<PlasticityTask> plan(std::string_view rules = "") {
    Request base;
    base.seeds = 3;
    base.only = rules;
    return plasticity_plan(base);
}

TEST_CASE("of every rule each aid is taken away, and all", "[plasticity]") {
    const std::vector<PlasticityTask> tasks = plan();
    REQUIRE(tasks.size() == 2);
    CHECK((tasks[0].shape.levels == 3 && tasks[0].train_size == 8 * 4 * 27));
    CHECK((tasks[1].shape.levels == 4 && tasks[1].train_size == 8 * 4 * 81));
    REQUIRE(tasks[0].rows.size() == 3 * 6 + 2 * 5);
    for (const PlasticityRow& row : tasks[0].rows) {
        const Config& c = row.configs[0];
        INFO(row.rule << " without " << row.without);
        REQUIRE((row.configs.size() == 3 && row.configs[2].seed == 2 && c.rule == row.rule));
        const bool all = row.without == "all", pairs = find_rule(row.rule).wants_pairs();
        CHECK((c.optimizer == Optimizer::sgd) == (all || row.without == "adam"));
        CHECK((c.arch == Arch::lcn) == (all || row.without == "sharing"));
        CHECK((c.batch == 1) == (all || row.without == "batch"));
        if (pairs) CHECK((c.constants.head == 0) == (all || row.without == "head"));
        if (pairs) CHECK((c.constants.online > 0) == (c.batch == 1));
        CHECK(c.constants.hebbian == (row.rule == "clapp" && c.constants.head == 0));
        CHECK(c.steps == 6000 * (c.batch == 1 ? 50 : 1) / (pairs ? 2 : 1));
        if (row.without == "sharing") CHECK(c.lr == (&row - 2)->configs[0].lr);  // nothing else is changed
    }
    CHECK(plan("lpl")[0].rows.size() == 6 + 5);  // bp is always there
}

TEST_CASE("strings until solved count both views, and never is infinite", "[plasticity]") {
    const std::vector<PlasticityTask> tasks = plan();
    const PlasticityRow& row = tasks[0].rows[3];  // clapp without batches
    REQUIRE(row.without == "batch");
    Result result;
    CHECK(std::isinf(strings_until_solved(row.configs[0], result)));
    result.solved_step = 4000;
    CHECK(strings_until_solved(row.configs[0], result) == 8000);
    const Config& bp = tasks[0].rows[18].configs[0];
    REQUIRE(bp.rule == "bp");
    CHECK(strings_until_solved(bp, result) == 4000 * 128);
}

/// All three seeds alike, but for the second of clapp.
static Verdict verdict_of(double clapp, double vicreg, double lpl, double second, std::size_t runs = 3) {
    std::vector<PlasticityTask> tasks = plan();
    for (PlasticityTask& task : tasks)
        for (PlasticityRow& row : task.rows) {
            Result result;
            result.test_accuracy = row.rule == "clapp" ? clapp : row.rule == "vicreg" ? vicreg : lpl;
            row.results.assign(runs, result);
            if (runs && row.rule == "clapp") row.results[1].test_accuracy = second;
        }
    return judge_plasticity(tasks);
}

TEST_CASE("the claim of plasticity needs a contrastive rule and another that learn in their strict form",
          "[plasticity]") {
    const double solved = 0.925;
    CHECK(verdict_of(solved, solved, 0, solved).holds == true);
    CHECK(verdict_of(solved, 0, solved, solved).holds == true);
    CHECK(verdict_of(solved, 0.924, 0.924, solved).holds == false);
    CHECK(verdict_of(0.924, 1, 1, 0.924).holds == false);
    CHECK_FALSE(verdict_of(solved, 1, 1, 0.924).holds.has_value());  // seeds differ
    CHECK(verdict_of(0.3, 0, 0, solved).holds == false);             // but of the other kind there is none
    CHECK_FALSE(verdict_of(1, 1, 1, 1, 0).holds.has_value());
    CHECK_FALSE(judge_plasticity(plan("vicreg")).holds.has_value());
    CHECK(verdict_of(solved, 1, 0, 0.2).evidence.find(
              "clapp: lateral, 0.925 (0.200 to 0.925) at m=3 L=3, 0.925 (0.200 to 0.925) at m=3 L=4; vicreg")
          == 0);
    std::vector<PlasticityTask> tasks = plan();  // runs that diverged guess
    Result diverged;
    diverged.status = Status::diverged;
    diverged.test_accuracy = kNoLoss;
    for (PlasticityTask& task : tasks)
        for (PlasticityRow& row : task.rows) row.results.assign(3, diverged);
    CHECK(judge_plasticity(tasks).holds == false);
    CHECK(judge_plasticity(tasks).evidence.find("clapp: lateral, 0.250 (0.250 to 0.250)") == 0);
}

TEST_CASE("the median of an even number of values is the lower one of the middle", "[plasticity]") {
    const Spread odd = spread_of({3, 1, 2}), even = spread_of({4, 1, 3, 2});
    CHECK((odd.median == 2 && odd.low == 1 && odd.high == 3));
    CHECK((even.median == 2 && even.low == 1 && even.high == 4));
}

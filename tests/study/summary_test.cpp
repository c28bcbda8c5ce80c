// Summaries against numbers computed by hand.
#include "study/summary_help.hpp"

#include "base/error.hpp"
#include "base/rng.hpp"
#include "base/text.hpp"
#include "show/summary_text.hpp"

TEST_CASE("P* is interpolated in log P at the first crossing", "[summary]") {
    const auto is_near = [](Bounds found, double p) { return found.known() && near(found.low, p); };
    REQUIRE(is_near(p_star({{100, 0.9}, {1000, 1.0}}, 0.95), 100 * r10));
    REQUIRE(is_near(p_star({{100, 0.5}, {1000, 0.9}, {10000, 1.0}, {20000, 0.5}}, 0.95), 1000 * r10));
    REQUIRE(is_near(p_star({{100, 0.5}, {200, 0.95}}, 0.95), 200));            // reached exactly
    REQUIRE(p_star({{100, 0.96}, {1000, 1.0}}, 0.95) == Bounds{0, 100});       // below what was tried
    REQUIRE(p_star({{100, 0.5}, {1000, 0.949}}, 0.95) == Bounds{1000, kInf});  // above
    REQUIRE(p_star({}, 0.95) == Bounds{0, kInf});
    REQUIRE(p_star({{100, 0.95 - 1e-13}}, 0.95) == Bounds{0, 100});  // however it was rounded
    REQUIRE(p_star({{100, 0.95 - 1e-11}}, 0.95) == Bounds{100, kInf});
}

TEST_CASE("medians of numbers and of bounds", "[summary]") {
    const auto of = [](const std::vector<double>& values) {
        std::vector<Bounds> known;
        for (double value : values) known.push_back({value, value});
        return medians(known)[0].low;
    };
    REQUIRE(of({3}) == 3);
    REQUIRE(of({9, 1, 4}) == 4);
    REQUIRE(near(of({100, 2, 8, 1}), 4));  // the geometric mean of 2 and 8
    REQUIRE((of({2, 2, 8}) == 2 && of({2, 2, 8, 8, 8}) == 8 && of({8, 2, 2, 2}) == 2));
    REQUIRE((of({0, 5, 0}) == 0 && of({0, 5}) == 0 && of({5, kInf}) == kInf));
    REQUIRE(std::isnan(of({})));
    // lows and highs in another order
    REQUIRE(medians(std::vector<Bounds>{{1, 9}, {2, 3}, {0, 5}})[0] == Bounds{1, 5});
    // themselves, then 0 0, 1 0, 0 1, 1 1
    REQUIRE(means(std::vector<double>{1, 3}) == std::vector<double>{2, 1, 2, 2, 3});
    REQUIRE(medians(std::vector<Bounds>{{4, 4}, {9, kInf}})
            == std::vector<Bounds>{{6, kInf}, {4, 4}, {6, kInf}, {6, kInf}, {9, kInf}});
    REQUIRE(median_of({{0, {0, 100}}, {1, {300, 300}}, {2, {50, kInf}}}).value == 50);  // from 50 to 300
    REQUIRE(median_of({{0, {0, 100}}, {1, {300, 300}}, {2, {50, kInf}}}).bound == '>');
    REQUIRE(median_of({{0, {0, 100}}, {1, {50, kInf}}}).bound == '?');
    REQUIRE(median_of({}).bound == '?');
    const Estimated known =
        median_of({{0, {0, 100}}, {1, {300, 300}}, {2, {500, kInf}}});  // up to their range
    REQUIRE((known.known() && known.value == 300 && known.low == 0 && known.high == kInf));
}

TEST_CASE("slopes, resamples and intervals", "[summary]") {
    REQUIRE(near(slope({1, 2, 3}, {2, 4, 9}), 3.5));  // sum (x - 2)(y - 5) / sum (x - 2)^2 = (3 + 4) / 2
    REQUIRE(std::isnan(slope({2, 2}, {1, 3})));
    auto resamples = [](std::size_t n) {
        std::vector<std::vector<std::uint32_t>> out;
        each_resample(
            n, [&](std::span<const std::uint32_t> draw) { out.emplace_back(draw.begin(), draw.end()); });
        return out;
    };
    REQUIRE(resamples(1).empty());
    REQUIRE(resamples(2) == std::vector<std::vector<std::uint32_t>>{{0, 0}, {1, 0}, {0, 1}, {1, 1}});
    REQUIRE(resamples(3).size() == 27);
    REQUIRE(resamples(6).size() == 4000);
    REQUIRE(resamples(5).size() == 3125);
    Rng rng(0, Purpose::bootstrap);  // always the same draws
    for (const auto& draw : resamples(6))
        for (std::uint32_t drawn : draw) REQUIRE(drawn == rng.below(6));
    std::vector<double> values;
    for (int i = 80; i >= 0; --i) values.push_back(i);
    REQUIRE(central_interval(values) == std::pair(2.0, 78.0));  // positions 0.025 * 80 and 0.975 * 80
    REQUIRE(central_interval({3, NAN, 1}) == std::pair(1.0, 3.0));
    REQUIRE(std::isnan(central_interval({3, NAN, NAN}).first));
    REQUIRE(std::isnan(central_interval({}).first));
    REQUIRE(central_interval({3, NAN}) == std::pair(3.0, 3.0));  // half of them are known
    REQUIRE(std::isnan(slope({2}, {1})));
}

TEST_CASE("two rules on one task, two seeds", "[summary]") {
    std::vector<Measured> runs = {run("dfa", 3, 1000, 0, 0.9), run("dfa", 3, 1000, 1, 0.9),
                                  run("dfa", 3, 10000, 0, 1),  run("dfa", 3, 10000, 1, 1),
                                  run("bp", 3, 100, 0, 0.8),   run("bp", 3, 100, 1, 0.9),
                                  run("bp", 3, 1000, 0, 1),    run("bp", 3, 1000, 1, 1),
                                  run("fa", 3, 500, 0, 0.5),   run("fa", 3, 500, 1, 0.6)};
    std::size_t repeated = 0;
    auto rows = summary_of(curves_of(runs, repeated));
    REQUIRE(repeated == 0);
    REQUIRE(rows[0].label == "bp");  // in the order of the list of rules
    const SummaryRow& accuracy = find(rows, K::accuracy, "bp", 100);
    REQUIRE((accuracy.count == 2 && near(accuracy.estimate.value, 0.85) && accuracy.estimate.low == 0.8
             && accuracy.estimate.high == 0.9));

    // seed 0, 0.8 -> 1: three quarters of the way; seed 1, 0.9 -> 1: half; the geometric mean: five eighths
    const SummaryRow& bp = find(rows, K::p_star, "bp");
    REQUIRE((bp.estimate.known() && near(bp.estimate.value, 100 * std::pow(10, 0.625))
             && near(bp.estimate.low, 100 * r10) && near(bp.estimate.high, 100 * std::pow(10, 0.75))));
    REQUIRE(bp.law == 54);                                  // 2 * 3^3
    const SummaryRow& ratio = find(rows, K::ratio, "dfa");  // 10^(3.5 - 2.75) and 10^(3.5 - 2.5)
    REQUIRE((near(ratio.estimate.value, std::pow(10, 0.875)) && near(ratio.estimate.low, std::pow(10, 0.75))
             && near(ratio.estimate.high, 10)));

    const SummaryRow& fa = find(rows, K::p_star, "fa");
    REQUIRE((fa.estimate.bound == '>' && fa.estimate.value == 500));
    const SummaryRow& fa_ratio = find(rows, K::ratio, "fa");
    REQUIRE((fa_ratio.estimate.bound == '>' && near(fa_ratio.estimate.value, 500 / bp.estimate.value)));
    REQUIRE(summary_text(rows).find("> 500") != std::string::npos);
    for (const SummaryRow& r : rows)  // what was not reached is said by the lower end
        if (r.kind == K::ratio && r.label == "fa")
            REQUIRE(value_text(r.estimate, two)
                    == concat("> ", two(std::min(r.estimate.low, r.estimate.value))));
    REQUIRE(summary_text(rows).find("7.50") != std::string::npos);
    for (const SummaryRow& r : rows) REQUIRE((r.kind != K::ratio || r.label != "bp"));
}

TEST_CASE("a ratio compares two rules on the seeds that both have", "[summary]") {
    std::vector<Measured> runs;
    for (std::uint64_t seed : {0u, 1u, 2u, 3u}) {  // 2 and 3 are hard grammars, on which dfa was not run
        runs.push_back(run("bp", 3, 100, seed, seed >= 2 ? 0.1 : 0.9));
        runs.push_back(run("bp", 3, 1000, seed, 1));
        if (seed >= 2) continue;
        runs.push_back(run("dfa", 3, 1000, seed, 0.9));
        runs.push_back(run("dfa", 3, 10000, seed, 1));
    }
    std::size_t repeated = 0;
    auto rows = summary_of(curves_of(runs, repeated));
    const SummaryRow& ratio = find(rows, K::ratio, "dfa");
    REQUIRE((ratio.count == 2 && near(ratio.estimate.value, 10) && near(ratio.estimate.low, 10)
             && near(ratio.estimate.high, 10)));
    // bp: half of the way with seeds 0 and 1, 0.85 / 0.9 of it with 2 and 3
    const SummaryRow& bp = find(rows, K::p_star, "bp");
    REQUIRE((bp.count == 4 && near(bp.estimate.value, 100 * std::pow(10, (0.5 + 0.85 / 0.9) / 2))));
}

TEST_CASE("a ratio is that of the seeds' own ratios; a seed on which neither is solved tells nothing",
          "[summary]") {
    // P* of bp 1000, 4000, 2000, of dfa 8000, 8000, 2000: the ratios are 8, 2 and 1; not 8000 / 2000
    std::vector<Measured> runs;
    const double bp[] = {1000, 4000, 2000}, dfa[] = {8000, 8000, 2000};
    for (std::uint64_t seed : {0u, 1u, 2u}) {
        for (double p : {500.0, 1000.0, 2000.0, 4000.0, 8000.0}) {
            runs.push_back(run("bp", 3, p, seed, p < bp[seed] ? 0.5 : 0.95));
            runs.push_back(run("dfa", 3, p, seed, p < dfa[seed] ? 0.5 : 0.95));
        }
    }
    for (const char* rule : {"bp", "dfa"}) runs.push_back(run(rule, 3, 8000, 3, 0.5));
    std::size_t repeated = 0;
    const auto rows = summary_of(curves_of(runs, repeated));
    const SummaryRow& ratio = find(rows, K::ratio, "dfa");
    REQUIRE((ratio.count == 3 && ratio.estimate.known() && near(ratio.estimate.value, 2)
             && near(ratio.estimate.low, 1) && near(ratio.estimate.high, 8)));
    // P* counts the fourth grammar, which is harder than the others: the middle two are 2000 and 4000
    const SummaryRow& star = find(rows, K::p_star, "bp");
    REQUIRE((star.count == 4 && star.estimate.known() && near(star.estimate.value, 2000 * std::sqrt(2))
             && near(star.estimate.low, 1000) && std::isinf(star.estimate.high)));
}

TEST_CASE("a seed's bounds are of the P that it was run at", "[summary]") {
    std::size_t repeated = 0;
    const auto curves =
        curves_of({run("bp", 3, 100, 0, 0.5), run("bp", 3, 200, 0, 0.5), run("bp", 3, 100, 1, 0.5),
                   run("bp", 3, 200, 2, 0.96), run("bp", 3, 100, 3, std::nan("")), run("bp", 3, 100, 4, 0.5),
                   run("bp", 3, 200, 4, 0.95)},
                  repeated);
    const BySeed stars = stars_of(curves[0]);
    REQUIRE(stars.size() == 4);  // nothing is known of 3
    REQUIRE((stars.at(0) == Bounds{200, kInf} && stars.at(1) == Bounds{100, kInf}
             && stars.at(2) == Bounds{0, 200} && stars.at(4).known() && near(stars.at(4).low, 200)));
    REQUIRE(find(summary_of(curves), K::accuracy, "bp", 100).estimate.value == 0.5);  // of the others
}

TEST_CASE("where a resample's P* is only a bound, so is the end of the interval", "[summary]") {
    std::vector<Measured> runs;
    for (std::uint64_t seed : {0u, 1u}) {  // bp: P* = 200 with each seed
        runs.push_back(run("bp", 3, 100, seed, 0.9));
        runs.push_back(run("bp", 3, 400, seed, 1));
    }
    for (double p : {300.0, 500.0}) {  // dfa: between 300 and 500 with seed 0, above 500 with seed 1
        runs.push_back(run("dfa", 3, p, 0, p > 400 ? 1 : 0.8));
        runs.push_back(run("dfa", 3, p, 1, 0.5));
        runs.push_back(run("fa", 3, p, 0, 1));  // below 300 with seed 0, between with seed 1
        runs.push_back(run("fa", 3, p, 1, p > 400 ? 1 : 0.8));
    }
    std::size_t repeated = 0;
    auto rows = summary_of(curves_of(runs, repeated));
    const double alone = 300 * std::pow(5.0 / 3, 0.75);  // seed 0: three quarters of the way
    const Estimated dfa = find(rows, K::ratio, "dfa").estimate, fa = find(rows, K::ratio, "fa").estimate;
    // of dfa at least alone and 500, of fa at most 300 and alone
    REQUIRE((dfa.bound == '>' && near(dfa.value, std::sqrt(alone * 500) / 200) && near(dfa.low, alone / 200)
             && std::isinf(dfa.high)));
    REQUIRE((fa.bound == '<' && near(fa.value, std::sqrt(300 * alone) / 200) && fa.low == 0
             && near(fa.high, alone / 200)));
    const Estimated star = find(rows, K::p_star, "dfa").estimate;
    REQUIRE((star.bound == '>' && near(star.value, std::sqrt(alone * 500)) && near(star.low, alone)
             && std::isinf(star.high)));
    REQUIRE(summary_text(rows).find("> 2.20\n") != std::string::npos);
    // bp itself only a bound with seed 1: fa's ratio is below 1.5 with one seed, above 4.4 with the other
    for (Measured& m : runs)
        if (m.rule == "bp" && m.seed == 1) m.test_accuracy = 1;
    rows = summary_of(curves_of(runs, repeated));
    REQUIRE(find(rows, K::ratio, "fa").estimate.bound == '?');
    REQUIRE(std::isinf(find(rows, K::ratio, "dfa").estimate.high));
}

TEST_CASE("one seed has no interval; a solved first size is a bound from above", "[summary]") {
    std::size_t repeated = 0;
    auto rows = summary_of(curves_of({run("bp", 3, 100, 7, 0.99), run("bp", 3, 200, 7, 1)}, repeated));
    const SummaryRow& star = find(rows, K::p_star, "bp");
    REQUIRE((star.estimate.bound == '<' && star.estimate.value == 100 && std::isnan(star.estimate.low)));
    REQUIRE(std::isnan(find(rows, K::accuracy, "bp", 100).estimate.low));
}

TEST_CASE("a ratio of bounds is a bound, or nothing is known", "[summary]") {
    // P* of a rule that was run at 100 and 1000: below 100, between, above 1000
    const auto add = [](std::vector<Measured>& runs, const char* rule, char is) {
        runs.push_back(run(rule, 3, 100, 0, is == '<' ? 1 : 0.5));
        runs.push_back(run(rule, 3, 1000, 0, is == '>' ? 0.5 : 1));
    };
    std::string found;
    for (char dfa : {'<', '=', '>'})
        for (char bp : {'<', '=', '>'}) {
            std::vector<Measured> runs;
            add(runs, "bp", bp), add(runs, "dfa", dfa);
            std::size_t repeated = 0;
            const auto rows = summary_of(curves_of(runs, repeated));
            found += find(rows, K::ratio, "dfa").estimate.bound;
            REQUIRE(find(rows, K::p_star, "bp").estimate.bound == bp);
        }
    CHECK(found == "?<<>=<>>?");  // dfa below, between, above; bp likewise
}

TEST_CASE("a rule that is not known comes last, a seed without a size is no accuracy there", "[summary]") {
    std::vector<Measured> runs = {run("nobody", 3, 100, 0, 0.5), run("simsiam", 3, 100, 0, 0.25),
                                  run("simsiam", 3, 100, 1, 0.75), run("simsiam", 3, 200, 1, 0.875)};
    std::size_t repeated = 0;
    const auto curves = curves_of(runs, repeated);
    REQUIRE(curves.size() == 2);
    CHECK((curves[0].rule == "simsiam" && curves[1].rule == "nobody"));
    const auto rows = summary_of(curves);
    CHECK(find(rows, K::accuracy, "simsiam", 100).estimate.value == 0.5);
    const SummaryRow& one = find(rows, K::accuracy, "simsiam", 200);
    CHECK((one.estimate.value == 0.875 && one.count == 1 && std::isnan(one.estimate.low)
           && std::isnan(one.law)));
    CHECK(find(rows, K::p_star, "simsiam").count == 2);
}

static void solve_at(std::vector<Measured>& runs, const char* rule, int levels, int synonyms, double star) {
    for (std::uint64_t seed : {0u, 1u}) {
        runs.push_back(run(rule, levels, star / 2, seed, 0.9, synonyms));
        runs.push_back(run(rule, levels, star * 2, seed, 1, synonyms));
    }
}

TEST_CASE("exponents next to the law", "[summary]") {
    std::vector<Measured> runs;
    for (int levels : {2, 3, 4})
        for (int synonyms : {2, 3}) {
            double law_says = 2 * std::pow(synonyms, levels);
            solve_at(runs, "bp", levels, synonyms, 5 * law_says);  // follows the law
            solve_at(runs, "dfa", levels, synonyms,
                     5 * law_says * std::pow(1.5, levels));  // and 1.5 times more with each level
        }
    std::size_t repeated = 0;
    auto rows = summary_of(curves_of(runs, repeated));
    std::size_t per_level = 0;
    for (const SummaryRow& r : rows) {
        double m = r.task.synonyms, levels = r.task.levels;
        bool dfa = r.label == "dfa";
        if (r.kind == K::per_level) {
            ++per_level;
            REQUIRE((r.count == 3 && levels == 0 && r.law == m && near(r.estimate.value, dfa ? 1.5 * m : m)
                     && near(r.estimate.low, r.estimate.value)));
        }
        if (r.kind == K::exponent_m)
            REQUIRE((r.count == 2 && m == 0 && r.law == levels && near(r.estimate.value, levels)));
        if (r.kind == K::ratio_per_level) REQUIRE((dfa && near(r.estimate.value, 1.5)));
        if (r.kind == K::exponent_law && !dfa)
            REQUIRE((r.count == 6 && r.law == 1 && near(r.estimate.value, 1)));
    }
    REQUIRE(per_level == 4);
    REQUIRE(find(rows, K::exponent_law, "dfa").estimate.value > 1.1);
    // a task in which P* is only bounded takes no part
    runs.push_back(run("bp", 5, 10, 0, 0.5));
    for (const SummaryRow& r : summary_of(curves_of(runs, repeated)))
        REQUIRE((r.kind != K::per_level || r.count == 3));
}

TEST_CASE("the exponent of m is that of P* / n_c", "[summary]") {
    std::vector<Measured> runs;
    for (int m : {2, 3, 4})  // P* = 2 n_c m^3 with n_c = m
        for (double p : {std::pow(m, 4), 2 * std::pow(m, 4)}) {
            runs.push_back(run("bp", 3, p, 0, p > std::pow(m, 4) ? 0.9 + 0.1 / m : 0.5, m));  // just solved
            runs.back().task.classes = m;
        }
    std::size_t repeated = 0;
    const SummaryRow row = find(summary_of(curves_of(runs, repeated)), K::exponent_m, "bp");
    REQUIRE((row.count == 3 && near(row.estimate.value, 3) && row.law == 3));
}

TEST_CASE("a regression is on the seeds of all its tasks, with the same resamples", "[summary]") {
    std::vector<Measured> runs;
    for (int levels : {2, 3}) {
        const double star[] = {100, 200, 800,
                               kInf};  // times 3 from level to level; one grammar is never solved
        for (std::uint64_t seed : {0u, 1u, 2u, 3u})
            for (double p : {50.0, 100.0, 150.0, 200.0, 300.0, 400.0, 600.0, 800.0, 1200.0, 2400.0})
                runs.push_back(
                    run("bp", levels, p, seed, p < star[seed] * (levels == 3 ? 3 : 1) ? 0.5 : 0.95));
    }
    runs.push_back(run("bp", 2, 50, 4, 1));  // this one there is on one task only
    runs.push_back(run("bp", 2, 50, 5, 1));
    std::size_t repeated = 0;
    const SummaryRow row = find(summary_of(curves_of(runs, repeated)), K::per_level, "bp");
    REQUIRE((row.count == 2 && near(row.estimate.value, 3) && near(row.estimate.low, 3)
             && near(row.estimate.high, 3)));
}

/// What is known of P* = exp(log_star) from accuracies that rise from chance to 1, at P in steps of sqrt(2).
static Bounds measured_star(double log_star) {
    std::vector<std::pair<double, double>> accuracies;
    for (int k = -4; k <= 8; ++k) {
        const double p = 1000 * std::pow(2, k / 2.0);
        const double odds = 9 * std::exp(4 * (std::log(p) - log_star));  // 9 : 1, and so 0.95, at P*
        accuracies.emplace_back(p, 0.5 + 0.5 * odds / (1 + odds));
    }
    return p_star(accuracies, 0.95);
}

TEST_CASE("intervals of P* and of a ratio hold the median of all grammars", "[summary]") {
    const int experiments = 300;
    const std::uint64_t seeds = 9;
    int stars_held = 0, ratios_held = 0;
    Rng rng(0, Purpose::test);
    for (int i = 0; i < experiments; ++i) {
        BySeed bp, rule;
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
            const double log_star = std::log(1000) + 0.35 * rng.normal();
            bp[seed] = measured_star(log_star);
            rule[seed] = measured_star(log_star + std::log(3) + 0.2 * rng.normal());
        }
        const Estimated star = median_of(bp), ratio = median_of(ratios_of(rule, bp));
        stars_held += star.low <= 1000 && 1000 <= star.high;
        ratios_held += ratio.low <= 3 && 3 <= ratio.high;
    }
    // 0.95 of them are claimed; more than 0.99 would be intervals that are too wide
    for (int held : {stars_held, ratios_held}) {
        CHECK(held >= 0.9 * experiments);
        CHECK(held <= 0.99 * experiments);
    }
}

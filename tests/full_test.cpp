#include "catch.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "io/record.hpp"
#include "show/report.hpp"
#include "study/full.hpp"

using namespace rhm;

/// The seeds of a rule on a task, and its sizes.
struct Part {
    std::set<std::uint64_t> seeds;
    std::set<std::int64_t> sizes;
};
static Part part(const std::vector<Config>& plan, std::string_view rule, int levels, int synonyms = 3,
                 std::string_view masks = "exact") {
    Part out;
    for (const Config& c : plan)
        if (c.rule == rule && c.task.levels == levels && c.task.synonyms == synonyms
            && c.downstream_mask == masks)
            out.seeds.insert(c.seed), out.sizes.insert(c.train_size);
    return out;
}

TEST_CASE("the long experiment has each run once and gives every rule the same strings", "[full]") {
    std::vector<Config> plan = full_plan({});
    std::set<std::string> lines;
    std::set<int> depths, synonyms;
    std::size_t measured = 0;
    for (Config c : plan) {
        measured += !c.measure.empty();
        c.measure.clear();  // a run that is measured is no other run
        lines.insert(run_line(c));
        depths.insert(c.task.levels), synonyms.insert(c.task.synonyms);
        REQUIRE(c.steps == (find_rule(c.rule).wants_pairs() ? 6000 : 12000));
    }
    REQUIRE(lines.size() == plan.size());
    REQUIRE(depths == std::set<int>{2, 3, 4, 5});
    REQUIRE(synonyms == std::set<int>{2, 3, 4});
    REQUIRE(measured == 3);
}

/// A line for each curve: rule, masks, m, L, what differs from the options, sizes times seeds.
static std::string plan_text(const Config& base) {
    std::string out, curve, size;
    std::uint64_t seeds = 0;
    for (const Config& c : full_plan(base)) {
        const std::string is = concat(c.rule, c.downstream_mask == "exact" ? "" : " " + c.downstream_mask,
                                      " m=", c.task.synonyms, " L=", c.task.levels, " steps=", c.steps,
                                      " test=", c.test_size, " width=", c.width, ":");
        const std::string p = concat(" ", c.train_size);
        if (is != curve || p != size) {
            out += concat(seeds ? concat("*", seeds) : "", is == curve ? "" : "\n" + is, p,
                          c.measure.empty() ? "" : " (" + c.measure + ")");
            seeds = 0;
        }
        curve = is, size = p;
        REQUIRE(c.seed == seeds++);
    }
    return concat(out, "*", seeds, "\n");
}

TEST_CASE(
    "sizes are the law's times powers of two, as far as the language goes, and three curves are measured",
    "[full]") {
    const std::string full = plan_text({});
    for (const char* curve :
         {"bp m=3 L=2 steps=12000 test=27 width=64: 36*5 72*5",
          "bp m=3 L=5 steps=12000 test=4000 width=64: 972*5 1944*5 3888*5 7776 (sensitivity,probes)*5 "
          "15552*5",
          "dfa m=3 L=3 steps=12000 test=2187 width=64: 108*5 216*5 432*5 864*5 1728*5",
          "dfa m=3 L=4 steps=12000 test=4000 width=64: 648*5 1296*5 2592*5 5184*5 10368*5",
          "dfa m=3 L=5 steps=12000 test=4000 width=64: 1944*5 3888*5 7776 (sensitivity,probes)*5 15552*5 "
          "31104*5",
          "clapp m=3 L=5 steps=6000 test=4000 width=64: 972*5 1944*5 3888*5 7776 (sensitivity,probes)*5 "
          "15552*5",
          "vicreg m=3 L=4 steps=6000 test=4000 width=64: 324*5 648*5 1296*5 2592*5 5184*5",
          "bp none m=3 L=3 steps=12000 test=2187 width=64: 108*3 216*3 432*3 864*3 1728*3",
          "bp none m=3 L=5 steps=12000 test=4000 width=64: 1944*3 3888*3 7776*3 15552*3 31104*3",
          "bp m=2 L=3 steps=12000 test=128 width=64: 32*5 64*5 128*5 256*5",
          "clapp m=4 L=3 steps=6000 test=4000 width=64: 256*5 512*5 1024*5 2048*5 4096*5",
          "frozen m=3 L=4 steps=12000 test=4000 width=64: 648*3 1296*3 2592*3 5184*3 10368*3",
          "simsiam m=3 L=4 steps=6000 test=4000 width=64: 324*3 648*3 1296*3 2592*3 5184*3 10368*3",
          "fa shuffled m=3 L=4 steps=12000 test=4000 width=64: 1296*3",
          "frozen m=3 L=5 steps=12000 test=4000 width=64: 3888*3"}) {
        INFO(curve);
        CHECK(full.find(concat("\n", curve, "\n")) != std::string::npos);
    }
    CHECK(std::count(full.begin(), full.end(), '\n') == 1 + 60);
    Config base;
    base.smoke = true;
    const std::string smoke = plan_text(base);
    for (const char* curve :
         {"bp m=3 L=3 steps=300 test=1000 width=24: 108*5 216*5 432 (sensitivity,probes)*5 864*5 1728*5",
          "clapp m=3 L=2 steps=150 test=27 width=24: 36*5 72*5",
          "bp none m=3 L=3 steps=300 test=1000 width=24: 108*3 216*3 432*3 864*3 1728*3",
          "frozen m=3 L=3 steps=300 test=1000 width=24: 108*3 216*3 432*3 864*3 1728*3 3456*3",
          "bp mean m=3 L=3 steps=300 test=1000 width=24: 432*3"}) {
        INFO(curve);
        CHECK(smoke.find(concat("\n", curve, "\n")) != std::string::npos);
    }
    CHECK(std::count(smoke.begin(), smoke.end(), '\n') == 1 + 37);
}

TEST_CASE(
    "five seeds for what the claims are judged by, three for the rest, one number for all when it is given",
    "[full]") {
    std::vector<Config> plan = full_plan({});
    for (int levels : {3, 4, 5}) {
        for (const char* rule : {"bp", "dfa", "clapp", "infonce", "vicreg"})
            REQUIRE(part(plan, rule, levels).seeds.size() == 5);
        REQUIRE(part(plan, "bp", levels, 3, "none").seeds.size() == 3);
    }
    for (const char* rule : {"bp", "dfa", "clapp"})
        for (int m : {2, 4}) REQUIRE(part(plan, rule, 3, m).sizes.size() >= 4);
    for (const Rule* rule : rules())
        REQUIRE((part(plan, rule->name, 4).sizes.size() >= 4 && part(plan, rule->name, 4).seeds.size() >= 3));
    for (int levels : {4, 5})  // the lines of the masking table
        for (const char* masks : {"mean", "shuffled", "none"})
            for (const char* rule : {"bp", "fa"})
                REQUIRE(part(plan, rule, levels, 3, masks).sizes.contains(levels == 4 ? 1296 : 3888));
    Config base;
    set(base, *find_option("seeds"), "2");
    for (const Config& c : full_plan(base)) REQUIRE(c.seed < 2);
    base.smoke = true;
    REQUIRE(full_plan(base).size() > 100);
}

static SummaryRow ratio(const char* label, int levels, char bound, double value, double low, double high) {
    return {SummaryRow::Kind::ratio,
            {.vocab = 4, .classes = 4, .synonyms = 3, .tuple = 2, .levels = levels},
            label,
            0,
            3,
            {bound, value, low, high},
            0};
}

static std::string verdicts(std::vector<SummaryRow> rows) {
    std::string out;
    for (const Verdict& v : judge_full(rows))
        if (v.holds) out += *v.holds ? '+' : '-';
    return out;
}

TEST_CASE("claims are judged on data ratios with their intervals", "[full]") {
    REQUIRE(verdicts({}) == "");
    REQUIRE(judge_full({}).size() == 3);  // what could not be judged is said
    for (const Verdict& v : judge_full({})) {
        REQUIRE(std::string(verdict_text(v)) == "could not be judged");
        REQUIRE(v.evidence.find("no ratio is known there") != std::string::npos);
    }
    REQUIRE_FALSE(all_hold(judge_full({})));
    REQUIRE_FALSE(all_hold({}));
    REQUIRE(all_hold({{"", "", true}}));
    REQUIRE_FALSE(all_hold({{"", "", true}, {"", "", {}}}));
    REQUIRE(verdicts({ratio("dfa", 3, '=', 1.3, 1.1, 1.5), ratio("dfa", 5, '=', 4, 3, 5)}) == "+");
    REQUIRE(verdicts({ratio("dfa", 3, '=', 1.3, 1.1, 1.5), ratio("dfa", 5, '>', 8, 3, INFINITY)})
            == "+");  // more than was tried
    REQUIRE(verdicts({ratio("dfa", 3, '=', 1.3, 1.1, 1.5), ratio("dfa", 5, '>', 8, 1.4, INFINITY)})
            == "-");  // but hardly, on other seeds
    REQUIRE(judge_full({ratio("dfa", 3, '=', 1.3, 1.1, 1.5), ratio("dfa", 5, '>', 8, 3, INFINITY)})[0]
                .evidence.find("L=5 > 3.00")
            != std::string::npos);
    REQUIRE(verdicts({ratio("dfa", 3, '=', 1.3, 1.1, 1.5), ratio("dfa", 5, '=', 4, 0.9, 5)})
            == "-");  // the interval holds one
    REQUIRE(verdicts({ratio("dfa", 3, '=', 5, 4, 6), ratio("dfa", 5, '=', 4, 3, 5)})
            == "-");  // does not grow
    REQUIRE(verdicts({ratio("dfa", 3, '=', 1.3, 1.1, 3.5), ratio("dfa", 5, '=', 4, 3, 5)})
            == "-");  // the intervals overlap
    REQUIRE(verdicts({ratio("clapp", 3, '=', 1.1, 1, 1.2), ratio("vicreg", 5, '=', 0.9, 0.8, 1)}) == "+");
    REQUIRE(verdicts({ratio("clapp", 3, '=', 1.1, 1, 1.2), ratio("vicreg", 5, '=', 1.2, 0.8, 1.6)})
            == "-");  // it may be more than 1.5
    REQUIRE(judge_full({ratio("clapp", 3, '=', 1.1, 1, 1.2), ratio("vicreg", 5, '=', 1.2, 0.8, 1.6)})[1]
                .evidence.ends_with("not so: vicreg at L=5"));
    REQUIRE(verdicts({ratio("clapp", 3, '=', 1.1, 1, 1.2), ratio("vicreg", 5, '=', 1.6, 0.8, 2)}) == "-");
    REQUIRE(verdicts({ratio("clapp", 4, '>', 1.2, 0, 0)}) == "-");
    REQUIRE(verdicts({ratio("bp, no downstream masks", 4, '=', 2, 1.5, 3)}) == "+");
    REQUIRE(verdicts({ratio("bp, no downstream masks", 4, '<', 2, 0, 0)}) == "-");
}

TEST_CASE("claims at their very bounds", "[full]") {
    const auto dfa = [](Estimated shallow, Estimated deep, int at = 4) {
        return verdicts({ratio("dfa", 3, shallow.bound, shallow.value, shallow.low, shallow.high),
                         ratio("dfa", at, deep.bound, deep.value, deep.low, deep.high)});
    };
    CHECK(dfa({'=', 1.3, 1.1, 1.5}, {'=', 2, 1.6, 3}) == "+");
    CHECK(dfa({'=', 1.3, 1.1, 1.5}, {'=', 2, 1.5, 3}) == "-");  // it touches that at L = 3
    CHECK(dfa({'=', 0.6, 0.5, 0.7}, {'=', 2, 1, 3}) == "-");    // it touches 1
    CHECK(dfa({'=', 0.6, 0.5, 0.7}, {'=', 2, 1.1, 3}) == "+");
    CHECK(dfa({'<', 1.3, 1.1, 1.5}, {'=', 2, 1.6, 3}) == "-");      // L = 3 is only a bound
    CHECK(dfa({'=', 1.3, NAN, NAN}, {'=', 1.4, NAN, NAN}) == "+");  // one seed: the numbers themselves
    CHECK(dfa({'=', 1.3, NAN, NAN}, {'=', 1.3, NAN, NAN}) == "-");
    CHECK(dfa({'=', 1.3, 1.1, 1.5}, {'=', 2, 1.6, 3}, 2) == "");  // nothing deeper than L = 3
    CHECK(dfa({'=', 1.3, 1.1, 1.5}, {'?', 2, 1.6, 3}) == "");
    CHECK(verdicts({ratio("dfa", 3, '=', 4, 3, 5)}) == "");
    CHECK(verdicts({ratio("dfa", 4, '=', 4, 3, 5), ratio("dfa", 5, '=', 8, 7, 9)})
          == "");  // L = 3 is missing
    SummaryRow other = ratio("dfa", 4, '=', 2, 1.6, 3);
    other.task.synonyms = 2;  // another task
    CHECK(verdicts({ratio("dfa", 3, '=', 1.3, 1.1, 1.5), other}) == "");
    other = ratio("dfa", 4, '=', 2, 1.6, 3);
    other.kind = SummaryRow::Kind::p_star;
    CHECK(verdicts({ratio("dfa", 3, '=', 1.3, 1.1, 1.5), other}) == "");
    for (const char* rule : {"clapp", "infonce", "vicreg"}) {
        CHECK(verdicts({ratio(rule, 3, '=', 1.1, 1, kAboutAsFew)}) == "+");
        CHECK(verdicts({ratio(rule, 3, '=', 1.1, 1, 1.01 * kAboutAsFew)}) == "-");
        CHECK(verdicts({ratio(rule, 3, '<', 1.1, 0, 1.2)}) == "+");
        CHECK(verdicts({ratio(rule, 3, '=', kAboutAsFew, NAN, NAN)}) == "+");
        CHECK(verdicts({ratio(rule, 20, '=', 9, 8, 9)}) == "-");
        CHECK(verdicts({ratio(rule, 2, '=', 1.1, 1, 1.2)}) == "");  // the claim is from L = 3 on
        CHECK(verdicts({ratio(rule, 2, '=', 9, 9, 9), ratio(rule, 3, '=', 1.1, 1, 1.2)}) == "+");
    }
    CHECK(verdicts({ratio("bp, no downstream masks", 4, '=', 2, 1, 3)}) == "-");
    CHECK(verdicts({ratio("bp, no downstream masks", 4, '=', 2, 1.01, 3)}) == "+");
    CHECK(verdicts({ratio("bp, no downstream masks", 2, '=', 9, 9, 9),
                    ratio("bp, no downstream masks", 3, '=', 2, 0.9, 3)})
          == "-");  // the deepest counts
    CHECK(verdict_text({"", "", true}) == std::string("holds"));
    CHECK(verdict_text({"", "", false}) == std::string("does not hold"));
    CHECK_FALSE(all_hold({{"", "", true}, {"", "", false}}));
    const auto evidence = judge_full({ratio("dfa", 2, '=', 1, 0.9, 1.1), ratio("dfa", 3, '=', 1.3, NAN, NAN),
                                      ratio("dfa", 5, '>', 8, 3, INFINITY)})[0]
                              .evidence;
    CHECK(evidence.find("L=2 1.00 (0.90 .. 1.10), L=3 1.30, L=5 > 3.00; judged: the interval at L=5")
          != std::string::npos);
}

TEST_CASE("a report's command says what is not the default, and nothing else", "[full]") {
    Measured m;
    m.rule = "clapp", m.train_size = 512, m.seed = 3;
    Config config;
    config.rule = "clapp", config.train_size = 512, config.seed = 3, config.width = 32;
    resolve(config);
    m.task = config.task;
    for (const Option& option : options())
        if (option.recorded) m.options[std::string(option.name)] = text_of(config, option);
    Curve curve{m.task, "clapp", "clapp", {{512, {{3, m}}}}};
    REQUIRE(command_of(curve) == "rhm sweep -v 4 -c 4 -m 3 -s 2 -L 5 -r clapp -P 512 --seed 3 --width 32");
    std::string html = report_html("x.jsonl", {curve}, summary_of({curve}), {{"A <claim>", "because", true}});
    REQUIRE(html.find("A &lt;claim&gt; <b class=\"yes\">holds</b>") != std::string::npos);
    for (const char* outside : {"<script", "src=", "href=", "url("})
        REQUIRE(html.find(outside) == std::string::npos);
}

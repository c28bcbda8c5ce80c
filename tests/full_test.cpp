#include "catch.hpp"

#include <set>

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

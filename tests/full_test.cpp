#include "catch.hpp"

#include <set>

#include "out/record.hpp"
#include "out/report.hpp"
#include "run/full.hpp"

using namespace rhm;

TEST_CASE("the long experiment has each run once and gives every rule the same strings", "[full]") {
    Config base;
    base.seeds = 2;
    std::vector<Config> plan = full_plan(base);
    std::set<std::string> lines;
    std::set<int> depths, synonyms;
    for (const Config& c : plan) {
        lines.insert(run_line(c));
        depths.insert(c.task.levels), synonyms.insert(c.task.synonyms);
        REQUIRE(c.steps == (find_rule(c.rule).wants_pairs() ? 6000 : 12000));
    }
    REQUIRE(lines.size() == plan.size());
    REQUIRE(depths == std::set<int>{2, 3, 4, 5});
    REQUIRE(synonyms == std::set<int>{2, 3, 4});
}

static SummaryRow ratio(const char* label, int levels, char bound, double value, double low, double high) {
    return {SummaryRow::Kind::ratio, {.vocab = 4, .classes = 4, .synonyms = 3, .tuple = 2, .levels = levels}, label, 0, 3, {bound, value, low, high}, 0};
}

static std::string verdicts(std::vector<SummaryRow> rows) {
    std::string out;
    for (const Verdict& v : judge_full(rows)) out += v.holds ? '+' : '-';
    return out;
}

TEST_CASE("claims are judged on data ratios with their intervals", "[full]") {
    REQUIRE(verdicts({}) == "");
    REQUIRE(verdicts({ratio("dfa", 3, '=', 1.3, 1.1, 1.5), ratio("dfa", 5, '=', 4, 3, 5)}) == "+");
    REQUIRE(verdicts({ratio("dfa", 3, '=', 1.3, 1.1, 1.5), ratio("dfa", 5, '>', 8, 0, 0)}) == "+");      // more than was tried
    REQUIRE(verdicts({ratio("dfa", 3, '=', 1.3, 1.1, 1.5), ratio("dfa", 5, '=', 4, 0.9, 5)}) == "-");    // the interval holds one
    REQUIRE(verdicts({ratio("dfa", 3, '=', 5, 4, 6), ratio("dfa", 5, '=', 4, 3, 5)}) == "-");            // does not grow
    REQUIRE(verdicts({ratio("clapp", 3, '=', 1.1, 1, 1.2), ratio("vicreg", 5, '=', 0.9, 0.8, 1)}) == "+");
    REQUIRE(verdicts({ratio("clapp", 3, '=', 1.1, 1, 1.2), ratio("vicreg", 5, '=', 1.6, 0.8, 2)}) == "-");
    REQUIRE(verdicts({ratio("clapp", 4, '>', 1.2, 0, 0)}) == "-");
    REQUIRE(verdicts({ratio("bp downstream-mask=none", 4, '=', 2, 1.5, 3)}) == "+");
    REQUIRE(verdicts({ratio("bp downstream-mask=none", 4, '<', 2, 0, 0)}) == "-");
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
    for (const char* outside : {"<script", "src=", "href=", "url("}) REQUIRE(html.find(outside) == std::string::npos);
}

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "io/record.hpp"
#include "show/report.hpp"
#include "study/full.hpp"

using namespace rhm;

/// The indices that a walk of so many sizes tries when it is solved from size `from` on.
static std::vector<std::size_t> steps_of(std::size_t count, std::size_t from, std::size_t start = 0,
                                         std::size_t doubling = 2) {
    Walk walk{std::vector<Config>(count), start, doubling};
    std::vector<std::size_t> out;
    while (walk.next() < count) {
        out.push_back(walk.next());
        walk.tried[out.back()] = out.back() >= from ? 1 : -1;
    }
    return out;
}

TEST_CASE("a walk doubles P until the task is solved, or halves it, then halves the step", "[full]") {
    using Steps = std::vector<std::size_t>;
    CHECK(steps_of(7, 0) == Steps{0});  // solved by the smallest
    CHECK(steps_of(7, 1) == Steps{0, 2, 1});
    CHECK(steps_of(7, 2) == Steps{0, 2, 1});
    CHECK(steps_of(7, 3) == Steps{0, 2, 4, 3});
    CHECK(steps_of(7, 6) == Steps{0, 2, 4, 6, 5});
    CHECK(steps_of(7, 7) == Steps{0, 2, 4, 6});  // by none
    CHECK(steps_of(1, 0) == Steps{0});
    CHECK(steps_of(9, 0, 4) == Steps{4, 2, 0});  // halved
    CHECK(steps_of(9, 1, 4) == Steps{4, 2, 0, 1});
    CHECK(steps_of(9, 2, 4) == Steps{4, 2, 0, 1});
    CHECK(steps_of(9, 3, 4) == Steps{4, 2, 3});
    CHECK(steps_of(9, 4, 4) == Steps{4, 2, 3});
    CHECK(steps_of(9, 5, 4) == Steps{4, 6, 5});
    CHECK(steps_of(9, 9, 4) == Steps{4, 6, 8});
    CHECK(steps_of(17, 6, 8, 4) == Steps{8, 4, 6, 5});  // three sizes between, of which two are tried
    CHECK(steps_of(17, 7, 8, 4) == Steps{8, 4, 6, 7});
    CHECK(steps_of(17, 10, 8, 4) == Steps{8, 12, 10, 9});
    CHECK(steps_of(17, 11, 8, 4) == Steps{8, 12, 10, 11});
    CHECK(steps_of(17, 0, 8, 4) == Steps{8, 4, 0});
    CHECK(steps_of(17, 17, 8, 4) == Steps{8, 12, 16});
}

/// The sizes of each curve of the plan, once for each seed: "bp none m=3 L=4 steps=6000" -> " 648 916*9".
static std::map<std::string, std::string> curves_of_plan(const Request& base) {
    std::map<std::string, std::map<std::string, int>> found;
    for (const Walk& walk : full_walks(base)) {
        const Config& c = walk.sizes[0];
        std::string sizes;
        for (const Config& size : walk.sizes) {
            sizes += concat(" ", size.train_size);
            REQUIRE((size.seed == c.seed && size.rule == c.rule && size.task == c.task));
            REQUIRE((size.test_size > 0 && size.test_size <= 4000));
        }
        ++found[concat(c.rule, c.constants.downstream_mask == Mask::exact ? "" : concat(" ", name_of(c.constants.downstream_mask, kMaskNames)),
                       " v=", c.task.vocab, " m=", c.task.synonyms, " L=", c.task.levels, " steps=", c.steps,
                       " width=", c.width, c.measure.empty() ? "" : " measured")][sizes];
    }
    std::map<std::string, std::string> out;
    for (const auto& [curve, walks] : found)
        for (const auto& [sizes, count] : walks) out[curve] += concat(sizes, "*", count, ";");
    return out;
}

TEST_CASE("the long experiment: every rule at every depth, the same cap on steps for all, nine seeds or 25", "[full]") {
    const auto plan = curves_of_plan({});
    const auto has = [&](const std::string& curve, const std::string& sizes) {
        INFO(curve);
        auto at = plan.find(curve);
        REQUIRE(at != plan.end());
        INFO(at->second);
        CHECK(at->second.find(sizes) != std::string::npos);
    };
    const std::string law5 = " 243 289 344 409 486 578 687 817 972 1156 1375 1635 1944 2312 2749 3269 3888 4624 5498 6539 7776*25;";
    has("bp v=4 m=3 L=5 steps=6000 width=64", law5);
    has("bp none v=4 m=3 L=4 steps=6000 width=64",
        " 81 115 162 229 324 458 648 916 1296 1833 2592 3666 5184*9;");
    has("dfa v=4 m=3 L=5 steps=6000 width=64", " 972 1375 1944 2749 3888 5498 7776 10997 15552*9;");
    has("dfa v=4 m=3 L=3 steps=6000 width=64", " 27 38 54 76 108 153 216 305 432 611 864*9;");
    has("vicreg v=4 m=3 L=5 steps=3000 width=64", law5);
    has("ff v=4 m=3 L=3 steps=3000 width=64",
        " 27 32 38 45 54 64 76 91 108 128 153 182 216 257 305 363 432 514 611 727 864*25;");
    has("vicreg v=4 m=3 L=5 steps=3000 width=64 measured", " 1944*1;");
    has("fa shuffled v=4 m=3 L=5 steps=6000 width=64", " 1944*9;");  // of the masking table
    has("bp v=6 m=6 L=3 steps=6000 width=64", " 324 385 458 545 648 771 916 1090 1296 1541 1833 2180 2592 3082 3666 4359 5184*9;");
    has("infonce v=10 m=5 L=3 steps=3000 width=64", " 2500*9;");
    has("vicreg v=6 m=4 L=4 steps=3000 width=64", " 1024*9;");
    has("bp v=8 m=4 L=3 steps=6000 width=64", " 128 152 181 215 256 304 362 431 512 609 724 861 1024 1218 1448 1722 2048*9;");  // held out
    has("bp v=6 m=3 L=3 steps=6000 width=64", " 41 48 57 68 81 96 115 136 162 193 229 272 324 385 458 545 648*9;");
    has("vicreg v=4 m=3 L=6 steps=3000 width=64", " 1458 2062 2916 4124 5832 8248 11664 16495 23328*9;");
    has("dfa v=4 m=3 L=6 steps=6000 width=64", " 11664 16495 23328 32991 46656*9;");
    for (const Rule* rule : rules())
        for (int levels : {3, 4, 5}) {
            const bool planned =
                plan.contains(concat(rule->name, " v=4 m=3 L=", levels,
                                     " steps=", rule->wants_pairs() ? 3000 : 6000, " width=64"));
            const bool judged =
                rule->name == "bp" || rule->family == "direct feedback" || rule->wants_pairs();
            INFO(rule->name << " L=" << levels);
            CHECK((planned || !(judged || levels == 4)));
        }
    Request base;
    set(base, *find_option("seeds"), "2");
    for (const Walk& walk : full_walks(base)) REQUIRE(walk.sizes[0].seed < 2);
    base.smoke = true;
    CHECK(full_seeds(base) == 2);
    CHECK(full_seeds({}) == 9);  // of the strict forms, too
    for (const Walk& walk : full_walks(base))
        REQUIRE((walk.sizes[0].task.levels == 3 && walk.sizes[0].width == 24));
}

TEST_CASE("the long experiment is of the tasks that examples/full describes, and of no other", "[full]") {
    using Task = std::array<int, 5>;  // v, n_c, m, s, L
    std::set<Task> tasks;
    std::set<std::string> deep;  // "rule P of the first run", at L = 6
    for (const Walk& walk : full_walks({})) {
        const GrammarShape& t = walk.sizes[0].task;
        if (t.levels == 6) deep.insert(concat(walk.sizes[0].rule, " ", walk.sizes[walk.start].train_size));
        tasks.insert({t.vocab, t.classes, t.synonyms, t.tuple, t.levels});
    }
    CHECK(deep
          == std::set<std::string>{"bp 2916", "clapp 2916", "infonce 2916", "vicreg 2916", "barlow 2916",
                                   "lpl 2916", "dfa 23328"});
    CHECK(tasks
          == std::set<Task>{{4, 4, 3, 2, 3}, {4, 4, 3, 2, 4}, {4, 4, 3, 2, 5}, {4, 4, 3, 2, 6}, {4, 4, 2, 2, 3},
                            {4, 4, 4, 2, 3}, {4, 4, 4, 3, 3}, {6, 2, 4, 2, 4}, {6, 6, 3, 2, 3},
                            {6, 6, 6, 2, 3}, {8, 8, 4, 2, 3}, {10, 10, 5, 2, 3}});
}

static SummaryRow ratio(std::string_view label, int levels, char bound, double value, double low,
                        double high) {
    return {SummaryRow::Kind::ratio,
            {.vocab = 4, .classes = 4, .synonyms = 3, .tuple = 2, .levels = levels},
            std::string(label),
            0,
            9,
            {bound, value, low, high},
            0};
}
static SummaryRow ratio(std::string_view label, int levels, double low, double high) {
    return ratio(label, levels, '=', (low + high) / 2, low, high);
}

/// '+' for a claim that holds, '-' for one that does not, '?' for one that is undecided.
static char sign(const Verdict& v) { return v.holds ? *v.holds ? '+' : '-' : '?'; }

static char direct(const std::vector<SummaryRow>& of_dfa, double others_low = 20) {
    std::vector<SummaryRow> rows = of_dfa;
    for (const Rule* rule : rules())
        if (rule->family == "direct feedback" && rule->name != "dfa")
            rows.push_back(ratio(rule->name, 5, others_low, 2 * others_low));
    return sign(judge_full(rows, {})[0]);
}

TEST_CASE("claim 1: every direct rule fails at the deepest level, with its whole interval", "[full]") {
    CHECK(direct({ratio("dfa", 5, 11, 20)}) == '+');
    CHECK(direct({ratio("dfa", 5, kFails, 20)}) == '?');  // it touches the bound
    CHECK(direct({ratio("dfa", 5, 5, kFails)}) == '-');
    CHECK(direct({ratio("dfa", 5, 11, 20)}, 3) == '-');  // another rule does not fail
    CHECK(direct({ratio("dfa", 5, '>', 16, 12, INFINITY)}) == '+');
    CHECK(direct({ratio("dfa", 5, '>', 16, 8, INFINITY)}) == '?');
    CHECK(direct({ratio("dfa", 5, '<', 2, 0, 3)}) == '-');
    CHECK(direct({ratio("dfa", 5, '=', 11, NAN, NAN)}) == '+');  // one seed: the number itself
    CHECK(direct({ratio("dfa", 5, '?', 11, 11, 12)}) == '?');
    CHECK(direct({}) == '?');
    CHECK(direct({ratio("dfa", 4, 2, 3), ratio("dfa", 5, 11, 20)}) == '+');  // the deepest counts
    CHECK(direct({ratio("dfa", 5, 11, 20), ratio("dfa", 6, 2, 3)}) == '+');  // of those that are judged
    const auto evidence =
        judge_full({ratio("dfa", 3, 1, 2), ratio("dfa", 5, '>', 16, 12, INFINITY)}, {})[0].evidence;
    CHECK(evidence.find("dfa L=3 1.50 (1.00 .. 2.00), L=5 > 12.00") != std::string::npos);
}

/// A masking table at L = 5 in which two seeds lose so much by the masks.
static MaskingTask masking(double first, double second) {
    MaskingTask task = masking_task({}, 1);
    task.shape = {.vocab = 4, .classes = 4, .synonyms = 3, .tuple = 2, .levels = 5};
    for (MaskingRow& row : task.rows) {
        row.configs.clear();
        const bool none = row.masks == "none";
        for (double lost : {first, second}) {
            Result r;
            r.test_accuracy = 0.9 - (none ? lost : 0) - (row.weights == "random" ? 0.1 : 0);
            row.results.push_back(r);
        }
    }
    return task;
}

TEST_CASE("claim 2: bp needs more data without masks, and the masks have a share of what is lost", "[full]") {
    const auto masks = [](double low, double high, std::vector<MaskingTask> tasks) {
        return sign(judge_full({ratio("bp, no downstream masks", 5, low, high)}, tasks)[1]);
    };
    CHECK(masks(1.1, 2, {masking(0.2, 0.21)}) == '+');
    CHECK(masks(1, 2, {masking(0.2, 0.21)}) == '?');
    CHECK(masks(0.8, 1, {masking(0.2, 0.21)}) == '-');
    CHECK(masks(1.1, 2, {masking(0.2, -0.1)}) == '?');      // the interval of the share holds 0
    CHECK(masks(1.1, 2, {masking(-0.05, -0.051)}) == '-');  // they did harm
    CHECK(masks(1.1, 2, {}) == '?');
    CHECK(sign(judge_full({ratio("dfa", 5, 2, 3)}, {masking(0.2, 0.21)})[1]) == '?');
}

TEST_CASE("claim 3: of each kind one rule needs about as few data at every depth", "[full]") {
    const auto local = [](const std::vector<SummaryRow>& rows) { return sign(judge_full(rows, {})[2]); };
    const SummaryRow deep = ratio("infonce", 5, 1, 1.2), deep_too = ratio("vicreg", 5, 1, kAboutAsFew);
    CHECK(local({deep, deep_too}) == '+');
    CHECK(local({deep}) == '?');  // of the other kind nothing is known
    CHECK(local({deep, ratio("vicreg", 5, 1, 1.01 * kAboutAsFew)}) == '?');
    std::vector<SummaryRow> worse = {deep};
    for (const char* rule : {"vicreg", "barlow", "lpl", "simsiam"}) worse.push_back(ratio(rule, 5, 1.6, 2));
    CHECK(local(worse) == '-');
    worse[2] = ratio("barlow", 5, 0.9, 1.1);
    CHECK(local(worse) == '+');  // one of a kind is enough
    CHECK(local({deep, deep_too, ratio("infonce", 3, 2, 3), ratio("ff", 3, 1, 1.1), ratio("clapp", 3, 2, 3)})
          == '?');  // no rule at every depth: of ff nothing is known at L = 5
    CHECK(local({deep, deep_too, ratio("infonce", 2, 2, 3)}) == '+');  // the claim is from L = 3 on
    CHECK(local({deep, deep_too, ratio("infonce", 6, 2, 3)}) == '+');  // and up to kJudgedDepth
    CHECK(local({deep, deep_too, ratio("infonce", 3, '<', 1, 0, 1.2), ratio("vicreg", 3, 1, 1.1)}) == '+');
    CHECK(local({deep, ratio("vicreg", 5, '>', 8, 6, INFINITY)}) == '?');
}

TEST_CASE("what nothing is known of is undecided, and no success", "[full]") {
    REQUIRE(judge_full({}, {}).size() == 3);
    for (const Verdict& v : judge_full({}, {})) {
        REQUIRE(std::string(verdict_text(v.holds)) == "undecided");
        REQUIRE(v.evidence.find("no ratio to bp is known") != std::string::npos);
    }
    SummaryRow other = ratio("dfa", 5, 20, 30);
    other.task.synonyms = 2;  // another task
    CHECK(judge_full({other}, {})[0].evidence.find("no ratio to bp is known") != std::string::npos);
    other = ratio("dfa", 5, 20, 30);
    other.task.classes = 3;
    CHECK(judge_full({other}, {})[0].evidence.find("no ratio to bp is known") != std::string::npos);
    other = ratio("dfa", 5, 20, 30);
    other.kind = SummaryRow::Kind::p_star;
    CHECK(judge_full({other}, {})[0].evidence.find("no ratio to bp is known") != std::string::npos);
    CHECK_FALSE(all_hold(judge_full({}, {})));
    CHECK_FALSE(all_hold({}));
    CHECK(all_hold({{"", "", "", true}}));
    CHECK_FALSE(all_hold({{"", "", "", true}, {"", "", "", {}}}));
    CHECK_FALSE(all_hold({{"", "", "", true}, {"", "", "", false}}));
    CHECK(verdict_text(true) == std::string("holds"));
    CHECK(verdict_text(false) == std::string("does not hold"));
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
    std::string html = report_html("x.jsonl", {curve}, summary_of({curve}), {{"masks", "A <claim>", "because", true}});
    REQUIRE(html.find("A &lt;claim&gt; <b class=\"yes\">holds</b>") != std::string::npos);
    for (const char* outside : {"<script", "src=", "url("}) REQUIRE(html.find(outside) == std::string::npos);
    for (std::size_t at = html.find("href="); at != std::string::npos; at = html.find("href=", at + 1))
        REQUIRE(html.substr(at + 5, 2) == "\"#");  // a place in the page
}

#include "study/full.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/language.hpp"
#include "study/masking.hpp"
#include "study/sweep.hpp"

namespace rhm {
namespace {

double language_size(const GrammarShape& t) { return t.classes * std::pow(t.synonyms, t.choices()); }

Config on_task(const Config& base, int synonyms, int levels) {
    Config c = base;
    c.task.synonyms = synonyms, c.task.levels = levels;
    c.task.classes = c.classes.value_or(c.task.vocab);
    c.test_size = std::min(base.test_size, static_cast<std::int64_t>(language_size(c.task) / 4));
    if (!is_given(base, *find_option("steps"))) c.steps = base.smoke ? 300 : 12000;
    return c;
}

/// The plan, in which no run is twice.
class Plan {
public:
    std::vector<Config> runs;

    void add(Config c) {
        if (find_rule(c.rule).wants_pairs()) c.steps /= 2;
        resolve(c);
        if (known_.insert(identity(c)).second) runs.push_back(std::move(c));
    }
    /// One rule on one task, at P = law * 1, 2, 4, ... 2^last, as far as the language goes; from L = 4 on the
    /// rules with a signal from the output, bp apart, begin at 2, below which they are far from solving it.
    void add_curve(const Config& base, std::string_view rule, int synonyms, int levels, int last,
                   const char* masks = "exact") {
        Config c = on_task(base, synonyms, levels);
        c.rule = rule, c.downstream_mask = masks;
        const bool may_solve =
            find_rule(rule).wants_pairs() || (rule == "bp" && c.downstream_mask == "exact");
        for (int i = levels >= 4 && !may_solve; i <= last; ++i) {
            c.train_size = std::llround(law(c.task) * std::pow(2, i));
            if (static_cast<double>(c.train_size) > 0.75 * language_size(c.task))
                return;  // the rest is for the test
            for (c.seed = 0; c.seed < static_cast<std::uint64_t>(base.seeds); ++c.seed) add(c);
        }
    }
    void add_masking(const Config& base, int synonyms, int levels) {
        Config c = on_task(base, synonyms, levels);
        c.train_size = masking_size(c.task);
        for (const MaskingRow& row : masking_task(c).rows)
            for (const Config& config : row.configs) add(config);
    }
    bool has(std::string_view rule, int synonyms, int levels) const {
        return std::any_of(runs.begin(), runs.end(), [&](const Config& c) {
            return c.rule == rule && c.task.synonyms == synonyms && c.task.levels == levels;
        });
    }
    /// The layers of a rule, after the training of the first run that is planned for it on this task and P.
    void measure(std::string_view rule, int synonyms, int levels, double times_law) {
        for (Config& c : runs)
            if (c.rule == rule && c.downstream_mask == "exact" && c.task.synonyms == synonyms
                && c.task.levels == levels && c.train_size == std::llround(times_law * law(c.task))) {
                c.measure = "sensitivity,probes";
                return;
            }
    }

private:
    std::set<std::string> known_;
};

const SummaryRow* ratio_row(const std::vector<SummaryRow>& rows, std::string_view label, int levels,
                            int synonyms = 3) {
    for (const SummaryRow& r : rows)
        if (r.kind == SummaryRow::Kind::ratio && r.label == label && r.task.levels == levels
            && r.task.synonyms == synonyms && r.estimate.bound != '?')
            return &r;
    return nullptr;
}

int deepest(const std::vector<SummaryRow>& rows, std::string_view label) {
    int most = 0;
    for (const SummaryRow& r : rows)
        if (ratio_row(rows, label, r.task.levels)) most = std::max(most, r.task.levels);
    return most;
}

std::string ratio_text(const SummaryRow& r) {
    const Estimated& e = r.estimate;
    std::string out =
        concat("L=", r.task.levels, " ", e.known() ? "" : std::string(1, e.bound) + " ", fixed(e.said(), 2));
    if (e.known() && !std::isnan(e.low)) out += concat(" (", fixed(e.low, 2), " .. ", fixed(e.high, 2), ")");
    return out;
}

std::string ratios_text(const std::vector<SummaryRow>& rows, std::string_view label) {
    std::string out;
    for (int levels = 2; levels <= 20; ++levels)
        if (const SummaryRow* r = ratio_row(rows, label, levels))
            out += concat(out.empty() ? "" : ", ", ratio_text(*r));
    return out;
}

/// The whole interval is above x. One seed has no interval, and its number stands for it.
bool above(const Estimated& e, double x) {
    return e.bound != '<' && (std::isnan(e.low) ? e.value : e.low) > x;
}

/// The whole interval is at most x.
bool within(const Estimated& e, double x) {
    return e.bound != '>' && (std::isnan(e.high) ? e.value : e.high) <= x;
}

constexpr const char* kNothingKnown =
    "no ratio is known there: bp or the rule was not run, or neither "
    "solves the task from the data that were tried";

constexpr std::string_view kUnmasked = "bp, no downstream masks";

/// Claim 1: the cost of direct feedback grows with depth.
void judge_direct(std::vector<Verdict>& verdicts, const std::vector<SummaryRow>& rows) {
    const char* claim = "Direct feedback needs more data than backpropagation, and ever more with depth.";
    const int most = deepest(rows, "dfa");
    if (most <= 3 || !ratio_row(rows, "dfa", 3)) {
        verdicts.push_back(
            {claim, concat("P*(dfa)/P*(bp) at L=3 and at a greater depth: ", kNothingKnown), {}});
        return;
    }
    const Estimated &deep = ratio_row(rows, "dfa", most)->estimate,
                    &shallow = ratio_row(rows, "dfa", 3)->estimate;
    const double shallow_end = std::isnan(shallow.high) ? shallow.value : shallow.high;
    verdicts.push_back({claim,
                        concat("P*(dfa)/P*(bp): ", ratios_text(rows, "dfa"),
                               "; judged: the interval at L=", most, " lies above 1 and above that at L=3"),
                        above(deep, 1) && shallow.known() && above(deep, shallow_end)});
}

/// Claim 2: self-supervised rules need about as few data.
void judge_local(std::vector<Verdict>& verdicts, const std::vector<SummaryRow>& rows) {
    std::string evidence, beyond;
    for (const char* rule : {"clapp", "infonce", "vicreg"}) {
        if (deepest(rows, rule) < 3) continue;
        evidence += concat(evidence.empty() ? "" : "; ", "P*(", rule, ")/P*(bp): ", ratios_text(rows, rule));
        for (int levels = 3; levels <= 20; ++levels)
            if (const SummaryRow* r = ratio_row(rows, rule, levels); r && !within(r->estimate, kAboutAsFew))
                beyond += concat(beyond.empty() ? "" : ", ", rule, " at L=", levels);
    }
    const std::string claim =
        concat("Layerwise self-supervised rules need about as few data as backpropagation: at most ",
               number(kAboutAsFew), " times its data at every depth from L=3 on.");
    if (evidence.empty()) {
        verdicts.push_back(
            {claim, concat("P*/P*(bp) of clapp, infonce and vicreg from L=3 on: ", kNothingKnown), {}});
        return;
    }
    verdicts.push_back({claim,
                        concat(evidence, "; judged: every interval ends at or below ", number(kAboutAsFew),
                               beyond.empty() ? "" : concat(", not so: ", beyond)),
                        beyond.empty()});
}

/// Claim 3: the missing masks cost data.
void judge_masks(std::vector<Verdict>& verdicts, const std::vector<SummaryRow>& rows) {
    const int most = deepest(rows, kUnmasked);
    const char* claim = "Without the masks on the way down backpropagation itself needs more data.";
    if (!most) {
        verdicts.push_back({claim, concat("P*(bp without them)/P*(bp): ", kNothingKnown), {}});
        return;
    }
    verdicts.push_back({claim,
                        concat("P*(bp without them)/P*(bp): ", ratios_text(rows, kUnmasked),
                               "; judged: the interval at L=", most, " lies above 1"),
                        above(ratio_row(rows, kUnmasked, most)->estimate, 1)});
}

}  // namespace

std::vector<Config> full_plan(const Config& base) {
    Config few = base;
    if (base.smoke) few.width = 24, few.test_size = 1000;
    Config more = few;  // seeds of what the claims are judged by
    if (!is_given(base, *find_option("seeds"))) more.seeds = 5;
    const int most_levels = base.smoke ? 3 : 5, all_rules_at = base.smoke ? 3 : 4;

    Plan plan;
    for (const char* rule : {"bp", "dfa", "clapp", "infonce", "vicreg"})
        for (int levels = 2; levels <= most_levels; ++levels)
            plan.add_curve(more, rule, 3, levels, levels >= 4 && rule == std::string("dfa") ? 5 : 4);
    for (int levels = 3; levels <= most_levels; ++levels)
        plan.add_curve(few, "bp", 3, levels, levels >= 4 ? 5 : 4, "none");
    for (const char* rule : {"bp", "dfa", "clapp"})
        for (int synonyms : {2, 4}) plan.add_curve(more, rule, synonyms, 3, 4);
    for (const Rule* rule : rules())
        if (!plan.has(rule->name, 3, all_rules_at)) plan.add_curve(few, rule->name, 3, all_rules_at, 5);
    for (int levels = all_rules_at; levels <= most_levels; ++levels) plan.add_masking(few, 3, levels);
    for (const char* rule : {"bp", "dfa", "clapp"}) plan.measure(rule, 3, most_levels, base.smoke ? 4 : 8);
    return plan.runs;
}

std::vector<Verdict> judge_full(const std::vector<SummaryRow>& rows) {
    std::vector<Verdict> verdicts;
    judge_direct(verdicts, rows);
    judge_local(verdicts, rows);
    judge_masks(verdicts, rows);
    return verdicts;
}

}  // namespace rhm

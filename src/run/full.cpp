#include "run/full.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/language.hpp"

namespace rhm {
namespace {

/// One rule on one task, at P = law * 1, 2, 4, ... `sizes` times, as far as the language goes.
void add_curve(std::vector<Config>& plan, const Config& base, const char* rule, int synonyms, int levels, int sizes, const char* masks = "exact") {
    for (int i = 0; i < sizes; ++i)
        for (int seed = 0; seed < base.seeds; ++seed) {
            Config c = base;
            c.task.synonyms = synonyms, c.task.levels = levels;
            c.task.classes = c.classes.value_or(c.task.vocab);
            c.rule = rule, c.downstream_mask = masks, c.seed = static_cast<std::uint64_t>(seed);
            double all = c.task.classes * std::pow(synonyms, c.task.choices());
            c.train_size = std::llround(law(c.task) * std::pow(2, i));
            if (static_cast<double>(c.train_size) > 0.75 * all) break;  // the rest is for the test
            c.test_size = std::min<std::int64_t>(base.test_size, static_cast<std::int64_t>(all) / 4);
            if (!is_given(base, *find_option("steps"))) c.steps = base.smoke ? 300 : 12000;
            if (find_rule(rule).wants_pairs()) c.steps /= 2;
            resolve(c);
            plan.push_back(std::move(c));
        }
}

void add_measured(std::vector<Config>& plan, const Config& base, const char* rule, int levels) {
    std::vector<Config> one;
    Config single = base;
    single.seeds = 1;
    add_curve(one, single, rule, 3, levels, 4);
    one.back().measure = "sensitivity,probes";
    one.back().measure_every = static_cast<int>(std::max<std::int64_t>(one.back().steps, 1));  // at the end
    plan.push_back(one.back());
}

const SummaryRow* ratio_row(const std::vector<SummaryRow>& rows, std::string_view label, int levels, int synonyms = 3) {
    for (const SummaryRow& r : rows)
        if (r.kind == SummaryRow::Kind::ratio && r.label == label && r.task.levels == levels && r.task.synonyms == synonyms && r.estimate.bound != '?') return &r;
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
    std::string out = concat("L=", r.task.levels, " ", e.known() ? "" : std::string(1, e.bound) + " ", fixed(e.value, 2));
    if (e.known() && !std::isnan(e.low)) out += concat(" (", fixed(e.low, 2), " .. ", fixed(e.high, 2), ")");
    return out;
}

std::string ratios_text(const std::vector<SummaryRow>& rows, std::string_view label) {
    std::string out;
    for (int levels = 2; levels <= 20; ++levels)
        if (const SummaryRow* r = ratio_row(rows, label, levels)) out += concat(out.empty() ? "" : ", ", ratio_text(*r));
    return concat(label, ": ", out);
}

/// The whole interval is above x; of a lower bound, the bound.
bool above(const Estimated& e, double x) {
    if (e.bound == '<') return false;
    return e.bound == '>' ? e.value > x : (std::isnan(e.low) ? e.value : e.low) > x;
}

}  // namespace

std::vector<Config> full_plan(const Config& base) {
    std::vector<Config> plan;
    Config small = base;
    if (base.smoke) small.width = 24, small.test_size = 1000;
    const int most_levels = base.smoke ? 3 : 5;
    for (const char* rule : {"bp", "dfa", "clapp", "vicreg"})
        for (int levels = 2; levels <= most_levels; ++levels) add_curve(plan, small, rule, 3, levels, rule == std::string("dfa") && levels >= 4 ? 6 : 5);
    for (const char* rule : {"bp", "dfa", "clapp"})
        for (int synonyms : {2, 4}) add_curve(plan, small, rule, synonyms, 3, 5);
    add_curve(plan, small, "bp", 3, most_levels - (most_levels > 3), 6, "none");
    add_curve(plan, small, "fa", 3, most_levels - (most_levels > 3), 6);
    for (const char* rule : {"bp", "dfa", "clapp"}) add_measured(plan, small, rule, most_levels);
    return plan;
}

std::vector<Verdict> judge_full(const std::vector<SummaryRow>& rows) {
    std::vector<Verdict> verdicts;
    if (int most = deepest(rows, "dfa"); most > 3 && ratio_row(rows, "dfa", 3)) {
        const Estimated &deep = ratio_row(rows, "dfa", most)->estimate, &shallow = ratio_row(rows, "dfa", 3)->estimate;
        verdicts.push_back({"Direct feedback needs more data than backpropagation, and ever more with depth.", concat("P*(rule)/P*(bp) of ", ratios_text(rows, "dfa")),
                            above(deep, 1) && shallow.known() && deep.value > shallow.value});
    }
    bool near_one = true;
    std::string evidence;
    for (const char* rule : {"clapp", "vicreg"}) {
        if (deepest(rows, rule) < 3) continue;
        evidence += concat(evidence.empty() ? "P*(rule)/P*(bp) of " : "; ", ratios_text(rows, rule));
        for (int levels = 3; levels <= 20; ++levels)
            if (const SummaryRow* r = ratio_row(rows, rule, levels)) near_one = near_one && r->estimate.bound != '>' && r->estimate.value <= 1.5;
    }
    if (!evidence.empty()) verdicts.push_back({"Layerwise self-supervised rules need about as few data as backpropagation, at every depth.", evidence, near_one});
    const std::string_view unmasked = "bp downstream-mask=none";
    if (int levels = deepest(rows, unmasked))
        verdicts.push_back({"Without the masks on the way down backpropagation itself needs more data.", concat("P*(rule)/P*(bp) of ", ratios_text(rows, unmasked)),
                            above(ratio_row(rows, unmasked, levels)->estimate, 1)});
    return verdicts;
}

}  // namespace rhm

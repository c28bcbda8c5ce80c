#include "study/full.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"

namespace rhm {

std::size_t Walk::next() const {
    const std::size_t none = tried.size();
    std::size_t unsolved = start, solved = start;
    while (tried[solved] < 0) {
        unsolved = solved;
        solved += doubling;
        if (solved >= none) return none;  // not solved by the largest
    }
    while (tried[unsolved] > 0) {
        solved = unsolved;
        if (unsolved < doubling) return none;  // solved by the smallest
        unsolved -= doubling;
    }
    for (const std::size_t end : {solved, unsolved})
        if (tried[end] == 0) return end;
    while (solved - unsolved > 1) {
        const std::size_t middle = (unsolved + solved) / 2;
        if (tried[middle] == 0) return middle;
        (tried[middle] > 0 ? solved : unsolved) = middle;
    }
    return none;
}

namespace {

double language_size(const GrammarShape& t) { return t.classes * std::pow(t.synonyms, t.choices()); }

constexpr std::string_view kUnmasked = "bp, no downstream masks",
                           kContrastive = "layerwise self-supervised, contrastive",
                           kNonContrastive = "layerwise self-supervised, non-contrastive";

/// Whether a rule's signal comes straight from the output.
bool is_direct(const Rule& rule) { return rule.family == "direct feedback"; }

/// Whether a claim speaks of the rule: not of the controls and of the chains of random feedback.
bool is_judged(const Rule& rule) { return rule.name == "bp" || is_direct(rule) || rule.loss.pairs; }

constexpr std::size_t kCoarse = 2, kFine = 4;  ///< sizes a doubling: fine where a goal is near what is needed

class Plan {
public:
    std::vector<Walk> walks;

    explicit Plan(const Request& base) : base_(base) {}

    Config on_task(std::string_view rule, GrammarShape task, Mask masks = Mask::exact) const {
        Config c = base_;
        c.rule = rule;
        c.constants.downstream_mask = masks;
        c.task = task;
        c.classes = task.classes;
        c.test_size = std::int64_t(std::min(double(base_.test_size), language_size(task) / 4));
        if (!is_given(base_, "steps")) c.steps = base_.smoke ? 300 : 6000;
        if (find_rule(rule).wants_pairs()) c.steps /= 2;
        return c;
    }
    /// P = first ... last times the law, `doubling` sizes a doubling, as far as the language goes (the rest
    /// is for the test), from `start` times the law on. `seeds`: how many, when not as many as of all others.
    void add_walk(const Config& c, double first, double start, double last, int seeds = 0,
                  std::size_t doubling = kCoarse) {
        for (std::uint64_t seed = 0; seed < std::uint64_t(seeds ? seeds : base_.seeds); ++seed) {
            std::vector<Config> sizes;
            for (int i = 0;; ++i) {
                const double p = first * law(c.task) * std::pow(2, i / double(doubling));
                if (p > 1.001 * last * law(c.task) || p > 0.75 * language_size(c.task)) break;
                sizes.push_back(c);
                sizes.back().train_size = std::llround(p);
                sizes.back().seed = seed;
                resolve(sizes.back());
            }
            if (sizes.empty()) continue;
            const std::size_t at = doubling * std::size_t(std::llround(std::log2(start / first)));
            const std::size_t last_start = (sizes.size() - 1) / doubling * doubling;
            walks.emplace_back(std::move(sizes), std::min(at, last_start), doubling);
        }
    }
    void add_masking(GrammarShape task) {
        Config c = on_task("bp", task);
        c.train_size = std::llround(kMeasuredAt * law(task));
        for (const MaskingRow& row : masking_task(c, base_.seeds).rows)
            for (const Config& config : row.configs) walks.emplace_back(std::vector{config});
    }
    /// What the layers have learnt, of the first seed.
    void measure(std::string_view rule, GrammarShape task) {
        Config c = on_task(rule, task);
        c.train_size = std::llround(kMeasuredAt * law(task));
        c.measure = "sensitivity,probes";
        resolve(c);
        walks.emplace_back(std::vector{c});
    }
    static constexpr double kMeasuredAt = 2;  ///< times the law

private:
    const Request& base_;
};

/// The tasks on which the claims are judged.
GrammarShape judged_task(int levels) {
    return {.vocab = 4, .classes = 4, .synonyms = 3, .tuple = 2, .levels = levels};
}

const SummaryRow* ratio_row(const std::vector<SummaryRow>& rows, std::string_view label, int levels) {
    for (const SummaryRow& r : rows)
        if (r.kind == SummaryRow::Kind::ratio && r.label == label && r.task == judged_task(levels)
            && r.estimate.bound != '?')
            return &r;
    return nullptr;
}

/// The depths from L = 3 on at which the ratio of one rule at least is known; with `judged` those that the
/// claims are judged at.
std::vector<int> depths_of(const std::vector<SummaryRow>& rows, bool judged) {
    std::set<int> out;
    for (const SummaryRow& r : rows)
        if (r.task.levels >= 3 && (!judged || r.task.levels <= kJudgedDepth)
            && ratio_row(rows, r.label, r.task.levels))
            out.insert(r.task.levels);
    return {out.begin(), out.end()};
}

/// As text; and added to `numbers`.
std::string ratios_text(const std::vector<SummaryRow>& rows, std::string_view label, Numbers& numbers) {
    std::string out(label);
    for (int levels : depths_of(rows, false)) {
        const SummaryRow* r = ratio_row(rows, label, levels);
        if (!r) continue;
        const Estimated& e = r->estimate;
        const std::string name = concat(label == kUnmasked ? "bp_unmasked" : label, "_L", levels);
        numbers.insert(numbers.end(), {{name, e.value}, {name + "_low", e.low}, {name + "_high", e.high}});
        const std::string bound = e.known() ? "" : concat(e.bound, " ");
        const bool interval = e.known() && !std::isnan(e.low);
        out += concat(out == label ? " " : ", ", "L=", levels, " ", bound, fixed(e.said(), 2),
                      interval ? concat(" (", fixed(e.low, 2), " .. ", fixed(e.high, 2), ")") : "");
    }
    return out;
}

/// Whether a number is above x: with its whole interval, or not; nothing when the interval holds x. One seed
/// has no interval, and its number stands for it.
Judged above(const Estimated& e, double x) {
    double low = std::isnan(e.low) ? e.value : e.low, high = std::isnan(e.high) ? e.value : e.high;
    if (e.bound == '<') low = 0;
    if (e.bound == '>') high = INFINITY;
    if (low > x) return true;
    if (high <= x) return false;
    return std::nullopt;
}

Verdict judge_direct(const std::vector<SummaryRow>& rows, int deepest) {
    Judged all = true;
    std::string evidence;
    Numbers numbers;
    for (const Rule* rule : rules()) {
        if (!is_direct(*rule)) continue;
        const SummaryRow* r = ratio_row(rows, rule->name, deepest);
        all = all_of(all, r ? above(r->estimate, kFails) : std::nullopt);
        evidence += concat(ratios_text(rows, rule->name, numbers), r ? "" : " not known", "; ");
    }
    return {"direct-feedback",
            concat("Direct feedback fails: every such rule needs more than ", number(kFails),
                   " times bp's data at L=", deepest, "."),
            concat("P*/P*(bp): ", evidence, "judged: each interval at L=", deepest, " lies above ",
                   number(kFails)),
            all, numbers};
}

Verdict judge_masks(const std::vector<SummaryRow>& rows, const std::vector<MaskingTask>& masking,
                    int deepest) {
    const SummaryRow* r = ratio_row(rows, kUnmasked, deepest);
    Judged more = r ? above(r->estimate, 1) : std::nullopt, share;
    Numbers numbers;
    std::string evidence =
        concat("P*/P*(bp): ", ratios_text(rows, kUnmasked, numbers), r ? "" : " not known");
    for (const MaskingTask& task : masking) {
        if (task.shape != judged_task(deepest)) continue;
        const Attribution a = attribute(task);
        evidence += concat(". At L=", deepest, ", P=", task.train_size, ": ", to_text(a));
        numbers.insert(numbers.end(), {{"by_weights", a.by_weights.mean}, {"by_masks", a.by_masks.mean}});
        if (judged(a))
            share = above({'=', a.by_masks.mean, a.by_masks.mean - a.by_masks.half_width,
                           a.by_masks.mean + a.by_masks.half_width},
                          0);
    }
    return {"masks", "The missing masks are a cause: without them backpropagation itself needs more data.",
            evidence, all_of(more, share), numbers};
}

Verdict judge_local(const std::vector<SummaryRow>& rows, const std::vector<int>& depths) {
    Judged both = true;
    std::string evidence;
    Numbers numbers;
    for (std::string_view family : {kContrastive, kNonContrastive}) {
        Judged any = false;
        for (const Rule* rule : rules()) {
            if (rule->family != family) continue;
            Judged few = true;
            for (int levels : depths) {
                const SummaryRow* r = ratio_row(rows, rule->name, levels);
                few = all_of(few, r ? is_not(above(r->estimate, kAboutAsFew)) : std::nullopt);
            }
            any = any_of(any, few);
            if (ratio_row(rows, rule->name, depths.back()))
                evidence += concat(evidence.empty() ? "" : "; ", ratios_text(rows, rule->name, numbers));
        }
        both = all_of(both, any);
    }
    return {
        "self-supervised",
        concat("Layerwise self-supervised rules, contrastive and not, need about as few data as bp: the "
               "best of each kind at most ",
               number(kAboutAsFew), " times as many at every depth up to L=", depths.back(), "."),
        concat("P*/P*(bp): ", evidence,
               "; judged: of each kind one rule whose intervals all end at or below ", number(kAboutAsFew)),
        both, numbers};
}

}  // namespace

int full_seeds(const Request& base) { return is_given(base, "seeds") ? base.seeds : base.smoke ? 3 : 9; }

std::vector<Walk> full_walks(const Request& base) {
    Request few = base;
    few.seeds = full_seeds(base);
    const int many = is_given(base, "seeds") || base.smoke ? 0 : kSeedsOfClaim3;
    if (base.smoke) {
        few.width = 24;
        few.test_size = 1000;
    }
    const int deepest = base.smoke ? 3 : kJudgedDepth;
    auto task = [](int vocab, int synonyms, int levels) {
        return GrammarShape{
            .vocab = vocab, .classes = vocab, .synonyms = synonyms, .tuple = 2, .levels = levels};
    };
    Plan plan(few);
    for (const char* rule : {"bp", "dfa", "vicreg"})
        if (is_chosen(base, rule)) plan.measure(rule, task(4, 3, deepest));
    for (int levels = 3; levels <= deepest; ++levels) {
        for (const Rule* rule : rules()) {
            if (!is_chosen(base, rule->name)) continue;
            if (!is_judged(*rule) && levels != std::min(4, deepest)) continue;
            const bool far = is_direct(*rule) && levels > 3;
            const bool of_claim3 = rule->name == "bp" || rule->loss.pairs;
            plan.add_walk(plan.on_task(rule->name, task(4, 3, levels)), far ? 1 : 0.25, far ? 2 : 1,
                          far ? 16 : 8, of_claim3 ? many : 0, of_claim3 ? kFine : kCoarse);
        }
        plan.add_walk(plan.on_task("bp", task(4, 3, levels), Mask::none), 0.25, 1, 16);
    }
    plan.add_masking(task(4, 3, deepest));
    if (base.smoke) return plan.walks;
    // One level deeper: bp, dfa and five self-supervised rules.
    for (const char* rule : {"bp", "dfa", "clapp", "infonce", "vicreg", "barlow", "lpl"}) {
        const bool direct = is_direct(find_rule(rule));
        if (is_chosen(base, rule))
            plan.add_walk(plan.on_task(rule, task(4, 3, deepest + 1)), direct ? 4 : 0.25, direct ? 8 : 1,
                          direct ? 16 : 8);
    }
    for (const char* rule : {"bp", "vicreg"})
        for (int synonyms : {2, 4})
            if (is_chosen(base, rule)) plan.add_walk(plan.on_task(rule, task(4, synonyms, 3)), 0.25, 1, 8);
    for (GrammarShape other : {task(8, 4, 3), task(6, 3, 3), task(6, 6, 3)})
        plan.add_walk(plan.on_task("bp", other), 0.25, 1, 4, 0, kFine);
    GrammarShape triples{.vocab = 4, .classes = 4, .synonyms = 4, .tuple = 3, .levels = 3},
        two_classes{.vocab = 6, .classes = 2, .synonyms = 4, .tuple = 2, .levels = 4};
    for (GrammarShape other : {task(8, 4, 3), task(10, 5, 3), triples, two_classes})
        for (const char* rule : {"bp", "infonce", "vicreg", "lpl"})
            if (is_chosen(base, rule)) plan.add_walk(plan.on_task(rule, other), 2, 2, 2);
    return plan.walks;
}

std::vector<Verdict> judge_full(const std::vector<SummaryRow>& rows,
                                const std::vector<MaskingTask>& masking) {
    const std::vector<int> depths = depths_of(rows, true);
    if (depths.empty()) {
        const std::string why = concat("no ratio to bp is known at L=3 to ", kJudgedDepth,
                                       ": bp or the rules were not run, or neither solves the task from the "
                                       "data that were tried");
        return {{"direct-feedback", "Direct feedback fails.", why},
                {"masks", "The missing masks are a cause.", why},
                {"self-supervised", "Layerwise self-supervised rules need about as few data as bp.", why}};
    }
    return {judge_direct(rows, depths.back()), judge_masks(rows, masking, depths.back()),
            judge_local(rows, depths)};
}

}  // namespace rhm

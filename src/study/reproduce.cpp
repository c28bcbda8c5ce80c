#include "study/reproduce.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/theory.hpp"

namespace rhm {

std::vector<Variant> comparison(const Request& base) {
    struct Row {
        std::string_view name, short_name, rule;
        Mask downstream = Mask::exact;
    };
    constexpr Row kRows[] = {
        {"bp", "bp", "bp"},
        {"bp, no downstream masks", "bp_unmasked", "bp", Mask::none},
        {"fa", "fa", "fa"},
        {"dfa", "dfa", "dfa"},
        {"clapp", "clapp", "clapp"},
        {"infonce", "infonce", "infonce"},
        {"vicreg", "vicreg", "vicreg"},
    };
    Config config = base;
    config.times_law = 2;
    config.seed = 0;
    if (base.smoke) {
        config.task.levels = 4;
        config.test_size = 1000;
    }
    // On seeds 0 to 2 the verdicts are those of 6000 (smoke: 3000) steps, though infonce on seed 1 of L = 5
    // stops at 0.911, just below what counts as solved, where it is at 0.933 after twice as many.
    if (!is_given(base, "steps")) config.steps = base.smoke ? 1200 : 3000;
    const std::int64_t steps = config.steps;
    std::vector<Variant> variants;
    std::vector<Row> rows;
    for (const Row& row : kRows)
        if (is_chosen(base, row.rule)) rows.push_back(row);
    for (const Rule* rule : rules()) {  // others that were asked for
        const bool there =
            std::any_of(rows.begin(), rows.end(), [&](const Row& r) { return r.rule == rule->name; });
        if (!base.only.empty() && is_chosen(base, rule->name) && !there)
            rows.push_back({rule->name, rule->name, rule->name});
    }
    for (const Row& row : rows) {
        config.rule = row.rule;
        config.constants.downstream_mask = row.downstream;
        config.steps = find_rule(row.rule).wants_pairs() ? steps / 2 : steps;
        variants.push_back(
            {{on_seeds(config, base.seeds), {}}, std::string(row.name), std::string(row.short_name)});
    }
    return variants;
}

Summary summarise(const std::vector<Result>& results) {
    Summary s;
    s.low = 1;
    for (const Result& r : results) {
        double n = double(results.size());
        s.mean += r.test_accuracy / n;
        s.low = std::min(s.low, r.test_accuracy);
        s.high = std::max(s.high, r.test_accuracy);
        s.steps += double(r.steps) / n;
        s.seconds += r.seconds / n;
        s.diverged += r.status == Status::diverged;
    }
    return s;
}

const char* verdict_text(const Verdict& verdict) {
    if (!verdict.holds) return "undecided";
    return *verdict.holds ? "holds" : "does not hold";
}

bool all_hold(const std::vector<Verdict>& verdicts) {
    return !verdicts.empty() && std::all_of(verdicts.begin(), verdicts.end(), [](const Verdict& v) {
        return v.holds.value_or(false);
    });
}

std::vector<Verdict> judge(const std::vector<Variant>& variants) {
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    auto find = [&](std::string_view name) {
        return std::find_if(variants.begin(), variants.end(),
                            [&](const Variant& v) { return v.short_name == name; });
    };
    auto of = [&](std::string_view name) {
        const auto at = find(name);
        return at == variants.end() ? Summary{unknown, unknown, unknown} : summarise(at->results);
    };
    const Variant& bp_runs = *find("bp");
    const auto unmasked_runs = find("bp_unmasked");
    const Summary bp = of("bp"), unmasked = of("bp_unmasked"), dfa = of("dfa"), fa = of("fa"),
                  clapp = of("clapp"), infonce = of("infonce"), vicreg = of("vicreg");
    const double solved = solved_accuracy(bp_runs.configs[0].task.classes);
    auto text = [](double accuracy) { return std::isnan(accuracy) ? "not known" : fixed(accuracy, 3); };

    bool below_in_every_seed = unmasked_runs != variants.end();
    for (std::size_t i = 0; below_in_every_seed && i < bp_runs.results.size(); ++i)
        below_in_every_seed = unmasked_runs->results[i].test_accuracy < bp_runs.results[i].test_accuracy;
    double lost_by_dfa = bp.mean - dfa.mean, lost_by_masks = bp.mean - unmasked.mean;
    std::string share = lost_by_dfa > 0 ? concat("; that is ", fixed(100 * lost_by_masks / lost_by_dfa, 0),
                                                 " % of what dfa loses")
                                        : "";

    auto judged = [&](std::initializer_list<Summary> summaries, bool holds) -> std::optional<bool> {
        for (const Summary& s : summaries)
            if (std::isnan(s.mean)) return std::nullopt;  // not run, or diverged
        return holds;
    };
    return {
        {"direct-feedback", "Direct feedback fails on the hierarchy.",
         concat("bp ", text(bp.mean), ", dfa ", text(dfa.mean), " (its best seed ", text(dfa.high),
                ", bp's worst ", text(bp.low), "; fa, which keeps the masks, ", text(fa.mean), ")"),
         judged({bp, dfa}, bp.mean >= solved && dfa.mean < solved && dfa.high < bp.low)},
        {"masks", "The missing masks are a cause: backpropagation without them fails too.",
         concat("bp without downstream masks ", text(unmasked.mean), ", below bp in ",
                below_in_every_seed ? "every seed" : "not every seed", share),
         judged({bp, unmasked}, bp.mean >= solved && unmasked.mean < solved && below_in_every_seed)},
        {"self-supervised",
         "Layerwise self-supervised rules learn the hierarchy from data that suffice for bp: one at least of "
         "those that are contrastive (clapp, infonce), and one that is not (vicreg).",
         concat("clapp ", text(clapp.mean), ", infonce ", text(infonce.mean), ", vicreg ", text(vicreg.mean),
                " from the same ", bp_runs.configs[0].train_size, " data as bp's ", text(bp.mean),
                "; 'rhm reproduce --full' measures how few each needs"),
         judged({bp, clapp, infonce, vicreg},
                bp.mean >= solved && vicreg.mean >= solved && std::max(clapp.mean, infonce.mean) >= solved)},
    };
}

}  // namespace rhm

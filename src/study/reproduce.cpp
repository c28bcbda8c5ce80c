#include "study/reproduce.hpp"

#include <algorithm>
#include <cmath>

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
    // On seeds 0 to 2 the verdicts are those of 6000 (smoke: 3000) steps.
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
    const double n = double(std::max(results.size(), std::size_t{1}));
    for (const Result& r : results) {
        s.mean += r.test_accuracy / n;
        s.low = std::min(s.low, r.test_accuracy);
        s.high = std::max(s.high, r.test_accuracy);
        s.steps += double(r.steps);
        s.seconds += r.seconds;
        s.diverged += r.status == Status::diverged;
    }
    s.steps /= n;
    s.seconds /= n;
    return s;
}

std::vector<Verdict> judge(const std::vector<Variant>& variants) {
    struct Found {
        std::string_view name;
        double solved = 0;  // so many grammars
        Judged solves = {};
        Summary accuracy = {};
        std::string text = "not known";
    };
    const Variant& bp_runs = variants.at(0);
    const double solved = solved_accuracy(bp_runs.configs[0].task.classes);
    auto of = [&](std::string_view name) {
        Found found{name};
        for (const Variant& v : variants) {
            if (v.short_name != name) continue;
            const std::vector<double> accuracies = v.accuracies();
            for (double accuracy : accuracies) found.solved += accuracy >= solved;
            found.solves = solves(accuracies, solved);
            found.accuracy = summarise(v.results);
            if (!std::isnan(found.accuracy.mean))
                found.text =
                    concat(fixed(found.accuracy.mean, 3), " (", found.solved, " of ", accuracies.size(), ")");
        }
        return found;
    };
    const Found bp = of("bp"), unmasked = of("bp_unmasked"), dfa = of("dfa"), fa = of("fa"),
                clapp = of("clapp"), infonce = of("infonce"), vicreg = of("vicreg");
    const double by_dfa = bp.accuracy.mean - dfa.accuracy.mean,
                 by_masks = bp.accuracy.mean - unmasked.accuracy.mean;
    const std::string share = dfa.solves && unmasked.solves && by_dfa > 0 ? concat(
                                  "; that is ", fixed(100 * by_masks / by_dfa, 0), " % of what dfa loses")
                                                                          : "";
    constexpr std::string_view kTold = "accuracy (grammars solved): ";
    const auto numbers = [](std::initializer_list<Found> list) {
        Numbers out;
        for (const Found& f : list)
            if (f.text != "not known")
                out.insert(out.end(),
                           {{std::string(f.name), f.accuracy.mean}, {concat(f.name, "_solved"), f.solved}});
        return out;
    };
    return {
        {"direct-feedback", "Direct feedback fails on the hierarchy.",
         concat(kTold, "bp ", bp.text, ", dfa ", dfa.text, "; fa, which keeps the masks, ", fa.text),
         all_of(bp.solves, is_not(dfa.solves)), numbers({bp, dfa, fa})},
        {"masks", "The missing masks are a cause: backpropagation without them fails too.",
         concat(kTold, "bp ", bp.text, ", without downstream masks ", unmasked.text, share),
         all_of(bp.solves, is_not(unmasked.solves)), numbers({bp, unmasked})},
        {"self-supervised",
         "Layerwise self-supervised rules learn the hierarchy from data that suffice for bp: one at least of "
         "those that are contrastive (clapp, infonce), and one that is not (vicreg).",
         concat(kTold, "clapp ", clapp.text, ", infonce ", infonce.text, ", vicreg ", vicreg.text,
                " from the same ", bp_runs.configs[0].train_size, " data as bp's ", bp.text,
                "; 'rhm reproduce --full' measures how few each needs"),
         all_of(bp.solves, all_of(vicreg.solves, any_of(clapp.solves, infonce.solves))),
         numbers({bp, clapp, infonce, vicreg})},
    };
}

}  // namespace rhm

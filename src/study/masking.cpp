#include "study/masking.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"

namespace rhm {
namespace {

struct Kind {
    std::string_view rule, weights = "-", masks = "-";

    std::string_view downstream() const { return masks == "-" ? "exact" : masks; }
    MaskingRow row() const {
        const std::string name = concat(rule, downstream() == "exact" ? "" : concat(", masks ", masks));
        return {{}, name, std::string(rule), std::string(weights), std::string(masks)};
    }
};

constexpr Kind kKinds[] = {
    {"bp", "true", "exact"},
    {"bp", "true", "mean"},
    {"bp", "true", "shuffled"},
    {"bp", "true", "none"},
    {"sign_symmetry", "signs", "exact"},
    {"sign_symmetry", "signs", "none"},
    {"fa", "random", "exact"},
    {"fa", "random", "mean"},
    {"fa", "random", "shuffled"},
    {"fa", "random", "none"},
    {"dfa"},
    {"gated"},
    {"layerwise"},
    {"frozen"},
};

std::vector<double> accuracies(const MaskingTask& task, std::string_view name) {
    return std::find_if(task.rows.begin(), task.rows.end(),
                        [&](const MaskingRow& row) { return row.name == name; })
        ->accuracies();
}

std::string share(const Estimate& part, const Estimate& whole) {
    if (!(whole.mean > 0)) return "";
    return concat(" (", fixed(100 * part.mean / whole.mean, 0), " %)");
}

/// The only curve of a line on a task at P; null when there is none, or more than one.
const Curve* curve_of(const std::vector<Curve>& curves, const Kind& kind, const GrammarShape& shape,
                      double p) {
    const Curve* found = nullptr;
    for (const Curve& curve : curves) {
        auto at = curve.points.find(p);
        if (curve.rule != kind.rule || !(curve.task == shape) || at == curve.points.end()) continue;
        const std::string& masks = at->second.begin()->second.options.at("downstream-mask");
        if ((masks.empty() ? "exact" : masks) != kind.downstream()) continue;
        if (found) return nullptr;
        found = &curve;
    }
    return found;
}

MaskingTask recorded_task(const std::vector<Curve>& curves, const GrammarShape& shape, double p) {
    MaskingTask task{shape, std::llround(p), {}};
    std::vector<const Curve*> lines;
    for (const Kind& kind : kKinds) {
        lines.push_back(curve_of(curves, kind, shape, p));
        if (!lines.back()) return {};
        task.rows.push_back(kind.row());
    }
    for (const auto& [seed, first] : lines[0]->points.at(p)) {
        auto has = [&, s = seed](const Curve* curve) { return curve->points.at(p).contains(s); };
        if (!std::all_of(lines.begin(), lines.end(), has)) continue;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const Measured& run = lines[i]->points.at(p).at(seed);
            Result result;
            result.test_accuracy = run.test_accuracy;
            if (run.diverged) result.status = Status::diverged;
            task.rows[i].results.push_back(result);
        }
    }
    return task;
}

}  // namespace

MaskingTask masking_task(const Config& base, int seeds) {
    MaskingTask task;
    for (const Kind& kind : kKinds) {
        Config config = base;
        config.rule = kind.rule;
        config.constants.downstream_mask = value_of<Mask>(kind.downstream(), kMaskNames);
        task.rows.push_back(kind.row());
        task.rows.back().configs = on_seeds(config, seeds);
    }
    task.shape = task.rows[0].configs[0].task;
    task.train_size = base.train_size;
    return task;
}

std::vector<MaskingTask> masking_of(const std::vector<Curve>& curves) {
    std::vector<MaskingTask> tasks;
    for (const Curve& curve : curves) {
        if (curve.label != "bp") continue;
        for (const auto& [p, by_seed] : curve.points)
            if (MaskingTask task = recorded_task(curves, curve.task, p);
                !task.rows.empty() && !task.rows[0].results.empty())
                tasks.push_back(std::move(task));
    }
    return tasks;
}

std::vector<MaskingTask> masking_plan(const Request& base) {
    bool one_task = false;
    for (std::string_view name : {"vocab", "classes", "synonyms", "tuple", "levels", "train-size", "grammar"})
        one_task = one_task || is_given(base, name);
    if (one_task) return {masking_task(base, base.seeds)};

    using Sizes = std::vector<std::pair<int, int>>;  // m and L
    std::vector<MaskingTask> tasks;
    for (const auto& [synonyms, levels] :
         base.smoke ? Sizes{{2, 3}, {2, 4}} : Sizes{{2, 4}, {3, 3}, {3, 4}, {3, 5}, {4, 4}}) {
        Config config = base;
        config.task.vocab = 4;
        config.task.synonyms = synonyms;
        config.task.levels = levels;
        config.task = task_of(config);
        config.train_size = std::llround(4 * law(config.task));
        if (base.smoke) {
            config.test_size = 200;
            config.width = 16;
            config.steps = std::min<std::int64_t>(config.steps, 200);
        }
        tasks.push_back(masking_task(config, base.seeds));
    }
    return tasks;
}

Attribution attribute(const MaskingTask& task) {
    const auto a = accuracies(task, "bp"), b = accuracies(task, "bp, masks none"), c = accuracies(task, "fa"),
               d = accuracies(task, "fa, masks none"), direct = accuracies(task, "dfa"),
               gate = accuracies(task, "gated");
    std::vector<double> lost, weights, masks, removed, restored, gated;
    for (std::size_t i = 0; i < a.size(); ++i) {
        lost.push_back(a[i] - d[i]);
        weights.push_back(((a[i] - c[i]) + (b[i] - d[i])) / 2);
        masks.push_back(((a[i] - b[i]) + (c[i] - d[i])) / 2);
        removed.push_back(a[i] - b[i]);
        restored.push_back(c[i] - d[i]);
        gated.push_back(gate[i] - direct[i]);
    }
    return {estimate(lost),    estimate(weights),  estimate(masks),
            estimate(removed), estimate(restored), estimate(gated)};
}

std::string to_text(const Attribution& a) {
    if (!judged(a))
        return "Not judged: from bp to random weights without masks no accuracy is lost that could be "
               "divided.";
    return concat("From bp to random weights without masks ", to_text(a.lost),
                  " of accuracy are lost: ", to_text(a.by_weights), share(a.by_weights, a.lost),
                  " by the weights, ", to_text(a.by_masks), share(a.by_masks, a.lost),
                  " by the masks. Without masks bp loses ", to_text(a.removed),
                  "; with masks restored the random chain gains ", to_text(a.restored),
                  ", dfa with the top layer's mask ", to_text(a.gated), ".");
}

}  // namespace rhm

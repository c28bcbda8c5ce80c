#include "study/masking.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"

namespace rhm {
namespace {

struct Kind {
    const char *name, *rule, *weights, *masks;
};

constexpr Kind kKinds[] = {
    {"bp", "bp", "true", "exact"},
    {"bp, masks mean", "bp", "true", "mean"},
    {"bp, masks shuffled", "bp", "true", "shuffled"},
    {"bp, masks none", "bp", "true", "none"},
    {"sign_symmetry", "sign_symmetry", "signs", "exact"},
    {"sign_symmetry, masks none", "sign_symmetry", "signs", "none"},
    {"fa", "fa", "random", "exact"},
    {"fa, masks mean", "fa", "random", "mean"},
    {"fa, masks shuffled", "fa", "random", "shuffled"},
    {"fa, masks none", "fa", "random", "none"},
    {"dfa", "dfa", "-", "-"},
    {"gated", "gated", "-", "-"},
    {"layerwise", "layerwise", "-", "-"},
    {"frozen", "frozen", "-", "-"},
};

std::string downstream_of(const Kind& kind) { return kind.masks[0] == '-' ? "exact" : kind.masks; }

struct Size {
    int synonyms, levels;
};

const MaskingRow& find(const MaskingTask& task, std::string_view name) {
    return *std::find_if(task.rows.begin(), task.rows.end(),
                         [&](const MaskingRow& row) { return row.name == name; });
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
        const auto& options = at->second.begin()->second.options;
        auto masks = options.find("downstream-mask");
        if ((masks == options.end() ? "exact" : masks->second) != downstream_of(kind)) continue;
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
        task.rows.push_back({{}, kind.name, kind.rule, kind.weights, kind.masks});
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
        config.constants.downstream_mask = value_of<Mask>(downstream_of(kind), kMaskNames);
        task.rows.push_back({{on_seeds(config, seeds), {}}, kind.name, kind.rule, kind.weights, kind.masks});
    }
    task.shape = task.rows[0].configs[0].task;
    task.train_size = base.train_size;
    return task;
}

std::int64_t masking_size(const GrammarShape& shape) { return std::llround(4 * law(shape)); }

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

    const std::vector<Size> sizes = base.smoke ? std::vector<Size>{{2, 3}, {2, 4}}
                                               : std::vector<Size>{{2, 4}, {3, 3}, {3, 4}, {3, 5}, {4, 4}};
    std::vector<MaskingTask> tasks;
    for (const Size& size : sizes) {
        Config config = base;
        config.task.vocab = 4;
        config.task.synonyms = size.synonyms;
        config.task.levels = size.levels;
        config.task.classes = config.classes.value_or(config.task.vocab);
        config.train_size = masking_size(config.task);
        if (base.smoke) {
            config.test_size = 200;
            config.width = 16;
            config.steps = std::min<std::int64_t>(config.steps, 200);
        }
        tasks.push_back(masking_task(config, base.seeds));
    }
    return tasks;
}

Estimate accuracy_of(const MaskingRow& row) {
    std::vector<double> values;
    for (const Result& r : row.results) values.push_back(r.test_accuracy);
    return estimate(values);
}

Attribution attribute(const MaskingTask& task) {
    const auto &te = find(task, "bp").results, &tn = find(task, "bp, masks none").results,
               &re = find(task, "fa").results, &rn = find(task, "fa, masks none").results;
    const auto &direct = find(task, "dfa").results, &gate = find(task, "gated").results;
    std::vector<double> lost, weights, masks, removed, restored, gated;
    for (std::size_t i = 0; i < te.size(); ++i) {
        const double a = te[i].test_accuracy, b = tn[i].test_accuracy, c = re[i].test_accuracy,
                     d = rn[i].test_accuracy;
        lost.push_back(a - d);
        weights.push_back(((a - c) + (b - d)) / 2);
        masks.push_back(((a - b) + (c - d)) / 2);
        removed.push_back(a - b);
        restored.push_back(c - d);
        gated.push_back(gate[i].test_accuracy - direct[i].test_accuracy);
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

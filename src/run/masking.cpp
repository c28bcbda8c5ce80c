#include "run/masking.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"

namespace rhm {
namespace {

struct Line {
    const char *name, *rule, *weights, *masks;
};

constexpr Line kLines[] = {
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

struct Size {
    int synonyms, levels;
};

MaskingTask task_of(const Config& base) {
    MaskingTask task;
    for (const Line& line : kLines) {
        MaskingRow row{line.name, line.weights, line.masks, {}, {}};
        for (int i = 0; i < base.seeds; ++i) {
            Config config = base;
            config.rule = line.rule;
            config.downstream_mask = line.masks[0] == '-' ? "exact" : line.masks;
            config.seed = base.seed + static_cast<std::uint64_t>(i);
            resolve(config);
            row.configs.push_back(config);
        }
        task.rows.push_back(std::move(row));
    }
    const Config& c = task.rows[0].configs[0];
    task.name = concat("v=", c.task.vocab, " n_c=", c.task.classes, " m=", c.task.synonyms, " s=", c.task.tuple, " L=", c.task.levels, " P=", c.train_size);
    return task;
}

const MaskingRow& find(const MaskingTask& task, std::string_view name) {
    return *std::find_if(task.rows.begin(), task.rows.end(), [&](const MaskingRow& row) { return row.name == name; });
}

std::string share(const Estimate& part, const Estimate& whole) {
    if (!(whole.mean > 0)) return "";
    return concat(" (", fixed(100 * part.mean / whole.mean, 0), " %)");
}

}  // namespace

std::vector<MaskingTask> masking_plan(const Config& base) {
    for (std::string_view name : {"rule", "downstream-mask", "local-mask", "views"})
        if (is_given(base, *find_option(name))) fail(Exit::usage, "'rhm masking' chooses rules and masks itself; leave out --", name);
    bool one_task = false;
    for (std::string_view name : {"vocab", "classes", "synonyms", "tuple", "levels", "train-size", "grammar"}) one_task = one_task || is_given(base, *find_option(name));
    if (one_task) return {task_of(base)};

    const std::vector<Size> sizes = base.smoke ? std::vector<Size>{{2, 3}, {2, 4}} : std::vector<Size>{{2, 4}, {3, 3}, {3, 4}, {3, 5}, {4, 4}};
    std::vector<MaskingTask> tasks;
    for (const Size& size : sizes) {
        Config config = base;
        config.task.vocab = 4;
        config.task.synonyms = size.synonyms;
        config.task.levels = size.levels;
        config.train_size = static_cast<std::int64_t>(4 * 4 * std::pow(size.synonyms, size.levels));
        if (base.smoke) {
            config.test_size = 200;
            config.width = 16;
            config.steps = std::min<std::int64_t>(config.steps, 200);
        }
        tasks.push_back(task_of(config));
    }
    return tasks;
}

Estimate accuracy_of(const MaskingRow& row) {
    std::vector<double> values;
    for (const Result& r : row.results) values.push_back(r.test_accuracy);
    return estimate(values);
}

Attribution attribute(const MaskingTask& task) {
    const auto &te = find(task, "bp").results, &tn = find(task, "bp, masks none").results, &re = find(task, "fa").results, &rn = find(task, "fa, masks none").results;
    const auto &direct = find(task, "dfa").results, &gate = find(task, "gated").results;
    std::vector<double> lost, weights, masks, removed, restored, gated;
    for (std::size_t i = 0; i < te.size(); ++i) {
        const double a = te[i].test_accuracy, b = tn[i].test_accuracy, c = re[i].test_accuracy, d = rn[i].test_accuracy;
        lost.push_back(a - d);
        weights.push_back(((a - c) + (b - d)) / 2);
        masks.push_back(((a - b) + (c - d)) / 2);
        removed.push_back(a - b);
        restored.push_back(c - d);
        gated.push_back(gate[i].test_accuracy - direct[i].test_accuracy);
    }
    return {estimate(lost), estimate(weights), estimate(masks), estimate(removed), estimate(restored), estimate(gated)};
}

std::string to_text(const Attribution& a) {
    return concat("From bp to random weights without masks ", to_text(a.lost), " of accuracy are lost: ", to_text(a.by_weights), share(a.by_weights, a.lost),
                  " by the weights, ", to_text(a.by_masks), share(a.by_masks, a.lost), " by the masks. Without masks bp loses ", to_text(a.removed),
                  "; with masks restored the random chain gains ", to_text(a.restored), ", dfa with the top layer's mask ", to_text(a.gated), ".");
}

}  // namespace rhm

#include "show/panels.hpp"

#include <set>

#include "base/error.hpp"
#include "show/chart.hpp"
#include "show/summary_text.hpp"

namespace rhm {

std::vector<std::string> labels_of(const Curves& curves) {
    std::vector<std::string> out;
    for (const Rule* rule : rules())
        for (const Curve& curve : curves)
            if (curve.rule == rule->name) add_once(out, curve.label);
    for (const Curve& curve : curves) add_once(out, curve.label);
    return out;
}

std::vector<GrammarShape> tasks_of(const Curves& curves) {
    std::vector<GrammarShape> tasks;
    for (const Curve& curve : curves) add_once(tasks, curve.task);
    return tasks;
}

Curves with_sizes(const Curves& curves) {
    std::vector<GrammarShape> with;  // tasks that have a curve of several P
    for (const Curve& curve : curves)
        if (curve.points.size() > 1) add_once(with, curve.task);
    Curves out;
    for (const Curve& curve : curves) {
        const bool other = std::find(with.begin(), with.end(), curve.task) != with.end();
        if (curve.points.size() > 1 || !other) out.push_back(curve);
    }
    return out;
}

static std::string group_of(const Curve& curve) {
    constexpr std::string_view kLayerwise = "layerwise ";
    for (const Rule* rule : rules()) {
        if (rule->name != curve.rule) continue;
        if (rule->family.starts_with(kLayerwise)) return std::string(rule->family.substr(kLayerwise.size()));
        return rule->family == "direct feedback" ? "direct feedback" : "controls and random feedback";
    }
    return "other rules";
}

/// The group in parts of about the same size, with bp in each.
static void add_parts(std::vector<Panel>& panels, const Panel& group, const Curve* bp) {
    const std::size_t n = group.curves.size(), most = kMostCurves - (bp != nullptr),
                      parts = (n + most - 1) / most;
    for (std::size_t part = 0; part < parts; ++part) {
        Panel& panel = panels.emplace_back(Panel{group.title, {}});
        if (bp) panel.curves.push_back(bp);
        for (std::size_t i = n * part / parts; i < n * (part + 1) / parts; ++i)
            panel.curves.push_back(group.curves[i]);
    }
}

std::vector<Panel> panels_of(const Curves& curves, const GrammarShape& task) {
    Panel all;
    const Curve* bp = nullptr;
    std::vector<Panel> groups;
    for (const Curve& curve : curves) {
        if (!(curve.task == task)) continue;
        all.curves.push_back(&curve);
        if (curve.label == "bp") {
            bp = &curve;
            continue;
        }
        const std::string title = group_of(curve);
        auto group =
            std::find_if(groups.begin(), groups.end(), [&](const Panel& p) { return p.title == title; });
        if (group == groups.end()) group = groups.insert(groups.end(), {title, {}});
        group->curves.push_back(&curve);
    }
    if (all.curves.size() <= kMostCurves) return {all};
    std::vector<Panel> panels;
    for (const Panel& group : groups) add_parts(panels, group, bp);
    return panels;
}

std::string panel_title(const GrammarShape& task, const Panel& panel) {
    if (panel.title.empty()) return task_text(task);
    return concat(task_text({0, 0, task.synonyms, 0, task.levels}), ": ", panel.title);
}

Styles::Styles(const Curves& curves) {
    std::vector<std::string> labels = labels_of(curves);
    auto count = [&](const std::string& label) {
        return std::count_if(curves.begin(), curves.end(), [&](const Curve& c) { return c.label == label; });
    };
    std::stable_sort(labels.begin(), labels.end(), [&](const std::string& a, const std::string& b) {
        return std::pair(a != "bp", -count(a)) < std::pair(b != "bp", -count(b));
    });
    std::map<std::string, std::set<std::string>> beside;
    for (const GrammarShape& task : tasks_of(curves))
        for (const Panel& panel : panels_of(curves, task))
            for (const Curve* a : panel.curves)
                for (const Curve* b : panel.curves) beside[a->label].insert(b->label);
    std::size_t next = labels.empty() || labels[0] != "bp";
    for (const std::string& label : labels) {
        auto clashes = [&](const std::string& other) {
            return styles_.contains(other) && same_colour(styles_[other], next);
        };
        // Beside more others than there are colours one comes again, and marker and dash tell them apart.
        const auto& others = beside[label];
        for (std::size_t tried = 0; tried < labels.size(); ++tried)
            if (std::any_of(others.begin(), others.end(), clashes)) ++next;
        styles_[label] = next++;
    }
}

}  // namespace rhm

#include "show/figures.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "data/theory.hpp"
#include "base/text.hpp"
#include "show/summary_text.hpp"
#include "study/reproduce.hpp"

namespace rhm {
namespace {

using K = SummaryRow::Kind;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// All labels, in the order of the list of rules.
std::vector<std::string> labels_of(const std::vector<Curve>& curves) {
    std::vector<std::string> out;
    for (const Rule* rule : rules())
        for (const Curve& curve : curves)
            if (curve.rule == rule->name && std::find(out.begin(), out.end(), curve.label) == out.end())
                out.push_back(curve.label);
    for (const Curve& curve : curves)
        if (std::find(out.begin(), out.end(), curve.label) == out.end()) out.push_back(curve.label);
    return out;
}

std::vector<GrammarShape> tasks_of(const std::vector<Curve>& curves) {
    std::vector<GrammarShape> tasks;
    for (const Curve& curve : curves)
        if (std::find(tasks.begin(), tasks.end(), curve.task) == tasks.end()) tasks.push_back(curve.task);
    return tasks;
}

/// Curves with more than one P; where a task has no such curve, all of it. A single P shows neither a curve
/// nor P*.
std::vector<Curve> with_sizes(const std::vector<Curve>& curves) {
    auto several = [](const Curve& curve) { return curve.points.size() > 1; };
    std::vector<Curve> out;
    for (const Curve& curve : curves) {
        bool any = std::any_of(curves.begin(), curves.end(), [&](const Curve& other) {
            return other.task == curve.task && several(other);
        });
        if (!any || several(curve)) out.push_back(curve);
    }
    return out;
}

constexpr std::size_t kMostCurves = 6;  // in one panel; more cannot be told apart

std::string group_of(const Curve& curve) {
    constexpr std::string_view kLayerwise = "layerwise ";
    for (const Rule* rule : rules()) {
        if (rule->name != curve.rule) continue;
        if (rule->family.starts_with(kLayerwise)) return std::string(rule->family.substr(kLayerwise.size()));
        return rule->family == "direct feedback" ? "direct feedback" : "controls and random feedback";
    }
    return "other rules";
}

struct Panel {
    std::string title;
    std::vector<const Curve*> curves;
};

/// The curves of one task, in panels of at most kMostCurves by kind of rule, with bp in each to compare with.
std::vector<Panel> panels_of(const std::vector<Curve>& curves, const GrammarShape& task) {
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
        auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const Panel& p) { return p.title == group_of(curve); });
        if (group == groups.end()) group = groups.insert(groups.end(), {group_of(curve), {}});
        group->curves.push_back(&curve);
    }
    if (all.curves.size() <= kMostCurves) return {all};
    std::vector<Panel> panels;
    for (const Panel& group : groups) {
        const std::size_t n = group.curves.size(), most = kMostCurves - (bp != nullptr),
                          parts = (n + most - 1) / most;
        for (std::size_t part = 0; part < parts; ++part) {
            Panel panel{group.title, {}};
            if (bp) panel.curves.push_back(bp);
            for (std::size_t i = n * part / parts; i < n * (part + 1) / parts; ++i)
                panel.curves.push_back(group.curves[i]);
            panels.push_back(std::move(panel));
        }
    }
    return panels;
}

/// One style for each label over all figures of the same runs; bp always has the first, then come the labels
/// with the most curves. Two that share a panel differ in colour.
class Styles {
public:
    explicit Styles(const std::vector<Curve>& curves) : labels_(labels_of(curves)) {
        auto count = [&](const std::string& label) {
            return std::count_if(curves.begin(), curves.end(),
                                 [&](const Curve& c) { return c.label == label; });
        };
        std::stable_sort(labels_.begin(), labels_.end(), [&](const std::string& a, const std::string& b) {
            return std::pair(a != "bp", -count(a)) < std::pair(b != "bp", -count(b));
        });
        std::map<std::string, std::set<std::string>> beside;
        for (const GrammarShape& task : tasks_of(curves))
            for (const Panel& panel : panels_of(curves, task))
                for (const Curve* a : panel.curves)
                    for (const Curve* b : panel.curves) beside[a->label].insert(b->label);
        std::size_t next = labels_.empty() || labels_[0] != "bp";
        for (const std::string& label : labels_) {
            auto clashes = [&](const std::string& other) {
                return styles_.contains(other) && same_colour(styles_[other], next);
            };
            while (std::any_of(beside[label].begin(), beside[label].end(), clashes)) ++next;
            styles_[label] = next++;
        }
    }
    std::size_t of(const std::string& label) const { return styles_.at(label); }

private:
    std::vector<std::string> labels_;
    std::map<std::string, std::size_t> styles_;
};

std::string panel_title(const GrammarShape& task, const Panel& panel) {
    return panel.title.empty() ? task_text(task)
                               : concat("L=", task.levels, " m=", task.synonyms, ": ", panel.title);
}

/// Of more series than can be told apart, those that show how something grows: of more than one point.
void keep_readable(Chart& chart) {
    if (chart.series.size() > kMostCurves)
        std::erase_if(chart.series, [](const Series& s) { return s.x.size() < 2; });
}

void append(Series& series, double x, const Estimated& e) {
    series.x.push_back(x);
    series.y.push_back(e.value);
    series.low.push_back(e.known() ? e.low : kNaN);
    series.high.push_back(e.known() ? e.high : kNaN);
    series.bound.push_back(e.bound);
}

Figure accuracy_figure(const std::vector<Curve>& curves, const std::vector<SummaryRow>& rows,
                       const Styles& styles) {
    Figure figure{"Test accuracy against the number of training data", {}, {}};
    for (const GrammarShape& task : tasks_of(curves))
        for (const Panel& panel : panels_of(curves, task)) {
            Chart chart{panel_title(task, panel), {"training data P", true}, {"test accuracy"}, {}, {}};
            chart.y.low = 0, chart.y.high = 1.02;
            for (const Curve* curve : panel.curves) {
                Series series{curve->label, styles.of(curve->label), {}, {}, {}, {}, {}};
                for (const SummaryRow& r : rows)
                    if (r.kind == K::accuracy && r.task == task && r.label == curve->label)
                        append(series, r.p, r.estimate);
                chart.series.push_back(std::move(series));
            }
            double solved = solved_accuracy(task.classes), chance = 1.0 / task.classes;
            chart.guides = {{"solved", {kNaN, kNaN}, {solved, solved}},
                            {"chance", {kNaN, kNaN}, {chance, chance}},
                            {"n_c m^L", {law(task), law(task)}, {kNaN, kNaN}}};
            figure.charts.push_back(std::move(chart));
        }
    return figure;
}

/// Test accuracy of one run between its evaluations, on a logarithmic axis; a run that has stopped keeps its
/// last. NaN before the first evaluation.
double accuracy_at(const std::vector<Evaluation>& known, double step) {
    auto after = std::find_if(known.begin(), known.end(),
                              [&](const Evaluation& e) { return static_cast<double>(e.step) >= step; });
    if (after == known.end()) return known.empty() ? kNaN : known.back().test_accuracy;
    if (static_cast<double>(after->step) == step) return after->test_accuracy;
    if (after == known.begin()) return kNaN;
    const Evaluation& before = *std::prev(after);
    const double from = std::log(static_cast<double>(before.step)),
                 part = (std::log(step) - from) / (std::log(static_cast<double>(after->step)) - from);
    return before.test_accuracy + part * (after->test_accuracy - before.test_accuracy);
}

/// The mean over seeds of test accuracy by step, from where it is known of all of them.
Series learning_series(const std::string& label, std::size_t style,
                       const std::map<std::uint64_t, Measured>& by_seed) {
    Series series{label, style, {}, {}, {}, {}, {}};
    std::vector<std::vector<Evaluation>> runs;
    std::set<std::int64_t> steps;
    for (const auto& [seed, run] : by_seed) {
        std::vector<Evaluation> known;
        for (const Evaluation& e : run.evaluations)
            if (e.step > 0 && !std::isnan(e.test_accuracy)) known.push_back(e);
        for (const Evaluation& e : known) steps.insert(e.step);
        if (!known.empty()) runs.push_back(std::move(known));
    }
    for (std::int64_t step : steps) {
        double sum = 0, low = 1, high = 0;
        for (const auto& run : runs) {
            const double accuracy = accuracy_at(run, static_cast<double>(step));
            sum += accuracy;
            low = std::min(low, accuracy);
            high = std::max(high, accuracy);
        }
        if (std::isnan(sum)) continue;
        series.x.push_back(static_cast<double>(step));
        series.y.push_back(sum / static_cast<double>(runs.size()));
        series.low.push_back(runs.size() > 1 ? low : kNaN);
        series.high.push_back(runs.size() > 1 ? high : kNaN);
    }
    return series;
}

Figure learning_figure(const std::vector<Curve>& curves, const Styles& styles) {
    Figure figure{"Test accuracy while learning (mean and range of the seeds)", {}, {}};
    for (const GrammarShape& task : tasks_of(curves)) {
        double p = 0;  // the largest that most rules have
        std::map<double, std::size_t> having;
        for (const Curve& curve : curves)
            if (curve.task == task)
                for (const auto& [size, by_seed] : curve.points) ++having[size];
        std::size_t most = 0;
        for (auto [size, n] : having)
            if (n >= most) most = n, p = size;
        std::vector<Curve> here;
        for (const Curve& curve : curves)
            if (curve.points.contains(p)) here.push_back(curve);
        for (const Panel& panel : panels_of(here, task)) {
            Chart chart{
                panel_title(task, panel), {concat("step, P=", fixed(p, 0)), true}, {"test accuracy"}, {}, {}};
            chart.y.low = 0;
            chart.y.high = 1.02;
            for (const Curve* curve : panel.curves) {
                Series series = learning_series(curve->label, styles.of(curve->label), curve->points.at(p));
                if (!series.x.empty()) chart.series.push_back(std::move(series));
            }
            double solved = solved_accuracy(task.classes), chance = 1.0 / task.classes;
            chart.guides = {{"solved", {kNaN, kNaN}, {solved, solved}},
                            {"chance", {kNaN, kNaN}, {chance, chance}}};
            if (!chart.series.empty()) figure.charts.push_back(std::move(chart));
        }
    }
    return figure;
}

Series series_of(const std::vector<SummaryRow>& rows, K kind, const std::string& label, std::size_t style,
                 double (*x)(const GrammarShape&), const std::function<bool(const GrammarShape&)>& in) {
    Series series{label, style, {}, {}, {}, {}, {}, true};
    auto silent = [](const Estimated& e) {
        return e.bound == '?' || (e.low == 0 && std::isinf(e.high));
    };                                // anything is possible
    for (const SummaryRow& r : rows)  // ordered by the law, so by x
        if (r.kind == kind && r.label == label && !silent(r.estimate) && in(r.task))
            append(series, x(r.task), r.estimate);
    return series;
}

/// Groups of tasks that differ in the levels alone, then in the synonyms alone, what differs being 0; or one
/// of all tasks (all 0).
std::vector<GrammarShape> one_axis_groups(const std::vector<GrammarShape>& tasks,
                                          std::initializer_list<int GrammarShape::*> axes) {
    std::vector<GrammarShape> groups;
    for (auto axis : axes)
        for (GrammarShape group : tasks) {
            group.*axis = 0;
            auto in = std::count_if(tasks.begin(), tasks.end(),
                                    [&](GrammarShape t) { return t.*axis = 0, t == group; });
            if (in > 1 && std::find(groups.begin(), groups.end(), group) == groups.end())
                groups.push_back(group);
        }
    if (groups.empty()) groups.push_back({0, 0, 0, 0, 0});
    return groups;
}

/// A group is a task with zeros for what may be anything.
bool belongs(const GrammarShape& task, const GrammarShape& group) {
    for (auto part : {&GrammarShape::vocab, &GrammarShape::classes, &GrammarShape::synonyms,
                      &GrammarShape::tuple, &GrammarShape::levels})
        if (group.*part && group.*part != task.*part) return false;
    return true;
}

Figure scaling_figure(const std::vector<Curve>& curves, const std::vector<SummaryRow>& rows,
                      const Styles& styles) {
    Figure figure{"P* against the law n_c m^L (bars: 95 % intervals; an arrow: not reached)", {}, {}};
    const std::vector<GrammarShape> tasks = tasks_of(curves);
    if (tasks.size() < 2) return figure;  // one task shows no scaling
    for (const GrammarShape& group :
         one_axis_groups(tasks, {&GrammarShape::levels, &GrammarShape::synonyms})) {
        Chart chart{task_text(group), {"n_c m^L", true}, {"P*", true}, {}, {}};
        for (const std::string& label : labels_of(curves)) {
            Series series = series_of(rows, K::p_star, label, styles.of(label), law,
                                      [&](const GrammarShape& t) { return belongs(t, group); });
            if (!series.x.empty()) chart.series.push_back(std::move(series));
        }
        keep_readable(chart);
        double low = 1e300, high = 0;
        for (const GrammarShape& task : tasks)
            low = std::min(low, law(task)), high = std::max(high, law(task));
        chart.guides.push_back({"P* = n_c m^L", {low / 10, high * 10}, {low / 10, high * 10}});
        if (!chart.series.empty()) figure.charts.push_back(std::move(chart));
    }
    return figure;
}

Figure ratio_figure(const std::vector<Curve>& curves, const std::vector<SummaryRow>& rows,
                    const Styles& styles) {
    Figure figure{"How many times bp's data a rule needs", {}, {}};
    std::vector<GrammarShape> families;  // tasks but for their levels
    auto family = [](GrammarShape t) {
        t.levels = 0;
        return t;
    };
    for (const GrammarShape& task : tasks_of(curves))
        if (std::find(families.begin(), families.end(), family(task)) == families.end())
            families.push_back(family(task));
    for (const GrammarShape& f : families) {
        Chart chart{task_text(f), {"levels L", false, true}, {"P*(rule) / P*(bp);  1: as bp", true}, {}, {}};
        for (const std::string& label : labels_of(curves)) {
            Series series = series_of(
                rows, K::ratio, label, styles.of(label),
                [](const GrammarShape& t) { return static_cast<double>(t.levels); },
                [&](const GrammarShape& t) { return family(t) == f; });
            if (!series.x.empty()) chart.series.push_back(std::move(series));
        }
        chart.guides.push_back({"", {kNaN, kNaN}, {1, 1}});
        keep_readable(chart);
        if (!chart.series.empty()) figure.charts.push_back(std::move(chart));
    }
    auto grows = [](const Chart& chart) {
        return std::any_of(chart.series.begin(), chart.series.end(),
                           [](const Series& s) { return s.x.size() > 1; });
    };
    if (std::any_of(figure.charts.begin(), figure.charts.end(), grows))
        std::erase_if(figure.charts, [&](const Chart& chart) { return !grows(chart); });
    return figure;
}

Figure heat_figure(const std::vector<Curve>& curves, const std::vector<SummaryRow>& rows) {
    Figure figure{"Test accuracy", {}, {}};
    for (const GrammarShape& task : tasks_of(curves)) {
        HeatMap map{task_text(task), "rule", "training data P", {}, {}, {}};
        std::set<double> sizes;
        for (const SummaryRow& r : rows)
            if (r.kind == K::accuracy && r.task == task) sizes.insert(r.p);
        for (double p : sizes) map.columns.push_back(tick_text(p));
        for (const Curve& curve : curves) {
            if (!(curve.task == task)) continue;
            map.rows.push_back(curve.label);
            map.values.emplace_back();
            for (double p : sizes) {
                map.values.back().push_back(kNaN);
                for (const SummaryRow& r : rows)
                    if (r.kind == K::accuracy && r.task == task && r.label == curve.label && r.p == p)
                        map.values.back().back() = r.estimate.value;
            }
        }
        figure.maps.push_back(std::move(map));
    }
    return figure;
}

/// The mean over seeds of the last measurement of a kind: a row a layer, the top layer first, a column a
/// level.
HeatMap measure_map(const std::string& title, const char* what, const char* table,
                    const std::map<std::uint64_t, Measured>& by_seed) {
    HeatMap map{title, "layer", "level (1: lowest)", {}, {}, {}};
    double n = 0;
    for (const auto& [seed, run] : by_seed) {
        const Measurement* last = nullptr;
        for (const Measurement& m : run.measurements)
            if (m.what == what) last = &m;
        if (!last) continue;
        const Table& values = last->table(table);
        if (n == 0) map.values.assign(values.rows(), std::vector<double>(values.cols()));
        if (values.rows() != map.values.size() || values.rows() == 0 || values.cols() != map.values[0].size())
            continue;
        for (std::size_t k = 0; k < values.rows(); ++k)
            for (std::size_t l = 0; l < values.cols(); ++l)
                map.values[values.rows() - 1 - k][l] += values(k, l);
        ++n;
    }
    for (auto& row : map.values)
        for (double& value : row) value /= n;
    for (std::size_t k = map.values.size(); k > 0; --k) map.rows.push_back(std::to_string(k));
    for (std::size_t l = 1; !map.values.empty() && l <= map.values[0].size(); ++l)
        map.columns.push_back(std::to_string(l));
    return map;
}

Figure measures_figure(const std::vector<Curve>& curves) {
    Figure figure{"What the layers have learnt", {}, {}};
    struct Kind {
        const char *what, *table, *words;
    };
    for (const Kind& kind : {Kind{"sensitivity", "value", "sensitivity to synonyms"},
                             Kind{"probes", "accuracy", "symbols decoded"}})
        for (const Curve& curve : curves) {
            for (auto point = curve.points.rbegin(); point != curve.points.rend();
                 ++point) {  // the largest P that was measured
                HeatMap map =
                    measure_map(concat(curve.label, ", P=", fixed(point->first, 0), ": ", kind.words),
                                kind.what, kind.table, point->second);
                if (map.values.empty()) continue;
                figure.maps.push_back(std::move(map));
                break;
            }
        }
    return figure;
}

}  // namespace

Figure figure_of(std::string_view kind, const std::vector<Curve>& curves,
                 const std::vector<SummaryRow>& rows) {
    if (kind == "measures") return measures_figure(curves);
    const std::vector<Curve> drawn = with_sizes(curves);
    const Styles styles(drawn);
    if (kind == "learning") return learning_figure(drawn, styles);
    std::vector<SummaryRow> theirs = rows;
    std::erase_if(theirs, [&](const SummaryRow& r) {
        return std::none_of(drawn.begin(), drawn.end(), [&](const Curve& curve) {
            return curve.label == r.label && curve.task == r.task;
        });
    });
    if (kind == "accuracy") return accuracy_figure(drawn, theirs, styles);
    if (kind == "heat") return heat_figure(drawn, theirs);
    if (kind == "scaling") return scaling_figure(drawn, theirs, styles);
    return ratio_figure(drawn, theirs, styles);
}

std::string to_svg(const Figure& figure) {
    return figure.maps.empty() ? to_svg(figure.title, figure.charts) : to_svg(figure.title, figure.maps);
}

std::string to_terminal(const Figure& figure, std::size_t width, bool colour) {
    std::string out = wrap(figure.title, width, 0) + "\n";
    for (const Chart& chart : figure.charts) out += concat("\n", to_terminal(chart, width, colour));
    for (const HeatMap& map : figure.maps) out += concat("\n", to_terminal(map, width, colour));
    return out;
}

}  // namespace rhm

// Figures of test accuracies and of what the summary says.
#include "show/figures.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/error.hpp"
#include "data/theory.hpp"
#include "base/text.hpp"
#include "show/panels.hpp"
#include "show/summary_text.hpp"

namespace rhm {
namespace {

using K = SummaryRow::Kind;

void append(Series& series, double x, const Estimated& e) {
    series.x.push_back(x);
    series.y.push_back(e.value);
    series.low.push_back(e.known() ? e.low : NAN);
    series.high.push_back(e.known() ? e.high : NAN);
    series.bound.push_back(e.bound);
}

void add_series(Chart& chart, Series series) {
    if (!series.x.empty()) chart.series.push_back(std::move(series));
}

void add_chart(Figure& figure, Chart chart) {
    if (!chart.series.empty()) figure.charts.push_back(std::move(chart));
}

Guide across(const char* label, double y) { return {label, {NAN, NAN}, {y, y}}; }

/// "5 seeds", "2 to 5 seeds": of each point, or, where a kind of figure tells medians over all seeds of a
/// curve, of each curve.
std::string seeds_text(const Curves& curves, std::string_view kind) {
    const bool medians = kind == "scaling" || kind == "ratio",
               measured = kind == "measures" || kind == "layers";
    std::set<std::size_t> counts;
    for (const Curve& curve : curves) {
        std::set<std::uint64_t> seeds;
        for (const auto& [p, by_seed] : curve.points) {
            if (!medians) seeds.clear();
            for (const auto& [seed, run] : by_seed)
                if (!measured || !run.measurements.empty()) seeds.insert(seed);
            if (!medians) counts.insert(seeds.size());
        }
        if (medians) counts.insert(seeds.size());
    }
    counts.erase(0);
    if (counts.empty()) return "no seed";
    const std::string most = count_text(*counts.rbegin(), "seed");
    return counts.size() > 1 ? concat(*counts.begin(), " to ", most) : most;
}

/// What the marks of a kind of figure mean.
std::string note_of(std::string_view kind, const Curves& curves) {
    const std::string seeds = seeds_text(curves, kind);
    if (kind == "scaling" || kind == "ratio")
        return concat(
            "Median of ", seeds,
            ". Bars: 95 % bootstrap intervals. Hollow: only a bound is known, for some P* lie outside "
            "the sizes that were tried; with an arrow up it is more, down less. Points beside each "
            "other belong to one place on the axis.");
    if (kind == "accuracy")
        return concat("Mean of ", seeds, ". Bands and bars: 95 % bootstrap intervals over the seeds.");
    if (kind == "learning" || kind == "layers") return concat("Mean of ", seeds, ". Bands: their range.");
    return concat("Mean of ", seeds, ".");
}

/// A chart of test accuracy on one task.
Chart accuracy_chart(const GrammarShape& task, const Panel& panel, const std::string& x) {
    Chart chart{.title = panel_title(task, panel), .x = {x, true}, .y = {"test accuracy"}};
    chart.y.low = 0;
    chart.y.high = 1.02;
    if (task.classes == 0) return chart;  // they differ
    chart.guides = {across("solved", solved_accuracy(task.classes)), across("chance", 1.0 / task.classes)};
    return chart;
}

/// What figures are drawn from.
struct Data {
    const Curves& curves;
    const SummaryRows& rows;
    Styles styles{curves};
};

/// Whether the points of a chart are spread over more than a decade.
bool is_wide(const Chart& chart) {
    double low = INFINITY, high = 0;
    for (const Series& s : chart.series)
        for (double x : s.x) {
            low = std::min(low, x);
            high = std::max(high, x);
        }
    return low > 0 && high > 10 * low;
}

/// Against P, or along an axis.
Figure accuracy_figure(const Data& data, const Axis* axis = nullptr) {
    const std::string name(axis ? axis->option->name : "the number of training data");
    Figure figure{.title = "Test accuracy against " + name};
    for (const GrammarShape& task : tasks_of(data.curves))
        for (const Panel& panel : panels_of(data.curves, task)) {
            Chart chart = accuracy_chart(task, panel, axis ? name : "training data P");
            if (axis)
                chart.x.words = axis->words;
            else
                chart.guides.push_back({"n_c m^L", {law(task), law(task)}, {NAN, NAN}});
            if (axis && panel.title.empty()) chart.title = shared_text(data.rows, task);
            for (const Curve* curve : panel.curves) {
                Series series{.label = curve->label,
                              .style = data.styles.of(curve->label),
                              .bars = !chart.x.words.empty()};
                for (const SummaryRow& r : data.rows)
                    if (r.kind == K::accuracy && r.task == task && r.label == curve->label)
                        append(series, r.place, r.estimate);
                chart.series.push_back(std::move(series));
            }
            if (axis) chart.x.log = is_wide(chart);
            figure.charts.push_back(std::move(chart));
        }
    return figure;
}

/// The mean over seeds of test accuracy by step.
Series learning_series(const std::string& label, std::size_t style,
                       const std::map<std::uint64_t, Measured>& by_seed) {
    std::vector<Course> runs;
    for (const auto& [seed, run] : by_seed) {
        Course course;
        for (const Evaluation& e : run.evaluations)
            if (e.step > 0 && !std::isnan(e.test_accuracy))
                course.emplace_back(double(e.step), e.test_accuracy);
        runs.push_back(std::move(course));
    }
    return mean_series(label, style, runs);
}

/// The P that most curves of a task have; of several such the largest.
double usual_size(const Curves& curves, const GrammarShape& task) {
    std::map<double, std::size_t> having;
    for (const Curve& curve : curves)
        if (curve.task == task)
            for (const auto& [size, by_seed] : curve.points) ++having[size];
    double p = 0;
    std::size_t most = 0;
    for (auto [size, n] : having)
        if (n >= most) {
            most = n;
            p = size;
        }
    return p;
}

Figure learning_figure(const Data& data) {
    Figure figure{.title = "Test accuracy while learning (mean and range of the seeds)"};
    for (const GrammarShape& task : tasks_of(data.curves)) {
        const double p = usual_size(data.curves, task);
        Curves here;
        for (const Curve& curve : data.curves)
            if (curve.points.contains(p)) here.push_back(curve);
        for (const Panel& panel : panels_of(here, task)) {
            Chart chart = accuracy_chart(task, panel, concat("step, P=", fixed(p, 0)));
            for (const Curve* curve : panel.curves)
                add_series(chart,
                           learning_series(curve->label, data.styles.of(curve->label), curve->points.at(p)));
            add_chart(figure, std::move(chart));
        }
    }
    return figure;
}

/// A group is a task with zeros for what may be anything.
bool belongs(const GrammarShape& task, const GrammarShape& group) {
    for (const auto& [name, part] : kShapeParts)
        if (group.*part && group.*part != task.*part) return false;
    return true;
}

/// Adds what is known of a kind for each label on the tasks of a group: P* against the law, or ratios against
/// the levels.
void add_bars(Chart& chart, const Data& data, K kind, const GrammarShape& group) {
    auto silent = [](const Estimated& e) {  // anything is possible
        return e.bound == '?' || (e.low == 0 && std::isinf(e.high));
    };
    for (const std::string& label : labels_of(data.curves)) {
        Series series{.label = label, .style = data.styles.of(label), .bars = true};
        for (const SummaryRow& r : data.rows)  // ordered by the law, so by x
            if (r.kind == kind && r.label == label && !silent(r.estimate) && belongs(r.task, group))
                append(series, kind == K::p_star ? law(r.task) : r.task.levels, r.estimate);
        add_series(chart, std::move(series));
    }
    // Of more series than can be told apart, those that show how something grows: of more than one point.
    if (chart.series.size() > kMostCurves)
        std::erase_if(chart.series, [](const Series& s) { return s.x.size() < 2; });
}

/// Groups of tasks that differ in the levels alone, then in the synonyms alone; or one of all tasks.
std::vector<GrammarShape> one_axis_groups(const std::vector<GrammarShape>& tasks) {
    std::vector<GrammarShape> groups;
    for (auto axis : {&GrammarShape::levels, &GrammarShape::synonyms})
        for (GrammarShape group : tasks) {
            group.*axis = 0;
            auto in = [&](const GrammarShape& task) { return belongs(task, group); };
            if (std::count_if(tasks.begin(), tasks.end(), in) > 1) add_once(groups, group);
        }
    if (groups.empty()) groups.push_back({0, 0, 0, 0, 0});
    return groups;
}

Figure scaling_figure(const Data& data) {
    Figure figure{.title = "P* against the law n_c m^L (bars: 95 % intervals; arrows: bounds)"};
    const std::vector<GrammarShape> tasks = tasks_of(data.curves);
    if (tasks.size() < 2) return figure;  // one task shows no scaling
    double low = 1e300, high = 0;
    for (const GrammarShape& task : tasks) {
        low = std::min(low, law(task) / 10);
        high = std::max(high, law(task) * 10);
    }
    for (const GrammarShape& group : one_axis_groups(tasks)) {
        Chart chart{.title = task_text(group), .x = {"n_c m^L", true}, .y = {"P*", true}};
        add_bars(chart, data, K::p_star, group);
        chart.guides.push_back({"P* = n_c m^L", {low, high}, {low, high}});
        add_chart(figure, std::move(chart));
    }
    return figure;
}

bool grows(const Chart& chart) {
    return std::any_of(chart.series.begin(), chart.series.end(),
                       [](const Series& s) { return s.x.size() > 1; });
}

Figure ratio_figure(const Data& data) {
    Figure figure{.title = "How many times bp's data a rule needs"};
    std::vector<GrammarShape> families;  // tasks but for their levels
    for (GrammarShape task : tasks_of(data.curves)) {
        task.levels = 0;
        add_once(families, task);
    }
    for (const GrammarShape& family : families) {
        Chart chart{.title = task_text(family),
                    .x = {"levels L", false, true},
                    .y = {"P*(rule) / P*(bp);  1: as bp", true}};
        add_bars(chart, data, K::ratio, family);
        chart.guides.push_back(across("", 1));
        add_chart(figure, std::move(chart));
    }
    if (std::any_of(figure.charts.begin(), figure.charts.end(), grows))
        std::erase_if(figure.charts, [](const Chart& chart) { return !grows(chart); });
    return figure;
}

Figure heat_figure(const Data& data) {
    Figure figure{.title = "Test accuracy"};
    for (const GrammarShape& task : tasks_of(data.curves)) {
        HeatMap map{.title = task_text(task), .row_title = "rule", .column_title = "training data P"};
        std::map<double, std::map<std::string, double>> accuracies;  // by P and label
        for (const SummaryRow& r : data.rows)
            if (r.kind == K::accuracy && r.task == task) accuracies[r.p][r.label] = r.estimate.value;
        for (const auto& [p, by_label] : accuracies) map.columns.push_back(tick_text(p));
        for (const Curve& curve : data.curves) {
            if (!(curve.task == task)) continue;
            map.rows.push_back(curve.label);
            map.values.emplace_back();
            for (const auto& [p, by_label] : accuracies) {
                const auto known = by_label.find(curve.label);
                map.values.back().push_back(known == by_label.end() ? NAN : known->second);
            }
        }
        figure.maps.push_back(std::move(map));
    }
    return figure;
}

Figure plain_figure(std::string_view kind, const Curves& curves, const SummaryRows& rows) {
    if (kind == "measures") return measures_figure(curves);
    if (kind == "layers") return layers_figure(curves);
    const Curves drawn = with_sizes(curves);
    SummaryRows theirs = rows;
    std::erase_if(theirs, [&](const SummaryRow& r) {
        return std::none_of(drawn.begin(), drawn.end(), [&](const Curve& curve) {
            return curve.label == r.label && curve.task == r.task;
        });
    });
    const Data data{drawn, theirs};
    if (kind == "learning") return learning_figure(data);
    if (kind == "accuracy") return accuracy_figure(data);
    if (kind == "heat") return heat_figure(data);
    if (kind == "scaling") return scaling_figure(data);
    return ratio_figure(data);
}

}  // namespace

Figure figure_of(std::string_view kind, const Curves& curves, const SummaryRows& rows) {
    Figure figure = plain_figure(kind, curves, rows);
    figure.note = note_of(kind, curves);
    return figure;
}

Figure axis_figure(const Curves& curves, const SummaryRows& rows, const Axis& axis) {
    Figure figure = accuracy_figure({curves, rows}, &axis);
    figure.note = note_of("accuracy", curves);
    return figure;
}

std::string to_svg(const Figure& figure) {
    return figure.maps.empty() ? to_svg(figure.title, figure.charts, figure.note)
                               : to_svg(figure.title, figure.maps, figure.note);
}

std::string to_terminal(const Figure& figure, std::size_t width, bool colour) {
    std::string out = wrap(figure.title, width, 0) + "\n";
    for (const Chart& chart : figure.charts) out += concat("\n", to_terminal(chart, width, colour));
    for (const HeatMap& map : figure.maps) out += concat("\n", to_terminal(map, width, colour));
    return out;
}

}  // namespace rhm

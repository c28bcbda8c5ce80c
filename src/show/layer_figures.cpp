// Numbers against the steps of training, and with them the figure of what each layer learns when.
#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "show/figures.hpp"

namespace rhm {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// NaN before the first step that is known.
double value_at(const Course& known, double step) {
    const auto after =
        std::find_if(known.begin(), known.end(), [&](const auto& point) { return point.first >= step; });
    if (after == known.end()) return known.back().second;
    if (after->first == step) return after->second;
    if (after == known.begin()) return kNaN;
    const auto [from, before] = *std::prev(after);
    const double part = std::log(step / from) / std::log(after->first / from);
    return before + part * (after->second - before);
}

struct Kind {
    const char *what, *table, *words;
};
constexpr Kind kKinds[] = {{"sensitivity", "value", "sensitivity to synonyms"},
                           {"probes", "accuracy", "symbols decoded"}};

/// One cell of a kind's tables by step, in each run.
std::vector<Course> courses(const Kind& kind, const std::map<std::uint64_t, Measured>& by_seed,
                            std::size_t layer, std::size_t level) {
    std::vector<Course> out;
    for (const auto& [seed, run] : by_seed) {
        Course& course = out.emplace_back();
        for (const Measurement& m : run.measurements)
            if (m.what == kind.what && m.step > 0 && layer < m.table(kind.table).rows()
                && level < m.table(kind.table).cols() && !std::isnan(m.table(kind.table)(layer, level)))
                course.emplace_back(double(m.step), m.table(kind.table)(layer, level));
    }
    return out;
}

/// A panel for each level of the task, a curve for each layer.
void add_levels(Figure& figure, const Kind& kind, const Curve& curve, double p,
                const std::map<std::uint64_t, Measured>& by_seed) {
    const Measured& run = by_seed.begin()->second;
    const auto of_kind = std::find_if(run.measurements.begin(), run.measurements.end(),
                                      [&](const Measurement& m) { return m.what == kind.what; });
    if (of_kind == run.measurements.end()) return;
    for (std::size_t level = 0; level < of_kind->table(kind.table).cols(); ++level) {
        Chart chart{.title = concat(curve.label, ", P=", fixed(p, 0), ": level ", level + 1),
                    .x = {"step", true},
                    .y = {.title = kind.words, .low = 0, .high = 1.05}};
        for (std::size_t layer = 0; layer < of_kind->table(kind.table).rows(); ++layer) {
            Series series =
                mean_series(concat("layer ", layer + 1), layer, courses(kind, by_seed, layer, level));
            if (series.x.size() > 1) chart.series.push_back(std::move(series));
        }
        if (chart.series.empty()) continue;
        for (const Series& s : chart.series)  // a sensitivity may be more than that of another string
            for (double y : s.y) chart.y.high = std::max(chart.y.high, 1.05 * y);
        if (std::string_view(kind.what) == "probes")
            chart.guides = {
                {"most frequent symbol", {kNaN, kNaN}, std::vector(2, of_kind->table("chance")(level, 0))}};
        figure.charts.push_back(std::move(chart));
    }
}

}  // namespace

Series mean_series(const std::string& label, std::size_t style, std::vector<Course> runs) {
    Series series{.label = label, .style = style};
    std::erase_if(runs, [](const Course& run) { return run.empty(); });
    std::set<double> steps;
    for (const Course& run : runs)
        for (const auto& [step, value] : run) steps.insert(step);
    for (double step : steps) {
        double sum = 0, low = INFINITY, high = -INFINITY;
        for (const Course& run : runs) {
            const double value = value_at(run, step);
            sum += value;
            low = std::min(low, value);
            high = std::max(high, value);
        }
        if (std::isnan(sum)) continue;
        series.x.push_back(step);
        series.y.push_back(sum / double(runs.size()));
        series.low.push_back(runs.size() > 1 ? low : kNaN);
        series.high.push_back(runs.size() > 1 ? high : kNaN);
    }
    return series;
}

Figure layers_figure(const std::vector<Curve>& curves) {
    Figure figure{.title = "What the layers learn when (mean and range of the seeds)"};
    for (const Kind& kind : kKinds)
        for (const Curve& curve : curves) {
            const std::size_t before = figure.charts.size();
            for (auto point = curve.points.rbegin();  // the largest P that was measured
                 point != curve.points.rend() && figure.charts.size() == before; ++point)
                add_levels(figure, kind, curve, point->first, point->second);
        }
    return figure;
}

}  // namespace rhm

// Figures of what the layers have learnt: maps of the end of training, and charts of its course.
#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "show/figures.hpp"

namespace rhm {
namespace {

using BySeed = std::map<std::uint64_t, Measured>;

struct Quantity {
    std::string_view what;
    const char *table, *words;
};
constexpr Quantity kQuantities[] = {{"sensitivity", "value", "sensitivity to synonyms"},
                                    {"probes", "accuracy", "symbols decoded"}};

/// Of each quantity and curve what `add` draws of the largest P that was measured: the first of which it says
/// that it did. It is given the title's beginning.
Figure figure_by_curve(const char* title, const Curves& curves,
                       bool (*add)(Figure&, const Quantity&, const std::string& begin, const BySeed&)) {
    Figure figure{.title = title};
    for (const Quantity& quantity : kQuantities)
        for (const Curve& curve : curves)
            for (auto point = curve.points.rbegin(); point != curve.points.rend(); ++point) {
                const std::string begin = concat(curve.label, ", P=", fixed(point->first, 0), ": ");
                if (add(figure, quantity, begin, point->second)) break;
            }
    return figure;
}

/// The mean over seeds of the last measurement: a row a layer, the top layer first, a column a level.
bool add_map(Figure& figure, const Quantity& quantity, const std::string& begin, const BySeed& by_seed) {
    HeatMap map{.title = begin + quantity.words, .row_title = "layer", .column_title = "level (1: lowest)"};
    double n = 0;
    for (const auto& [seed, run] : by_seed) {
        const Measurement* last = nullptr;
        for (const Measurement& m : run.measurements)
            if (m.what == quantity.what) last = &m;
        if (!last) continue;
        const Table& values = last->table(quantity.table);
        if (n == 0) map.values.assign(values.rows(), std::vector<double>(values.cols()));
        if (values.rows() != map.values.size() || values.rows() == 0 || values.cols() != map.values[0].size())
            continue;
        for (std::size_t k = 0; k < values.rows(); ++k)
            for (std::size_t l = 0; l < values.cols(); ++l)
                map.values[values.rows() - 1 - k][l] += values(k, l);
        ++n;
    }
    if (map.values.empty()) return false;
    for (auto& row : map.values)
        for (double& value : row) value /= n;
    for (std::size_t k = map.values.size(); k > 0; --k) map.rows.push_back(std::to_string(k));
    for (std::size_t l = 1; l <= map.values[0].size(); ++l) map.columns.push_back(std::to_string(l));
    figure.maps.push_back(std::move(map));
    return true;
}

/// NaN before the first step that is known.
double value_at(const Course& known, double step) {
    const auto after =
        std::find_if(known.begin(), known.end(), [&](const auto& point) { return point.first >= step; });
    if (after == known.end()) return known.back().second;
    if (after->first == step) return after->second;
    if (after == known.begin()) return NAN;
    const auto [from, before] = *std::prev(after);
    const double part = std::log(step / from) / std::log(after->first / from);
    return before + part * (after->second - before);
}

/// One cell of a quantity's tables by step, in each run.
std::vector<Course> courses(const Quantity& quantity, const BySeed& by_seed, std::size_t layer,
                            std::size_t level) {
    std::vector<Course> out;
    for (const auto& [seed, run] : by_seed) {
        Course& course = out.emplace_back();
        for (const Measurement& m : run.measurements) {
            if (m.what != quantity.what || m.step <= 0) continue;
            const Table& table = m.table(quantity.table);
            if (layer < table.rows() && level < table.cols() && !std::isnan(table(layer, level)))
                course.emplace_back(double(m.step), table(layer, level));
        }
    }
    return out;
}

/// A panel for each level of the task, a curve for each layer.
bool add_levels(Figure& figure, const Quantity& quantity, const std::string& begin, const BySeed& by_seed) {
    const std::vector<Measurement>& measurements = by_seed.begin()->second.measurements;
    const auto first = std::find_if(measurements.begin(), measurements.end(),
                                    [&](const Measurement& m) { return m.what == quantity.what; });
    if (first == measurements.end()) return false;
    const Table& table = first->table(quantity.table);
    const std::size_t before = figure.charts.size();
    for (std::size_t level = 0; level < table.cols(); ++level) {
        Chart chart{.title = concat(begin, "level ", level + 1),
                    .x = {"step", true},
                    .y = {.title = quantity.words, .low = 0, .high = 1.05}};
        for (std::size_t layer = 0; layer < table.rows(); ++layer) {
            Series series =
                mean_series(concat("layer ", layer + 1), layer, courses(quantity, by_seed, layer, level));
            if (series.x.size() < 2) continue;
            for (double y : series.y)  // a sensitivity may be more than that of another string
                chart.y.high = std::max(chart.y.high, 1.05 * y);
            chart.series.push_back(std::move(series));
        }
        if (chart.series.empty()) continue;
        if (quantity.what == "probes") {
            const double chance = first->table("chance")(level, 0);
            chart.guides = {{"most frequent symbol", {NAN, NAN}, {chance, chance}}};
        }
        figure.charts.push_back(std::move(chart));
    }
    return figure.charts.size() > before;
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
        series.low.push_back(runs.size() > 1 ? low : NAN);
        series.high.push_back(runs.size() > 1 ? high : NAN);
    }
    return series;
}

Figure measures_figure(const Curves& curves) {
    return figure_by_curve("What the layers have learnt", curves, add_map);
}

Figure layers_figure(const Curves& curves) {
    return figure_by_curve("What the layers learn when (mean and range of the seeds)", curves, add_levels);
}

}  // namespace rhm

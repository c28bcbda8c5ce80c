// Figures that are maps: accuracies, and what the layers have learnt.
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "show/figures.hpp"
#include "show/panels.hpp"
#include "show/summary_text.hpp"

namespace rhm {

using K = SummaryRow::Kind;

Figure heat_figure(const std::vector<Curve>& curves, const std::vector<SummaryRow>& rows) {
    Figure figure{.title = "Test accuracy"};
    for (const GrammarShape& task : tasks_of(curves)) {
        HeatMap map{.title = task_text(task), .row_title = "rule", .column_title = "training data P"};
        std::set<double> sizes;
        for (const SummaryRow& r : rows)
            if (r.kind == K::accuracy && r.task == task) sizes.insert(r.p);
        for (double p : sizes) map.columns.push_back(tick_text(p));
        for (const Curve& curve : curves) {
            if (!(curve.task == task)) continue;
            map.rows.push_back(curve.label);
            map.values.emplace_back();
            for (double p : sizes) {
                map.values.back().push_back(std::nan(""));
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
static HeatMap measure_map(const std::string& title, const char* what, const char* table,
                           const std::map<std::uint64_t, Measured>& by_seed) {
    HeatMap map{.title = title, .row_title = "layer", .column_title = "level (1: lowest)"};
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
    Figure figure{.title = "What the layers have learnt"};
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

}  // namespace rhm

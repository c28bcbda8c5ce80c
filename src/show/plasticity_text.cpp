#include "show/plasticity_text.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "show/summary_text.hpp"

namespace rhm {

static std::string strings_text(double strings) { return std::isinf(strings) ? "never" : fixed(strings, 0); }

Listing plasticity_listing(std::span<const PlasticityTask> tasks) {
    using enum Listing::Kind;
    Listing out({{.json = "task"},
                 {.csv = "levels"},
                 {.csv = "train_size"},
                 Listing::both("rule", "rule"),
                 Listing::both("without", "without"),
                 Listing::data("seeds"),
                 Listing::both("test accuracy", "test_accuracy", words),
                 Listing::data("half_width"),
                 Listing::both("strings until solved", "strings"),
                 Listing::both("range", "low", words),
                 {.json = "high", .csv = "high"},
                 Listing::data("diverged")},
                "row");
    for (const PlasticityTask& task : tasks)
        for (const PlasticityRow& row : task.rows) {
            std::vector<double> accuracies, strings;
            for (std::size_t i = 0; i < row.results.size(); ++i) {
                accuracies.push_back(counted(row.results[i], task.shape.classes).test_accuracy);
                strings.push_back(strings_until_solved(row.configs[i], row.results[i]));
            }
            const Estimate e = estimate(accuracies);
            const Spread p = spread_of(strings);
            out.add({task_text(task.shape, task.train_size),
                     task.shape.levels,
                     task.train_size,
                     row.rule,
                     row.without,
                     e.count,
                     {e.mean, to_text(e)},
                     e.half_width,
                     {p.median, strings_text(p.median)},
                     {p.low, concat(strings_text(p.low), " .. ", strings_text(p.high))},
                     p.high,
                     row.diverged()});
        }
    return out;
}

std::string plasticity_text(std::span<const PlasticityTask> tasks, std::size_t width) {
    std::string out;
    for (const PlasticityTask& task : tasks)
        out += concat(task_text(task.shape, task.train_size), "\n\n",
                      plasticity_listing({&task, 1}).text(width), "\n");
    return out;
}

}  // namespace rhm

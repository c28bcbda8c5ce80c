#include "show/experiment_text.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "show/summary_text.hpp"

namespace rhm {

using enum Listing::Kind;

std::string diverged_text(std::size_t runs) { return runs ? concat(" (", runs, " diverged)") : ""; }

std::string name_of(const MaskingTask& task) { return task_text(task.shape, task.train_size); }

Listing masking_listing(std::span<const MaskingTask> tasks) {
    Listing out({{.json = "task"},
                 {.text = "rule", .kind = words, .json = "name"},
                 {.csv = "synonyms"},
                 {.csv = "levels"},
                 {.csv = "train_size"},
                 Listing::data("rule"),
                 Listing::both("weights", "weights"),
                 Listing::both("masks", "masks"),
                 Listing::data("seeds"),
                 Listing::both("test accuracy", "test_accuracy", words),
                 Listing::data("half_width"),
                 Listing::data("diverged")},
                "row");
    for (const MaskingTask& task : tasks)
        for (const MaskingRow& row : task.rows) {
            const Estimate e = estimate(row.accuracies());
            out.add({name_of(task),
                     row.name,
                     task.shape.synonyms,
                     task.shape.levels,
                     task.train_size,
                     row.rule,
                     row.weights,
                     row.masks,
                     e.count,
                     {e.mean, to_text(e) + diverged_text(row.diverged())},
                     e.half_width,
                     row.diverged()});
        }
    return out;
}

std::string masking_text(const MaskingTask& task, std::size_t width) {
    return concat(name_of(task), "\n\n", masking_listing({&task, 1}).text(width), "\n",
                  wrap(to_text(attribute(task)), width, 0), "\n");
}

static std::string strings_text(double strings) { return std::isinf(strings) ? "never" : fixed(strings, 0); }

Listing plasticity_listing(std::span<const PlasticityTask> tasks) {
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
            std::vector<double> strings;
            for (std::size_t i = 0; i < row.results.size(); ++i)
                strings.push_back(strings_until_solved(row.configs[i], row.results[i]));
            const Estimate e = estimate(row.accuracies());
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

std::string claims_json(const std::vector<Verdict>& verdicts) {
    std::string out;
    for (const Verdict& v : verdicts) {
        JsonLine line, numbers;
        for (const auto& [name, value] : v.numbers) numbers.add(name, value);
        line.add("kind", "claim").add("id", v.id).add("claim", v.claim).add("evidence", v.evidence);
        v.holds ? line.add("holds", *v.holds) : line.raw("holds", "null");
        out += line.raw("numbers", numbers.text()).text() + "\n";
    }
    return out;
}

std::string verdicts_text(const std::vector<Verdict>& verdicts, std::size_t width, std::size_t first) {
    std::string out;
    for (std::size_t i = 0; i < verdicts.size(); ++i)
        out +=
            concat(first + i, ". ", hang(verdicts[i].claim, width, 3), "\n   ",
                   hang(verdicts[i].evidence, width, 3), "\n   => ", verdict_text(verdicts[i].holds), "\n");
    return out;
}

}  // namespace rhm

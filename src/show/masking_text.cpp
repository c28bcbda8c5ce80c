#include "show/masking_text.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "show/summary_text.hpp"

namespace rhm {

std::string name_of(const MaskingTask& task) { return task_text(task.shape, task.train_size); }

Listing masking_listing(std::span<const MaskingTask> tasks) {
    using enum Listing::Kind;
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
            const Estimate e = accuracy_of(row);
            const std::size_t failed = row.diverged();
            const std::string shown = concat(to_text(e), failed ? concat(" (", failed, " diverged)") : "");
            out.add({name_of(task),
                     row.name,
                     task.shape.synonyms,
                     task.shape.levels,
                     task.train_size,
                     row.rule,
                     row.weights,
                     row.masks,
                     e.count,
                     {e.mean, shown},
                     e.half_width,
                     failed});
        }
    return out;
}

std::string masking_text(const MaskingTask& task, std::size_t width) {
    return concat(name_of(task), "\n\n", masking_listing({&task, 1}).text(width), "\n",
                  wrap(to_text(attribute(task)), width, 0), "\n");
}

}  // namespace rhm

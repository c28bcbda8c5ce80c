#include "out/masking_text.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "out/results.hpp"

namespace rhm {

std::string name_of(const MaskingTask& task) { return concat(task_text(task.shape), " P=", task.train_size); }

std::size_t diverged(const MaskingRow& row) {
    std::size_t count = 0;
    for (const Result& r : row.results) count += r.status == Status::diverged;
    return count;
}

std::string masking_text(const MaskingTask& task) {
    std::string out = concat(name_of(task), "\n  ", pad("rule", 28), pad("weights", 9), pad("masks", 10),
                             "test accuracy\n");
    for (const MaskingRow& row : task.rows)
        out += concat("  ", pad(row.name, 28), pad(row.weights, 9), pad(row.masks, 10),
                      to_text(accuracy_of(row)),
                      diverged(row) ? concat("  ", diverged(row), " diverged") : "", "\n");
    return concat(out, "  ", wrap(to_text(attribute(task)), 98, 2), "\n");
}

std::string masking_csv(const std::vector<MaskingTask>& tasks) {
    std::string out =
        "synonyms,levels,train_size,rule,weights,masks,seeds,test_accuracy,half_width,diverged\n";
    for (const MaskingTask& task : tasks)
        for (const MaskingRow& row : task.rows) {
            Estimate e = accuracy_of(row);
            out += concat(task.shape.synonyms, ",", task.shape.levels, ",", task.train_size, ",", row.rule,
                          ",", row.weights, ",", row.masks, ",", e.count, ",", number(e.mean), ",",
                          std::isnan(e.half_width) ? std::string() : number(e.half_width), ",", diverged(row),
                          "\n");
        }
    return out;
}

}  // namespace rhm

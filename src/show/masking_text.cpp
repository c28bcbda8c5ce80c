#include "show/masking_text.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "show/summary_text.hpp"
#include "show/table.hpp"

namespace rhm {

std::string name_of(const MaskingTask& task) { return concat(task_text(task.shape), " P=", task.train_size); }

std::size_t diverged(const MaskingRow& row) {
    std::size_t count = 0;
    for (const Result& r : row.results) count += r.status == Status::diverged;
    return count;
}

std::string masking_text(const MaskingTask& task, std::size_t width) {
    TextTable table({{"rule", TextTable::Kind::words},
                     {"weights"},
                     {"masks"},
                     {"test accuracy", TextTable::Kind::words}});
    for (const MaskingRow& row : task.rows)
        table.add({row.name, row.weights, row.masks,
                   concat(to_text(accuracy_of(row)),
                          diverged(row) ? concat(" (", diverged(row), " diverged)") : "")});
    return concat(name_of(task), "\n\n", table.text(width), "\n", wrap(to_text(attribute(task)), width, 0),
                  "\n");
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

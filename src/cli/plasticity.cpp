// rhm plasticity: what is left of each rule without the aids that cortex has not.
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/plan.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "show/listing.hpp"
#include "show/summary_text.hpp"
#include "show/verdicts.hpp"
#include "study/plasticity.hpp"

namespace rhm {
namespace {

std::string strings_text(double strings) { return std::isinf(strings) ? "never" : fixed(strings, 0); }

Listing listing(std::span<const PlasticityTask> tasks) {
    using enum Listing::Kind;
    Listing out({{.json = "task"},
                 {.csv = "levels"},
                 {.csv = "train_size"},
                 {.text = "rule", .json = "rule", .csv = "rule"},
                 {.text = "without", .json = "without", .csv = "without"},
                 Listing::data("seeds"),
                 {.text = "test accuracy", .kind = words, .json = "test_accuracy", .csv = "test_accuracy"},
                 Listing::data("half_width"),
                 {.text = "strings until solved", .json = "strings", .csv = "strings"},
                 {.text = "range", .kind = words, .json = "low", .csv = "low"},
                 {.json = "high", .csv = "high"},
                 Listing::data("diverged")},
                "row");
    for (const PlasticityTask& task : tasks)
        for (const PlasticityRow& row : task.rows) {
            std::vector<double> accuracies;
            for (const Result& r : row.results)
                accuracies.push_back(counted(r, task.shape.classes).test_accuracy);
            const Estimate e = estimate(accuracies);
            const Presentations p = presentations(row);
            out.add({concat(task_text(task.shape), " P=", task.train_size),
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

}  // namespace

Exit plasticity_command(Arguments& arguments) {
    Config& base = arguments.config;
    select_kernels(base.kernel);
    if (!base.only.empty())
        for (std::string_view name : split(base.only, ',')) find_rule(name);
    if (base.output.empty()) base.output = base.smoke ? "results/plasticity-smoke" : "results/plasticity";
    std::vector<PlasticityTask> tasks = plasticity_plan(base);
    const std::string runs = base.output + "/runs.jsonl", table = base.output + "/table.csv";
    refuse_inputs(arguments, {runs, table});
    std::vector<Line*> lines;
    for (PlasticityTask& task : tasks)
        for (Line* line : lines_of(task.rows)) lines.push_back(line);
    run_plan(lines, runs, base);
    write_file(table, listing(tasks).csv());
    const Verdict verdict = judge_plasticity(tasks);
    if (base.format == "json") {
        print(listing(tasks).json());
        print(claims_listing({verdict}).json());
    } else {
        for (const PlasticityTask& task : tasks)
            print_text(concat(task_text(task.shape), " P=", task.train_size, "\n\n",
                              listing({&task, 1}).text(text_width()), "\n"));
        print_text(concat(
            verdicts_text({verdict}, text_width(), 4), "\n",
            sentence(concat("Accuracies are means over ", base.seeds, base.seeds == 1 ? " seed" : " seeds",
                            ", +- is half a 95 % interval (Student's t); strings are medians with their "
                            "range. Runs: ",
                            runs, ", table: ", table))));
    }
    return verdict.holds.value_or(false) ? Exit::ok : Exit::unmet;
}

}  // namespace rhm

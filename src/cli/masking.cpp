// rhm masking: weights and masks of the feedback, true or not, and what each costs.
#include <cmath>
#include <cstdio>

#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "out/file.hpp"
#include "out/runner.hpp"
#include "run/masking.hpp"

namespace rhm {
namespace {

std::size_t diverged(const MaskingRow& row) {
    std::size_t count = 0;
    for (const Result& r : row.results) count += r.status == Status::diverged;
    return count;
}

std::string table(const MaskingTask& task) {
    std::string out = concat(task.name, "\n  ", pad("rule", 28), pad("weights", 9), pad("masks", 10), "test accuracy\n");
    for (const MaskingRow& row : task.rows)
        out += concat("  ", pad(row.name, 28), pad(row.weights, 9), pad(row.masks, 10), to_text(accuracy_of(row)),
                      diverged(row) ? concat("  ", diverged(row), " diverged") : "", "\n");
    return concat(out, "  ", wrap(to_text(attribute(task)), 98, 2), "\n\n");
}

std::string csv(const std::vector<MaskingTask>& tasks) {
    std::string out = "synonyms,levels,train_size,rule,weights,masks,seeds,test_accuracy,half_width,diverged\n";
    for (const MaskingTask& task : tasks)
        for (const MaskingRow& row : task.rows) {
            const Config& c = row.configs[0];
            Estimate e = accuracy_of(row);
            out += concat(c.task.synonyms, ",", c.task.levels, ",", c.train_size, ",", c.rule, ",", row.weights, ",", row.masks, ",", e.count, ",", number(e.mean), ",",
                          std::isnan(e.half_width) ? std::string() : number(e.half_width), ",", diverged(row), "\n");
        }
    return out;
}

void print_json(const MaskingTask& task) {
    for (const MaskingRow& row : task.rows) {
        Estimate e = accuracy_of(row);
        print(JsonLine().add("kind", "row").add("task", task.name).add("name", row.name).add("rule", row.configs[0].rule).add("weights", row.weights)
                  .add("masks", row.masks).add("seeds", e.count).add("test_accuracy", e.mean).add("half_width", e.half_width).add("diverged", diverged(row)).text() + "\n");
    }
    Attribution a = attribute(task);
    JsonLine line;
    line.add("kind", "attribution").add("task", task.name);
    const std::pair<std::string, Estimate> parts[] = {{"lost", a.lost}, {"by_weights", a.by_weights}, {"by_masks", a.by_masks},
                                                      {"removed", a.removed}, {"restored", a.restored}, {"gated", a.gated}};
    for (const auto& [name, e] : parts) line.add(name, e.mean).add(concat(name, "_half_width"), e.half_width);
    print(line.text() + "\n");
}

}  // namespace

Exit masking_command(Arguments& arguments) {
    Config& base = arguments.config;
    select_kernels(base.kernel);
    if (base.output.empty()) base.output = base.smoke ? "results/masking-smoke" : "results/masking";
    std::vector<MaskingTask> tasks = masking_plan(base);
    make_directory(base.output);
    RunStore store(base.output + "/runs.jsonl");

    std::vector<Config> plan;
    for (const MaskingTask& task : tasks)
        for (const MaskingRow& row : task.rows) plan.insert(plan.end(), row.configs.begin(), row.configs.end());
    RunnerReport report = run_all(plan, store, base);
    if (interrupt_signal()) {
        std::fprintf(stderr, "rhm: interrupted; the finished runs are in '%s', the same command goes on from there\n", base.output.c_str());
        return static_cast<Exit>(128 + interrupt_signal());
    }
    std::size_t run = 0;
    for (MaskingTask& task : tasks)
        for (MaskingRow& row : task.rows)
            while (row.results.size() < row.configs.size()) row.results.push_back(report.results[run++]);
    OutputFile file(base.output + "/table.csv");
    file.write(csv(tasks));
    file.commit();

    for (const MaskingTask& task : tasks) {
        if (base.format == "json") print_json(task);
        else print(table(task));
    }
    if (base.format == "text")
        print(concat("Accuracies are means over ", base.seeds, base.seeds == 1 ? " seed" : " seeds, +- is a 95 % interval (Student's t)", ". Runs: ", base.output,
                     "/runs.jsonl, table: ", base.output, "/table.csv\n"));
    return Exit::ok;
}

}  // namespace rhm

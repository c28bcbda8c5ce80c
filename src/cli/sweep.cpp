// rhm sweep: every combination of the given values, whole runs in parallel, in a file that grows by finished
// runs.
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/plan.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "train/advice.hpp"
#include "study/sweep.hpp"

namespace rhm {
namespace {

void report_left_out(const Grid& grid) {
    if (grid.repeated)
        notice(concat(count_text(grid.repeated, "run"), " of the grid appear twice and are done once"));
    if (!grid.impossible.empty())
        notice(concat(grid.impossible.size(),
                      " combinations are left out because no run exists for them; the first is ",
                      grid.impossible[0]));
}

Grid grid_of(const Arguments& arguments) {
    std::vector<GridAxis> axes;
    for (const auto& [option, text] : arguments.grid) axes.push_back({option, expand(*option, text)});
    Grid grid = expand_grid(arguments.config, axes);
    report_left_out(grid);
    if (grid.configs.empty()) fail(Exit::input, "the grid has no run: ", grid.impossible[0]);
    return grid;
}

void report(const Request& base, std::size_t runs, std::size_t reused, const Faults& faults) {
    if (base.format == "json")
        print(JsonLine()
                  .add("kind", "sweep")
                  .add("runs", runs)
                  .add("reused", reused)
                  .add("diverged", faults.diverged)
                  .add("silent", faults.silent)
                  .add("file", base.output)
                  .text()
              + "\n");
    else
        print_text(concat(sentence(concat(count_text(runs, "run"), " in ", base.output,
                                          reused ? concat(", ", reused, " of them from before") : "",
                                          "; what they say together:")),
                          "  ", shell_lines(concat("rhm summary ", shell_file(base.output)), text_width(), 4),
                          "\n", to_text(faults).empty() ? "" : sentence(to_text(faults))));
}

}  // namespace

Exit sweep_command(Arguments& arguments) {
    Request& base = arguments.config;
    Shard shard = parse_shard(base.shard);
    Grid grid = grid_of(arguments);
    std::vector<Config> mine = take_shard(grid.configs, shard);
    if (base.dry_run) return dry_run(mine, grid.configs.size(), base);
    if (base.output.empty())
        base.output = shard.count == 1 ? "results/sweep.jsonl"
                                       : concat("results/sweep.", shard.index, "of", shard.count, ".jsonl");
    refuse_inputs(arguments, {base.output});
    const RunnerReport done = run_plan(mine, base.output, base);
    Faults faults;
    for (const Result& result : done.results) faults.count(result);
    report(base, mine.size(), done.reused, faults);
    if (mine.empty() || faults.diverged < mine.size()) return Exit::ok;
    notice(concat("every run diverged; ", divergence_advice(mine[0], done.results[0])));
    return Exit::not_finite;
}

}  // namespace rhm

// rhm tune: tries settings of one rule and says which is best on validation data.

#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/results.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "show/table.hpp"
#include "study/runner.hpp"
#include "study/tune.hpp"

namespace rhm {
namespace {

std::string heading(const Config& c, const Config& base) {
    return concat(c.rule, " (told: ", told(c), ") on the Random Hierarchy Model v=", c.task.vocab,
                  " n_c=", c.task.classes, " m=", c.task.synonyms, " s=", c.task.tuple, " L=", c.task.levels,
                  ", P=", c.train_size, "; ", base.trials, base.trials == 1 ? " setting" : " settings",
                  base.seeds == 1 ? ", seed " : ", seeds ", base.seed,
                  base.seeds == 1 ? std::string()
                                  : concat("..", base.seed + static_cast<std::uint64_t>(base.seeds) - 1),
                  ", at most ", c.steps, " steps; ", c.validation_size, " validation and ", c.test_size,
                  " test data");
}

std::string table(const std::vector<Trial>& trials) {
    TextTable out(
        {{"validation"}, {"test"}, {"steps", TextTable::Kind::right}, {"setting", TextTable::Kind::words}});
    for (const Trial& t : trials) {
        const std::string faults = to_text(t.faults);
        out.add({to_text(t.validation), to_text(t.test), fixed(t.steps, 0),
                 concat(t.settings, t.defaults ? " (the defaults)" : "",
                        faults.empty() ? "" : concat(" (", faults, ")"))});
    }
    return out.text(text_width());
}

std::string json(const Trial& t) {
    return JsonLine()
               .add("kind", "trial")
               .add("settings", t.settings)
               .add("defaults", t.defaults)
               .add("validation_accuracy", t.validation.mean)
               .add("validation_half_width", t.validation.half_width)
               .add("test_accuracy", t.test.mean)
               .add("test_half_width", t.test.half_width)
               .add("steps", t.steps)
               .add("diverged", t.faults.diverged)
               .add("silent", t.faults.silent)
               .text()
           + "\n";
}

}  // namespace

Exit tune_command(Arguments& arguments) {
    Config& base = arguments.config;
    select_kernels(base.kernel);
    if (base.output.empty()) base.output = "results/tune";
    if (base.validation_size == 0) base.validation_size = base.test_size;
    std::vector<Trial> trials = search_trials(base);
    refuse_inputs(arguments, {base.output + "/runs.jsonl"});
    make_directory(base.output);
    RunStore store(base.output + "/runs.jsonl");
    say_skipped(base.output + "/runs.jsonl", store.skipped());

    std::vector<Config> plan;
    for (const Trial& t : trials) plan.insert(plan.end(), t.configs.begin(), t.configs.end());
    RunnerReport report = run_all(plan, store, base);
    if (interrupt_signal()) {
        notice(concat("interrupted; the finished runs are in '", base.output,
                      "', the same command goes on from there"));
        return static_cast<Exit>(128 + interrupt_signal());
    }
    std::size_t run = 0;
    for (Trial& t : trials)
        while (t.results.size() < t.configs.size()) t.results.push_back(report.results[run++]);
    judge(trials);
    const Trial& best = trials[0];
    if (best.faults.diverged == best.results.size()) {
        if (base.format != "json") print_text(table(trials));
        fail(Exit::not_finite, "in every setting a run diverged; ",
             divergence_advice(best.configs[0], best.results[0]));
    }
    const bool judged = any_judged(trials);
    if (!judged) notice("nothing could be judged: no run took a step; raise --steps");

    if (base.format == "json") {
        for (const Trial& t : trials) print(json(t));
        if (!judged) return Exit::unmet;
        print(JsonLine().add("kind", "best").add("command", command_line(base, trials[0])).text() + "\n");
        return Exit::ok;
    }
    print_text(concat(sentence(heading(trials[0].configs[0], base)), "\n", table(trials)));
    if (!judged) return Exit::unmet;
    print_text(concat("\n", shell_lines(concat("Best:  ", command_line(base, trials[0])), text_width(), 7),
                      "\n\n", sentence(concat("Runs: ", base.output, "/runs.jsonl"))));
    return Exit::ok;
}

}  // namespace rhm

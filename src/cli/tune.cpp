// rhm tune: tries settings of one rule and says which is best on validation data.

#include <algorithm>
#include <cmath>

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/plan.hpp"
#include "data/theory.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "rules/rule.hpp"
#include "show/listing.hpp"
#include "show/summary_text.hpp"
#include "study/tune.hpp"

namespace rhm {
namespace {

std::string heading(const Trial& best, const Request& base) {
    const Config& c = best.configs[0];
    const std::uint64_t last = base.seed + std::uint64_t(base.seeds) - 1;
    std::string also;
    if (base.also_times_law) also = concat(", and with P=", std::llround(*base.also_times_law * law(c.task)));
    int least = c.task.levels;
    for (const Config& one : best.configs) least = std::min(least, one.task.levels);
    if (least < c.task.levels) also += concat(", and down to L=", least, " at as many times its law");
    return concat(c.rule, " (told: ", told(c), ") on the ", model_text(c), also, "; ",
                  count_text(std::size_t(base.trials), "setting"), base.seeds == 1 ? ", seed " : ", seeds ",
                  base.seed, base.seeds == 1 ? std::string() : concat("..", last), ", at most ", c.steps,
                  " steps; judged on ", c.validation_size, " validation data");
}

/// The defaults are those of each run's own depth; the settings tell them at the deepest.
std::string defaults_text(const Trial& t) {
    for (const Config& c : t.configs)
        if (defaults_of(c) != defaults_of(t.configs[0]))
            return concat("the defaults, at L=", t.configs[0].task.levels);
    return "the defaults";
}

Listing listing(const std::vector<Trial>& trials) {
    using enum Listing::Kind;
    Listing out({Listing::data("settings"),
                 Listing::data("defaults"),
                 Listing::both("validation", "validation_accuracy"),
                 Listing::data("validation_half_width"),
                 Listing::both("test", "test_accuracy"),
                 Listing::data("test_half_width"),
                 Listing::both("steps", "steps", right),
                 Listing::data("diverged"),
                 Listing::data("silent"),
                 {.text = "setting", .kind = words}},
                "trial");
    for (const Trial& t : trials) {
        const std::string faults = to_text(t.faults);
        out.add({t.settings,
                 t.defaults,
                 {t.validation.mean, to_text(t.validation)},
                 t.validation.half_width,
                 {t.test.mean, to_text(t.test)},
                 t.test.half_width,
                 {t.steps, fixed(t.steps, 0)},
                 t.faults.diverged,
                 t.faults.silent,
                 concat(t.settings, t.defaults ? concat(" (", defaults_text(t), ")") : std::string(),
                        faults.empty() ? "" : concat(" (", faults, ")"))});
    }
    return out;
}

}  // namespace

Exit tune_command(Arguments& arguments) {
    Request& base = arguments.config;
    const Files files = files_of(base, "tune", "/trials.csv");
    if (base.validation_size == 0) base.validation_size = base.test_size;
    std::vector<Trial> trials = search_trials(base);
    refuse_inputs(arguments, {files.runs});
    run_plan(lines_of(trials), files.runs, base);
    score(trials);
    const Listing table = listing(trials);
    write_file(files.table, table.csv());
    const Trial& best = trials[0];
    if (best.faults.diverged == best.results.size()) {
        if (base.format != "json") print_text(table.text(text_width()));
        fail(Exit::not_finite, "in every setting a run diverged; ",
             divergence_advice(best.configs[0], best.results[0]));
    }
    const bool judged = any_scored(trials);
    if (!judged) notice("nothing could be judged: no run took a step; raise --steps");

    if (base.format == "json") {
        print(table.json());
        if (!judged) return Exit::unmet;
        print(JsonLine().add("kind", "best").add("command", command_line(base, best)).text() + "\n");
        return Exit::ok;
    }
    print_text(concat(sentence(heading(best, base)), "\n", table.text(text_width())));
    if (!judged) return Exit::unmet;
    print_text(concat("\n", shell_lines(concat("Best:  ", command_line(base, best)), text_width(), 7), "\n\n",
                      sentence(concat("Runs: ", files.runs, ", settings: ", files.table))));
    return Exit::ok;
}

}  // namespace rhm

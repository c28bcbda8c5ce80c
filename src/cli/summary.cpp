// rhm summary: what the runs of some files say together.
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/results.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "study/results.hpp"
#include "show/summary_text.hpp"
#include "train/advice.hpp"

namespace rhm {

/// The option that --x names: with or without dashes, or by its letter.
static const Option& option_of_axis(std::string_view word) {
    const std::string_view name = word.substr(std::min(word.find_first_not_of('-'), word.size()));
    std::vector<std::string_view> names;
    for (const Option& option : options()) {
        if (!option.recorded || option.name == "rule" || option.name == "seed") continue;
        if (option.name == name || (name.size() == 1 && option.letter == name[0])) return option;
        names.push_back(option.name);
    }
    if (name == "rule" || name == "seed")
        fail(Exit::usage, "--x takes another option than '", word,
             "': there is a curve for each rule, and means are over the seeds");
    std::string_view guess = nearest(name, names);
    for (std::string_view known : names)
        if (known.ends_with(concat("-", name))) guess = known;  // labels: readout-labels
    fail(Exit::usage, "--x takes an option of 'rhm train' that its record has, not '", word,
         guess.empty() ? "'; 'rhm train --help' lists them" : concat("'; did you mean '", guess, "'?"));
}

/// Takes the runs out that have no place on the axis.
static void keep_placed(std::vector<Measured>& runs, const Axis& axis) {
    const auto without =
        std::erase_if(runs, [&](const Measured& run) { return !axis.place(run).has_value(); });
    if (runs.empty()) fail(Exit::input, "no run in these files has a value of --", axis.option->name);
    if (without)
        notice(
            concat("not counted: ", count_text(without, "run"), " without a value of --", axis.option->name));
}

Curves load_curves(const std::vector<std::string>& paths, const Request& shown, std::optional<Axis>& axis) {
    const Option* along = shown.axis.empty() ? nullptr : &option_of_axis(shown.axis);
    if (paths.empty())
        fail(Exit::usage, "give the files to read, such as results/sweep.jsonl ('-' is standard input)");
    Skipped skipped;
    std::vector<Measured> runs = load_results(paths, skipped, shown.by_file);
    Faults faults;
    for (const Measured& run : runs) {
        faults.diverged += run.diverged;
        faults.silent += run.silent;
    }
    if (const std::string text = to_text(faults); !text.empty())
        notice(concat("of ", runs.size(), " runs: ", text));
    if (along) keep_placed(runs, axis.emplace(axis_of(*along, runs)));
    Curves curves;
    try {
        curves = curves_of(std::move(runs), skipped.repeated, axis ? &*axis : nullptr);
    } catch (const Error& error) {  // of a setting in a record
        fail(Exit::input, "a run in ", paths.size() == 1 ? concat("'", paths[0], "'") : "these files",
             " has been damaged or is of another version: ", error.what());
    }
    if (skipped.any()) notice(concat("not counted: ", to_text(skipped)));
    return curves;
}

Exit summary_command(Arguments& arguments) {
    const Request& config = arguments.config;
    std::optional<Axis> axis;
    const Curves curves = load_curves(arguments.words, config, axis);
    const SummaryRows rows = axis ? accuracies_of(curves) : summary_of(curves);
    const Listing listing = summary_listing(rows, axis ? &*axis : nullptr);
    write_file(config.output, config.format == "csv"    ? listing.csv()
                              : config.format == "json" ? listing.json()
                              : axis                    ? screen_text(axis_text(rows, *axis, text_width()))
                                                        : screen_text(summary_text(rows, text_width())));
    return Exit::ok;
}

}  // namespace rhm

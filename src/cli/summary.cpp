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

std::vector<Curve> load_curves(const std::vector<std::string>& paths) {
    if (paths.empty())
        fail(Exit::usage, "give the files to read, such as results/sweep.jsonl ('-' is standard input)");
    Skipped skipped;
    std::vector<Measured> runs = load_results(paths, skipped);
    Faults faults;
    for (const Measured& run : runs) {
        faults.diverged += run.diverged;
        faults.silent += run.silent;
    }
    if (const std::string text = to_text(faults); !text.empty())
        notice(concat("of ", runs.size(), " runs: ", text));
    std::vector<Curve> curves;
    try {
        curves = curves_of(std::move(runs), skipped.repeated);
    } catch (const Error& error) {  // of a setting in a record
        fail(Exit::input, "a run in ", paths.size() == 1 ? concat("'", paths[0], "'") : "these files",
             " has been damaged or is of another version: ", error.what());
    }
    if (skipped.any()) notice(concat("not counted: ", to_text(skipped)));
    return curves;
}

Exit summary_command(Arguments& arguments) {
    const Request& config = arguments.config;
    std::vector<SummaryRow> rows = summary_of(load_curves(arguments.words));
    write_file(config.output, config.format == "csv"    ? summary_listing(rows).csv()
                              : config.format == "json" ? summary_listing(rows).json()
                                                        : screen_text(summary_text(rows, text_width())));
    return Exit::ok;
}

}  // namespace rhm

// rhm report: one self-contained page from a directory of runs.
#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/results.hpp"
#include "io/file.hpp"
#include "show/report.hpp"
#include "io/screen.hpp"
#include "study/full.hpp"

namespace rhm {

static std::vector<std::string> record_files(const std::string& directory) {
    std::vector<std::string> paths;
    for (const std::string& name : names_in(directory))
        if (std::filesystem::path(name).extension() == ".jsonl")
            paths.push_back(concat(directory, "/", name));
    if (paths.empty()) fail(Exit::input, "there is no file of runs (*.jsonl) in '", directory, "'");
    std::sort(paths.begin(), paths.end());
    return paths;
}

Exit report_command(Arguments& arguments) {
    if (arguments.words.empty())
        fail(Exit::usage, "give the directory that holds the runs, such as results/full");
    const std::string& directory = arguments.words[0];
    std::vector<std::string> paths = record_files(directory);
    std::string output = arguments.config.output;
    if (output.empty()) output = directory + "/report.html";
    refuse_inputs(arguments, {output}, paths);
    std::optional<Axis> none;
    Curves curves = load_curves(paths, arguments.config, none);
    SummaryRows rows = summary_of(curves);
    std::vector<Verdict> verdicts =
        judge_full(rows, masking_of(curves));  // other runs than those of the experiment are welcome
    std::erase_if(verdicts, [](const Verdict& v) { return !v.holds; });
    write_file(output,
               report_html(paths.size() == 1 ? shell_file(paths[0]) : shell_file(directory) + "/*.jsonl",
                           curves, rows, verdicts));
    if (arguments.config.output.empty()) print_text(sentence(concat("report: ", output)));
    return Exit::ok;
}

}  // namespace rhm

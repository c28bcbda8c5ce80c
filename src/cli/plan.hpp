// What the commands that do a plan of runs share: sweep, reproduce, masking, tune.
#pragma once
#include <string>
#include <vector>

#include "base/error.hpp"
#include "study/experiment.hpp"
#include "study/runner.hpp"

namespace rhm {

/// The files of an experiment, in the directory -o: by default results/`name`, or results/`name`-smoke.
struct Files {
    std::string runs, table;
};
Files files_of(Request& base, std::string_view name, std::string_view table = "/table.csv");
/// Throws Error(usage) when --rules has a word that is no rule.
void check_rules(const Request& base);

/// Does the runs that the file does not hold yet, says on standard error what in it does not count, and gives
/// the results of all. Throws Error when it is interrupted; what was finished is in the file.
RunnerReport run_plan(const std::vector<Config>& plan, const std::string& path, const Request& base);
/// The same for all runs of some lines, which get their results.
RunnerReport run_plan(const std::vector<Line*>& lines, const std::string& path, const Request& base);

/// All lines, or those of all tasks in order.
template <class T>
std::vector<Line*> lines_of(std::vector<T>& lines) {
    std::vector<Line*> out;
    for (T& line : lines)
        if constexpr (requires { line.rows; })
            for (auto& row : line.rows) out.push_back(&row);
        else
            out.push_back(&line);
    return out;
}

/// --dry-run: prints what the runs would take, which are all or some `of` a grid.
Exit dry_run(const std::vector<Config>& plan, std::size_t of, const Request& base);

}  // namespace rhm

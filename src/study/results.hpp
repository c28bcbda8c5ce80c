// Finished runs read from files for summaries and figures: those with this program's version of the results.
#pragma once
#include <string>
#include <vector>

#include "io/store.hpp"
#include "study/summary.hpp"

namespace rhm {

/// The runs of all files, in order; "-" is standard input. `by_file`: each has its file as a setting, "file".
/// Throws Error(io), and Error(input) when there is no finished run in them.
std::vector<Measured> load_results(const std::vector<std::string>& paths, Skipped& skipped,
                                   bool by_file = false);

}  // namespace rhm

// What the commands that read recorded runs share.
#pragma once
#include <string>
#include <vector>

#include "io/store.hpp"
#include "train/config.hpp"
#include "study/summary.hpp"

namespace rhm {

/// The curves of the files; says on standard error what in them does not count.
std::vector<Curve> load_curves(const std::vector<std::string>& paths);
/// Says on standard error what in a file of runs does not count, when there is something.
void say_skipped(const std::string& path, const Skipped& skipped);
/// To -o, whole or not at all, or to standard output.
void deliver_text(const Config& config, const std::string& text);

}  // namespace rhm

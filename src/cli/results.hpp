// What the commands that read recorded runs share.
#pragma once
#include <string>
#include <vector>

#include "run/config.hpp"
#include "run/summary.hpp"

namespace rhm {

/// The curves of the files; says on standard error what in them does not count.
std::vector<Curve> load_curves(const std::vector<std::string>& paths);
/// To -o, whole or not at all, or to standard output.
void deliver_text(const Config& config, const std::string& text);

}  // namespace rhm

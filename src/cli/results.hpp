// What the commands that read recorded runs share.
#pragma once
#include <string>
#include <vector>

#include "show/summary_text.hpp"

namespace rhm {

/// The curves of the files, as --by-file and --x say, whose axis becomes `axis`; says on standard error what
/// in the files does not count.
Curves load_curves(const std::vector<std::string>& paths, const Request& shown, std::optional<Axis>& axis);
}  // namespace rhm

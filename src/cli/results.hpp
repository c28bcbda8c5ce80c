// What the commands that read recorded runs share.
#pragma once
#include <string>
#include <vector>

#include "io/store.hpp"
#include "study/axis.hpp"

namespace rhm {

/// The curves of the files, as --by-file and --x say, whose axis becomes `axis`; says on standard error what
/// in the files does not count.
std::vector<Curve> load_curves(const std::vector<std::string>& paths, const Request& shown,
                               std::optional<Axis>& axis);
}  // namespace rhm

// What the commands that read recorded runs share.
#pragma once
#include <string>
#include <vector>

#include "io/store.hpp"
#include "study/axis.hpp"

namespace rhm {

/// The curves of the files; says on standard error what in them does not count.
std::vector<Curve> load_curves(const std::vector<std::string>& paths);
/// The same along the axis of --x, which becomes `axis`.
std::vector<Curve> load_curves(const std::vector<std::string>& paths, std::string_view option,
                               std::optional<Axis>& axis);
}  // namespace rhm

// What layers have learnt, as heat tables for people.
#pragma once
#include <string>

#include "train/measurer.hpp"

namespace rhm {

/// The measurement as a table, shaded with ░▒▓█ or, with `colour`, by the colour of the cells.
/// The top layer is the first row. Throws Error(input) where its tables do not fit together.
std::string heat_table(const Measurement& measurement, bool colour, std::size_t width = 80);

}  // namespace rhm

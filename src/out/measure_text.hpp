// Measurements as lines of the record, and as heat tables for people.
//
//   {"kind":"measure","what":"sensitivity","step",...,"value":[[...],...],"error":[[...],...]}   a row a
//   layer, first layer first
#pragma once
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "run/measurer.hpp"

namespace rhm {

std::string measure_line(const Measurement& measurement);
/// A measurement read back from its line. Throws Error(input).
Measurement parse_measurement(const Json& line);
inline Measurement parse_measurement(std::string_view line) { return parse_measurement(Json::parse(line)); }

/// The measurement as a table, shaded with ░▒▓█ or, with `colour`, by the colour of the cells. The top layer
/// is the first row.
std::string heat_table(const Measurement& measurement, bool colour, std::size_t width = 80);

}  // namespace rhm

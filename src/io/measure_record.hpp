// Measurements as lines of the record.
//
//   {"kind":"measure","what":"sensitivity","step",...,"value":[[...],...],"error":[[...],...]}   a row a
//   layer, first layer first
#pragma once
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "train/measurer.hpp"

namespace rhm {

std::string measure_line(const Measurement& measurement);
/// A measurement read back from its line. Throws Error(input).
Measurement parse_measurement(const Json& line);
inline Measurement parse_measurement(std::string_view line) { return parse_measurement(Json::parse(line)); }

}  // namespace rhm

// The masking table as text and as CSV.
#pragma once
#include <string>
#include <vector>

#include "study/masking.hpp"

namespace rhm {

/// "v=4 n_c=4 m=3 s=2 L=5 P=3888"
std::string name_of(const MaskingTask& task);
std::size_t diverged(const MaskingRow& row);
/// The lines of one task, then the attribution in sentences.
std::string masking_text(const MaskingTask& task, std::size_t width);
/// One tidy table of all tasks.
std::string masking_csv(const std::vector<MaskingTask>& tasks);

}  // namespace rhm

// The masking table for people and for programs.
#pragma once
#include <span>
#include <string>

#include "show/listing.hpp"
#include "study/masking.hpp"

namespace rhm {

/// "v=4 n_c=4 m=3 s=2 L=5 P=3888"
std::string name_of(const MaskingTask& task);
/// The lines of all tasks.
Listing masking_listing(std::span<const MaskingTask> tasks);
/// The lines of one task, then the attribution in sentences.
std::string masking_text(const MaskingTask& task, std::size_t width);

}  // namespace rhm

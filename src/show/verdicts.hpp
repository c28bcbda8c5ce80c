// Claims, evidence and verdicts, for people and for programs.
#pragma once
#include <string>
#include <vector>

#include "show/listing.hpp"
#include "study/verdict.hpp"

namespace rhm {

Listing claims_listing(const std::vector<Verdict>& verdicts);
/// Numbered from `first` on.
std::string verdicts_text(const std::vector<Verdict>& verdicts, std::size_t width, std::size_t first = 1);

}  // namespace rhm

// The tables and verdicts of the experiments, for people and for programs.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "show/listing.hpp"
#include "study/masking.hpp"
#include "study/plasticity.hpp"
#include "study/verdict.hpp"

namespace rhm {

/// "v=4 n_c=4 m=3 s=2 L=5 P=3888"
std::string name_of(const MaskingTask& task);
/// The lines of all tasks.
Listing masking_listing(std::span<const MaskingTask> tasks);
/// The lines of one task, then the attribution in sentences.
std::string masking_text(const MaskingTask& task, std::size_t width);

/// A row a rule without an aid: test accuracy, and strings until solved.
Listing plasticity_listing(std::span<const PlasticityTask> tasks);
/// A table a task.
std::string plasticity_text(std::span<const PlasticityTask> tasks, std::size_t width);

/// A line each.
std::string claims_json(const std::vector<Verdict>& verdicts);
/// Numbered from `first` on.
std::string verdicts_text(const std::vector<Verdict>& verdicts, std::size_t width, std::size_t first = 1);

/// " (2 diverged)", or nothing.
std::string diverged_text(std::size_t runs);

}  // namespace rhm

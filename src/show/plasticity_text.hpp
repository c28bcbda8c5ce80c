// The tables of the plasticity experiment, for people and for programs.
#pragma once
#include <span>
#include <string>

#include "show/listing.hpp"
#include "study/plasticity.hpp"

namespace rhm {

/// A row a rule without an aid: test accuracy, and strings until solved.
Listing plasticity_listing(std::span<const PlasticityTask> tasks);
/// A table a task.
std::string plasticity_text(std::span<const PlasticityTask> tasks, std::size_t width);

}  // namespace rhm

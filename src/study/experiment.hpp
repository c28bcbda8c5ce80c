// What every experiment consists of: lines, each a setting on several seeds.
#pragma once
#include <cstddef>
#include <vector>

#include "train/options.hpp"
#include "train/trainer.hpp"

namespace rhm {

struct Line {
    std::vector<Config> configs;  ///< resolved; none when the results come from a file
    std::vector<Result> results;  ///< one for each configuration, filled in by the command (cli/plan.hpp)

    std::size_t diverged() const;
    std::vector<double> accuracies() const;  ///< test accuracies, in the order of the results
};

/// The configuration on so many seeds from its own on, resolved.
std::vector<Config> on_seeds(const Config& config, int seeds);
/// Whether --rules leaves the rule in; bp, to which all are compared, always is.
bool is_chosen(const Request& asked, std::string_view rule);

}  // namespace rhm

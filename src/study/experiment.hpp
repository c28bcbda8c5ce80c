// What every experiment consists of: lines, each a setting on several seeds.
#pragma once
#include <cstddef>
#include <vector>

#include "train/trainer.hpp"

namespace rhm {

struct Line {
    std::vector<Config> configs;  ///< resolved; none when the results come from a file
    std::vector<Result> results;  ///< one for each configuration, filled in by the command (cli/plan.hpp)

    std::size_t diverged() const;
};

/// The configuration on `seeds` seeds from its own on, resolved.
std::vector<Config> on_seeds(Config config);

}  // namespace rhm

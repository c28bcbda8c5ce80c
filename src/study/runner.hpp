// Many runs: whole runs in parallel, each recorded when it ends, none done twice.
#pragma once
#include <vector>

#include "io/store.hpp"
#include "train/trainer.hpp"

namespace rhm {

struct RunnerReport {
    std::vector<Result> results;  ///< one for each configuration; incomplete when interrupted
    std::size_t reused = 0;       ///< were in the store already
};

/// Trains with every (resolved) configuration that the store does not hold yet, on base.threads threads, one
/// run a thread, with a progress line unless base.quiet. At the end the store is put into the order of
/// `configs`. After an interrupt (see base/interrupt.hpp) the store keeps what was finished.
RunnerReport run_all(const std::vector<Config>& configs, RunStore& store, const Config& base);

}  // namespace rhm

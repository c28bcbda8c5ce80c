// What a run that went wrong is told: what is the matter with it and, by its configuration, what to change.
#pragma once
#include <string>

#include "train/trainer.hpp"

namespace rhm {

/// What to change in a run that diverged: "lower --lr". The causes in order: what was not finite before the
/// first step has changed anything; a decay that makes weights grow; large steps.
std::string divergence_advice(const Config& config, const Result& result);

/// One sentence for each fault of a network that came to its end without telling its data apart: layers that
/// are mostly silent, and codes that have collapsed. Empty when all is well.
std::string silence_text(const Config& config, const Result& result);

/// Whether it says anything.
inline bool is_silent(const Result& result) { return !result.collapsed.empty() || !result.dead.empty(); }

/// How many of some runs went wrong.
struct Faults {
    std::size_t diverged = 0, silent = 0;  ///< silent: what silence_text speaks of
    void count(const Result& result) {
        diverged += result.status == Status::diverged;
        silent += is_silent(result);
    }
};
/// "2 diverged, 1 with layers mostly dead or collapsed", or nothing.
std::string to_text(const Faults& faults);

}  // namespace rhm

// Many runs: whole runs in parallel, each recorded when it ends, none done twice.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "io/store.hpp"
#include "train/options.hpp"
#include "train/trainer.hpp"

namespace rhm {

struct RunnerReport {
    std::vector<Result> results;  ///< one for each configuration; incomplete when interrupted
    std::size_t reused = 0;       ///< were in the store already
};

/// How many runs of each rule have ended, and how well, for the screen.
class Tally {
public:
    Tally(const std::vector<Config>& configs, const std::vector<std::size_t>& missing);

    void ended(const Config& config, const Result& result);
    /// "3 of 48 runs done"
    std::string text() const;
    /// Headings, and a line for each rule.
    std::vector<std::string> table() const;

private:
    struct Row {
        std::string name;
        std::size_t runs = 0, done = 0;
        double accuracy = 0;  ///< the sum
    };
    Row& of(const std::string& rule);
    std::vector<Row> rows_;
};

/// The order in which missing runs are done: the longest first, so that no thread is left with a long one at
/// the end.
std::vector<std::size_t> longest_first(const std::vector<Config>& configs, std::vector<std::size_t> missing);

/// Trains with every (resolved) configuration that the store does not hold yet, on base.threads threads, one
/// run a thread, with a progress line unless base.quiet. At the end the store is put into the order of
/// `configs`. After an interrupt (see base/interrupt.hpp) the store keeps what was finished.
RunnerReport run_all(const std::vector<Config>& configs, RunStore& store, const Request& base);

}  // namespace rhm

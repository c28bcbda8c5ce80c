// A sweep: one run for each combination of values. Pure functions; cli/sweep.cpp runs and prints.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/options.hpp"

namespace rhm {

/// One option of the grid and its values, as text that set() takes.
struct GridAxis {
    const Option* option = nullptr;
    std::vector<std::string> values;
};

/// The values that a grid's text stands for: commas separate items, and an item is a value or, for numbers, a
/// range that includes both ends where the steps meet the last one:
///   bp,dfa   512,600   0:4 = 0,1,2,3,4   2:8:3 = 2,5,8   512:4096:x2 = 512,1024,2048,4096
/// In a file's name a backslash goes before a comma (and before a backslash): a\,b.json.
/// Throws Error(usage).
std::vector<std::string> expand(const Option& option, std::string_view text);

/// Everything that is recorded of a resolved run: equal texts, equal runs.
std::string identity(const Config& config);

/// The resolved runs of a grid, in the order of nested loops, the first axis outermost.
struct Grid {
    std::vector<Config> configs;
    std::size_t repeated = 0;  ///< combinations that resolve to a run that is there already: left out
    std::vector<std::string> impossible;  ///< combinations that no run exists for (resolve() refuses), each
                                          ///< with the reason: left out
};
Grid expand_grid(const Config& base, std::span<const GridAxis> axes);

/// Part `index` (1..count) of the runs, for independent processes: dealt like cards from a deck that is
/// shuffled by a fixed seed, so that every part gets its share of every rule and size. Each run is in exactly
/// one part; order is kept.
struct Shard {
    std::size_t index = 1, count = 1;
};
/// "2/8"; throws Error(usage).
Shard parse_shard(std::string_view text);
std::vector<Config> take_shard(const std::vector<Config>& configs, const Shard& shard);

/// Multiply-adds of the forward passes up to the cap on steps: what the order of runs and the progress are
/// weighed by.
double work(const Config& config);

/// Bytes of a training run: data, weights, gradients, activations.
double memory_of(const Config& config);

/// What a run takes: measured on a few steps of the same network, rule and batch, with little data.
struct Cost {
    double seconds = 0;  ///< of all runs on one core, when none stops before its cap
    double bytes = 0;    ///< of the largest run
};
Cost cost_of(std::span<const Config> configs);

}  // namespace rhm

// Data drawn from a grammar, without replacement: one byte a leaf, and nothing else.
#pragma once
#include <cstdint>
#include <vector>

#include "data/grammar.hpp"
#include "data/sampler.hpp"
#include "data/views.hpp"

namespace rhm {

/// Labelled strings: one byte a leaf, row-major [size, length].
struct Dataset {
    std::size_t length = 0;            ///< d
    std::vector<std::uint8_t> leaves;  ///< [size, d]
    std::vector<std::uint8_t> labels;  ///< [size] in 0..n_c-1

    std::size_t size() const { return labels.size(); }
    const std::uint8_t* row(std::size_t i) const { return leaves.data() + i * length; }
};

/// Draws one part: a function of its arguments, nested (the first P of a larger P are the same data).
Dataset draw(const Grammar& grammar, const SplitSizes& sizes, Split split, std::uint64_t seed);

/// How fast data are drawn on one core, `count` data of a task: leaves a second.
double bench_data(const GrammarShape& shape, std::size_t count);

}  // namespace rhm

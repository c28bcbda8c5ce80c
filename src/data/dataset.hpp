// Data drawn from a grammar, without replacement, and the pairs of views that self-supervised rules learn from.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "data/grammar.hpp"

namespace rhm {

/// Which part of the language a datum is drawn from. The parts never share a datum: training data are counted from the front of one
/// keyed permutation of the language, test data from its back, validation data follow the test data (seen from the back).
enum class Split { train, test, validation };

/// Labelled strings: one byte a leaf, row-major [size, length].
struct Dataset {
    std::size_t length = 0;             ///< d
    std::vector<std::uint8_t> leaves;   ///< [size, d]
    std::vector<std::uint8_t> labels;   ///< [size] in 0..n_c-1

    std::size_t size() const { return labels.size(); }
    const std::uint8_t* row(std::size_t i) const { return leaves.data() + i * length; }
};

/// How many data are wanted of each part.
struct SplitSizes { std::size_t train = 0, test = 0, validation = 0; };

/// Throws Error(input) when the parts together exceed P_max = n_c m^((s^L-1)/(s-1)) (the sentence says P_max and what to lower).
void check(const GrammarShape& shape, const SplitSizes& sizes);

/// Draws one part: balanced classes (datum i of a part has class i mod n_c), nested (the first P of a larger P are the same data).
Dataset draw(const Grammar& grammar, const SplitSizes& sizes, Split split, std::uint64_t seed);

/// Draws for each of the N rows of `indices` another datum of the same class: partner[i] is an index into `data`, different from
/// indices[i] when the class has two data. A function of (seed, step, position in the batch).
class ClassPartners {
public:
    explicit ClassPartners(const Dataset& data, int classes);
    void draw(std::span<const std::uint32_t> indices, std::uint64_t seed, std::uint64_t step, std::span<std::uint32_t> partners) const;

private:
    const Dataset* data_;
    std::vector<std::vector<std::uint32_t>> members_;  ///< [class]
};

}  // namespace rhm

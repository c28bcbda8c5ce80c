// Which data of the language make up the training, test and validation parts, without drawing or storing
// them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "data/grammar.hpp"
#include "data/permutation.hpp"

namespace rhm {

/// Which part of the language a datum is drawn from. The parts never share a datum: training data are counted
/// from the front of one keyed permutation of the language, test data from its back, validation data follow
/// the test data (seen from the back). So the training data do not depend on the other sizes, nor the test
/// data, and the first P of a larger P are the same data.
enum class Split { train, test, validation };
inline constexpr std::string_view kSplitNames[] = {"train", "test", "validation"};

/// How many data are wanted of each part, and whether classes come in turn (datum i of a part has class i mod
/// n_c, and each class has its own permutation) or as they fall (`uniform`: one permutation of the whole
/// language).
struct SplitSizes {
    std::size_t train = 0, test = 0, validation = 0;
    bool uniform = false;

    std::size_t of(Split split) const {
        return split == Split::train ? train : split == Split::test ? test : validation;
    }
};

/// Throws Error(input) when the parts together exceed P_max = n_c m^((s^L-1)/(s-1)), or, with classes in
/// turn, one class's share of it.
void check(const GrammarShape& shape, const SplitSizes& sizes);

/// Finds datum i of a part, as its digits (class, choices; see language.hpp). A function of (shape, sizes,
/// seed).
class Sampler {
public:
    Sampler(const GrammarShape& shape, const SplitSizes& sizes, std::uint64_t seed);
    std::size_t size(Split split) const { return sizes_.of(split); }
    void at(Split split, std::size_t i, std::span<std::uint32_t> digits) const;

private:
    SplitSizes sizes_;
    std::size_t classes_;
    std::vector<Permutation> permutations_;  ///< one a class, or one for all
};

}  // namespace rhm

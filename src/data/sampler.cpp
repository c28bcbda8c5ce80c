#include "data/sampler.hpp"

#include "base/error.hpp"
#include "data/language.hpp"

namespace rhm {

/// Of the first n data of a part, how many have class c when classes come in turn: 0, 1, ..., n_c - 1, 0, 1,
/// ...
static std::size_t share(std::size_t n, std::size_t c, std::size_t classes) {
    return n / classes + (c < n % classes);
}

void check(const GrammarShape& shape, const SplitSizes& sizes) {
    if (shape.synonyms == 1 && !sizes.uniform && sizes.train > 0 && sizes.test + sizes.validation > 0)
        fail(Exit::input,
             "with m = 1 a class has a single string, so that none is left to test on; give -m 2 or more");
    auto most = p_max(shape);
    u128 want = u128{sizes.train} + sizes.test + sizes.validation;
    if (most && want > *most)
        fail(Exit::input, "the language has only P_max = ", decimal(*most), " data, but ", decimal(want),
             " are asked for; lower -P or --test-size");
    std::size_t n = std::size_t(shape.classes);
    u128 of_first = u128{share(sizes.train, 0, n)} + share(sizes.test, 0, n) + share(sizes.validation, 0, n);
    auto in_class = class_share(shape);
    if (!sizes.uniform && in_class && of_first > *in_class)
        fail(Exit::input, "a class has only P_max / n_c = ", decimal(*in_class),
             " data, but the parts ask for ", decimal(of_first),
             " of class 0; lower -P or --test-size, or make them multiples of n_c = ", n);
}

Sampler::Sampler(const GrammarShape& shape, const SplitSizes& sizes, std::uint64_t seed)
    : sizes_(sizes), classes_(std::size_t(shape.classes)) {
    check(shape, sizes);
    std::uint32_t m = std::uint32_t(shape.synonyms), n = std::uint32_t(shape.classes);
    if (sizes.uniform)
        permutations_.emplace_back(digit_count(shape), n, m, seed, n);
    else
        for (std::uint32_t c = 0; c < n; ++c)
            permutations_.emplace_back(digit_count(shape) - 1, m, m, seed, c);
}

void Sampler::at(Split split, std::size_t i, std::span<std::uint32_t> digits) const {
    if (sizes_.uniform) {
        if (split == Split::validation) i += sizes_.test;
        permutations_[0].at(i, split != Split::train, digits);
        return;
    }
    std::size_t label = i % classes_, rank = i / classes_;
    if (split == Split::validation) rank += share(sizes_.test, label, classes_);
    digits[0] = std::uint32_t(label);
    permutations_[label].at(rank, split != Split::train, digits.subspan(1));
}

}  // namespace rhm

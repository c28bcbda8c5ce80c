#include "data/permutation.hpp"

#include <algorithm>
#include <numeric>

#include "base/rng.hpp"
#include "data/language.hpp"

namespace rhm {
namespace {

/// One step of a hash: a bijection of `hash` for every `word` and of `word` for every `hash` (the finaliser
/// of SplitMix64).
inline std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) + 0x9E3779B97F4A7C15u;
    hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBu;
    return hash ^ (hash >> 31);
}

}  // namespace

Permutation::Permutation(std::size_t digits, std::uint32_t first, std::uint32_t rest, std::uint64_t seed,
                         std::uint64_t stream)
    : first_(first), rest_(rest), seed_(seed), stream_(stream), digits_per_word_(0) {
    std::uint64_t largest = std::max(first, rest), range = 1;
    while (digits_per_word_ < 32 && range <= (std::uint64_t{1} << 32) / largest) {
        range *= largest;
        ++digits_per_word_;
    }

    constexpr std::uint64_t small = 4096;
    std::uint64_t size = first;
    for (std::size_t i = 1; i < digits && size <= small; ++i) size *= rest;
    if (size > small && digits > 1) return;
    table_.resize(size);
    std::iota(table_.begin(), table_.end(), 0u);
    Rng(seed, Purpose::permutation, stream).shuffle(std::span<std::uint32_t>(table_));
}

void Permutation::at(std::uint64_t rank, bool from_back, std::span<std::uint32_t> digits) const {
    if (!table_.empty()) rank = table_[from_back ? table_.size() - 1 - rank : rank];
    std::size_t i = digits.size();
    for (; rank && i-- > 0; rank /= radix(i)) digits[i] = std::uint32_t(rank % radix(i));
    std::fill_n(digits.begin(), i, 0u);
    if (!table_.empty()) return;
    if (from_back)  // n - 1 - rank has the complementary digits
        for (std::size_t k = 0; k < digits.size(); ++k) digits[k] = radix(k) - 1 - digits[k];

    std::size_t middle = digits.size() / 2;
    for (unsigned round = 0; round < rounds; ++round) {
        std::size_t from = round % 2 ? 0 : middle,
                    to = round % 2 ? middle : digits.size();  // the half that is read
        std::uint64_t hash = mix(stream_, round), packed = 0;
        int in_word = 0;
        // as many digits as fit exactly into 32 bits, then one step of the hash
        for (std::size_t k = from; k < to; ++k) {
            packed = packed * rest_ + digits[k];
            if (++in_word < digits_per_word_) continue;
            hash = mix(hash, packed);
            packed = 0;
            in_word = 0;
        }
        hash = mix(hash, packed);
        if (round % 2)
            add_offsets(hash, middle, digits.size(), digits);
        else
            add_offsets(hash, 0, middle, digits);
    }
}

void Permutation::add_offsets(std::uint64_t hash, std::size_t from, std::size_t to,
                              std::span<std::uint32_t> digits) const {
    Rng rng(seed_, Purpose::permutation, hash);
    std::uint64_t word = 0;
    int left = 0;
    for (std::size_t k = from; k < to; ++k) {
        if (left == 0) {
            word = rng.next64();
            left = digits_per_word_;
        }
        --left;
        // word / 2^64 is a fraction: times the radix, its whole part is the next digit and the rest the next
        // fraction. A digit's probability is off by less than 2^-32 of itself.
        u128 product = u128(word) * radix(k);
        word = std::uint64_t(product);
        std::uint32_t sum = digits[k] + std::uint32_t(product >> 64);
        digits[k] = sum >= radix(k) ? sum - radix(k) : sum;
    }
}

}  // namespace rhm

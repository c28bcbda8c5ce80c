// A keyed permutation of all numbers with given digits: sampling without replacement needs no set of what was
// drawn before, any element is found alone, and the size has no limit (a language can have far more than
// 2^128 data).
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace rhm {

/// A permutation of the n = first * rest^(digits - 1) vectors of digits whose first has radix `first` and the
/// others radix `rest`. Up to 4096 vectors (or with a single digit) it is a Fisher-Yates shuffle, so every
/// permutation is equally likely over the seeds. Beyond, it is a Feistel network on the digits (Luby &
/// Rackoff, SIAM J. Comput. 17, 373, 1988; with addition modulo the radix as in NIST SP 800-38G): in every
/// round, each digit of one half is increased, modulo its radix, by a pseudo-random number that depends on
/// (seed, stream, round, the other half). A round is undone by subtracting the same numbers, hence a
/// bijection.
class Permutation {
public:
    Permutation(std::size_t digits, std::uint32_t first, std::uint32_t rest, std::uint64_t seed,
                std::uint64_t stream);

    /// Writes the element at place `rank` (< n), counted from the front or from the back.
    void at(std::uint64_t rank, bool from_back, std::span<std::uint32_t> digits) const;

private:
    static constexpr int rounds = 8;
    void add_offsets(std::uint64_t hash, std::size_t from, std::size_t to,
                     std::span<std::uint32_t> digits) const;
    std::uint32_t radix(std::size_t digit) const { return digit == 0 ? first_ : rest_; }

    std::uint32_t first_, rest_;
    std::uint64_t seed_, stream_;
    int digits_per_word_;               ///< so many digits are taken from 64 random bits
    std::vector<std::uint32_t> table_;  ///< the whole permutation, when it is small
};

}  // namespace rhm

// Randomness is a function of (seed, purpose, index): the counter-based generator Philox4x32-10 of Salmon,
// Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). No state is shared, so
// nothing depends on the order in which runs, layers or threads draw their numbers.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/real.hpp"

namespace rhm {

/// One block of Philox4x32-10: four random words from a 128-bit counter and a 64-bit key.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// What a stream of random numbers is for. The values are part of the meaning of a seed: append, never
/// renumber.
enum class Purpose : std::uint32_t {
    grammar = 1,  ///< production rules; index = level
    permutation,  ///< which data are drawn; index = round
    batches,      ///< order of the training data; index = epoch
    weights,      ///< initial weights; index = layer
    feedback,     ///< random feedback weights; index = layer
    heads,        ///< local heads and predictors; index = layer
    pairs,        ///< partner of a datum; index = step
    masks,        ///< shuffled masks; index = step
    views,        ///< synonym re-derivations; index = step
    negatives,    ///< negative samples; index = step
    measure,      ///< measurements; index = what is measured
    bootstrap,    ///< resampling for confidence intervals
    test,         ///< tests
    search,       ///< hyper-parameter search; index = trial
};

/// A stream of random numbers.
class Rng {
public:
    Rng(std::uint64_t seed, Purpose purpose, std::uint64_t index = 0)
        : seed_(seed), index_(index), purpose_(std::uint32_t(purpose)) {}

    std::uint32_t next32();
    std::uint64_t next64() {
        std::uint64_t high = next32();
        return high << 32 | next32();
    }
    /// Uniform in [0, 1), 53 bits.
    double uniform() { return double(next64() >> 11) * 0x1.0p-53; }
    /// Uniform in {0, ..., n - 1} without bias (Lemire 2019), n >= 1.
    std::uint64_t below(std::uint64_t n);
    /// Standard normal (Box-Muller, computed in double).
    double normal();

    /// Fills with N(0, sd^2).
    void fill_normal(std::span<real> out, double sd) {
        for (real& x : out) x = real(sd * normal());
    }
    /// Fisher-Yates shuffle.
    template <class T>
    void shuffle(std::span<T> a) {
        for (std::size_t i = a.size(); i > 1; --i) {
            std::size_t j = std::size_t(below(i));
            T keep = a[i - 1];
            a[i - 1] = a[j];
            a[j] = keep;
        }
    }

private:
    std::uint64_t seed_, index_;
    std::uint32_t purpose_, block_ = 0, used_ = 4;
    std::array<std::uint32_t, 4> words_{};
    double spare_ = 0;
    bool has_spare_ = false;
};

}  // namespace rhm

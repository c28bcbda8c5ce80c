// One training run.
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "data/dataset.hpp"
#include "run/config.hpp"

namespace rhm {

struct Evaluation {
    std::int64_t step = 0;
    double loss = 0;            ///< mean cross-entropy of the readout over the steps since the last evaluation, nats
    double train_accuracy = 0;  ///< on the first min(P, test_size) training data
    double test_accuracy = 0;
};

enum class Status { ok, diverged, interrupted };
inline constexpr std::string_view kStatusNames[] = {"ok", "diverged", "interrupted"};

struct Result {
    Status status = Status::ok;
    double train_accuracy = 0;  ///< on all training data, after the last step
    double test_accuracy = 0;
    std::int64_t steps = 0;
    double seconds = 0;         ///< wall time of the training steps, evaluations apart
    double samples_per_second = 0;
};

/// What a caller may watch. All may be empty.
struct Hooks {
    std::function<void(const Evaluation&)> evaluated;
    std::function<void(std::int64_t step, double loss)> stepped;  ///< after every 50 steps
};

/// Trains with a resolved configuration. Stops at the cap, when the mean cross-entropy of 50 steps falls below stop_loss, when a
/// loss is not finite (diverged), or on an interrupt. A function of the configuration alone, time fields apart.
Result train(const Config& config, const Hooks& hooks = {});

/// An endless stream of batches: every epoch is a new permutation of the P data; a batch may straddle two epochs.
class Batches {
public:
    Batches(std::size_t size, std::uint64_t seed) : order_(size), seed_(seed) { at_ = size; }
    /// Writes the next batch's indices.
    void next(std::span<std::uint32_t> indices);

private:
    std::vector<std::uint32_t> order_;
    std::uint64_t seed_, epoch_ = 0;
    std::size_t at_;
};

/// Fraction of the first `count` data that the network puts into their class.
template <class T>
double accuracy(const Network<T>& net, const Dataset& data, std::size_t count, Record<T>& record);

}  // namespace rhm

// One training run.
#pragma once
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "data/dataset.hpp"
#include "net/network.hpp"
#include "train/optimizer.hpp"
#include "rules/rule.hpp"
#include "train/config.hpp"

namespace rhm {

struct Evaluation {
    std::int64_t step = 0;
    double loss =
        0;  ///< mean of Trainer::step() over the steps since the last evaluation: cross-entropy in nats
    double train_accuracy =
        kNoLoss;  ///< on the first min(P, test_size) training data; NaN while no readout learns
    double test_accuracy = kNoLoss;  ///< likewise
    std::vector<double> deviation = {},
                        rank = {};  ///< rules that learn from pairs: of each hidden layer's code, see Health
};

enum class Status { ok, diverged, interrupted };
inline constexpr std::string_view kStatusNames[] = {"ok", "diverged", "interrupted"};

struct Result {
    Status status = Status::ok;
    double train_accuracy = 0;  ///< on all (labelled) training data, after the last step
    double test_accuracy = 0;
    double validation_accuracy = NAN;              ///< NaN without validation data
    std::int64_t steps = 0;                        ///< those of the readout apart
    std::optional<std::int64_t> solved_step = {};  ///< of the first evaluation with solved_accuracy()
    bool in_readout = false;                       ///< diverged or interrupted while the readout learnt alone
    std::vector<std::int64_t> collapsed = {};  ///< hidden layers whose code has collapsed, see is_collapsed
    std::vector<double> dead = {};  ///< of each hidden layer, the share of units that fire for no datum;
                                    ///< empty when no layer has more than half
    double seconds = 0;             ///< wall time of the training steps, evaluations apart
    double samples_per_second = 0;
};

/// What train() counts besides its trainer.
struct Sums {
    Result result;
    double window_loss = 0, loss_sum = 0;  ///< since the last look at --stop-loss, and the last evaluation
    std::int64_t summed = 0;               ///< losses in the latter
};

/// An endless stream of batches: every epoch is a new permutation of the P data; a batch may straddle two
/// epochs.
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

/// The strings of a step: the batch and, for rules that learn from pairs of strings, the second views behind
/// it.
class BatchInput {
public:
    BatchInput(const Config& config, const Grammar& grammar, const Dataset& data, bool pairs);
    void next(std::uint64_t step);
    /// As if next() had been called for so many steps, one or more.
    void go_on(std::uint64_t steps);
    std::size_t rows() const { return input.size() / data_.length; }

    std::vector<std::uint8_t> input, labels;  ///< [rows, d] and [N]

private:
    const Dataset& data_;
    Batches batches_;
    ClassPartners partners_;
    Views views_;
    Pairing pairing_;
    int view_level_;
    std::uint64_t seed_;
    bool pairs_;  ///< of strings
    std::vector<std::uint32_t> indices_, others_;
};

/// A run under way: its data, its network, and what a step needs. `config` is resolved.
class Trainer {
public:
    explicit Trainer(const Config& config);
    Trainer(const Trainer&) = delete;
    Trainer& operator=(const Trainer&) = delete;

    /// One step: batch, forward pass, pseudo-gradient, descent. Returns the readout's mean cross-entropy
    /// before it; with readout_labels, when the labels are not looked at, the rule's own loss.
    double step();
    /// The forward pass of the present batch with the weights as they are. Returns the readout's mean
    /// cross-entropy.
    double look();
    /// The last batch as its rule saw it, e.g. to compare rules on it.
    Pass pass() const {
        return {net,
                record,
                batch.labels.size(),
                batch.labels,
                error,
                config.seed,
                std::uint64_t(steps - 1),
                layer_,
                config.schedule == Schedule::end_to_end};
    }
    /// Whether every number that goes on from step to step is finite: weights, what the rule learns and keeps
    /// beside them, and the optimiser's moments. ReLU hides a weight that is not a number: its unit is just
    /// silent, so the loss alone does not tell.
    bool finite();
    /// Calls one of the two with all that a step changes and the steps done do not tell, for a checkpoint.
    void each_state(const std::function<void(double&)>& number,
                    const std::function<void(std::span<real>)>& list);
    /// The state but for that after so many steps, one or more.
    void go_on(std::int64_t done);
    /// Whether all layers (joint), or the last one (greedy), learn.
    bool last_stage() const { return layer_ == 0 || layer_ == net.depth(); }

    const Config config;
    const Rule& rule;
    const Grammar grammar;
    const Dataset train_data, test_data;
    Network net;
    Memory memory;  ///< the rule's
    BatchInput batch;
    Record record;              ///< of the last step's forward pass
    Parameters gradient;        ///< the last pseudo-gradient
    double own_loss = kNoLoss;  ///< the rule's own loss in the last step, NaN when it has none
    std::int64_t steps = 0;     ///< done

private:
    void begin_stage();
    double learning_rate_factor() const;
    std::size_t layer_ = 0;  ///< greedy: the layer that learns
    Descent descend_, descend_learnt_;
    Matrix error;
};

/// What a caller may watch. All may be empty.
struct Hooks {
    std::function<void(const Evaluation&, Trainer&)> evaluated;
    std::function<void(std::int64_t step, double loss)> stepped;  ///< after every 50 steps
    std::function<void(Trainer&)> started;         ///< before the first step, e.g. to put other weights in
    std::function<bool(Trainer&, Sums&)> resumed;  ///< whether it has put both where `halfway` saw them
    /// After every eval_every steps and at an interrupt, before what else is done then.
    std::function<void(Trainer&, const Sums&)> halfway;
    std::function<void(Trainer&)> measured;  ///< every config.measure_every steps and after the last one
    std::function<void(Trainer&, const Result&)> ended;
};

/// Whether a code tells the data apart no more: the units hardly vary, or all vary together. (Health's
/// deviation and rank.)
inline bool is_collapsed(double deviation, double rank) { return !(deviation > 1e-3) || !(rank > 1.5); }

/// What a run counts as beside others: one that diverged may have no accuracy; it guesses.
Result counted(Result result, int classes);

inline constexpr double kReadoutRate = 1e-3;  ///< learning rate of a readout that learns alone

/// Trains the readout of a network whose hidden layers are done on the first config.readout_labels training
/// data, by cross-entropy with Adam, until readout_steps or stop_loss; with siblings the top hidden
/// layer, which has none, too. Everything below stays to the bit. Returns the evaluation after it; `status`
/// tells whether it diverged or was interrupted.
Evaluation train_readout(Trainer& trainer, Status& status);

/// Bytes that any run of a resolved configuration holds at once: weights, gradient, Adam's two moments,
/// training and test data.
double least_memory(const Config& config);

/// Trains with a resolved configuration. Stops at the cap, when the mean cross-entropy of 50 steps falls
/// below stop_loss, when a loss, weight or accuracy is not finite (diverged), or on an interrupt. A function
/// of the configuration alone, time fields apart.
Result train(const Config& config, const Hooks& hooks = {});

/// Fraction of the first `count` data that the network puts into their class; NaN when an output is not
/// finite.
double accuracy(const Network& net, const Dataset& data, std::size_t count, Record& record);

}  // namespace rhm

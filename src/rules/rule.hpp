// The contract of a learning rule. One rule is one file: what it is, its equation, its row. A rule sees
// neither the optimiser nor files, clock or command line. All rules share the readout: it descends the
// cross-entropy (its gradient is taken by pseudo_gradient below), and what differs is delta_l in
//
//   dW_l = h_{l-1}^T delta_l,   delta_l the teaching signal at the pre-activations a_l of hidden layer l.
//
// To add a rule: copy the file of the nearest one and change its comment, its equation and its row. Nothing
// else is touched: the row puts itself into the list (Listed). A row says in one of four ways how it teaches:
//
//   .broadcast   C numbers a datum that reach every layer through random weights of their own (dfa.cpp)
//   .loss        a loss on pairs of a layer's codes (vicreg.cpp; what a pair is: pairs.hpp)
//   .layer_loss  any other loss of a layer's own (layerwise.cpp)
//   .gradient    anything else, with what it needs drawn by .init (fa.cpp)
//
// `make test-rules` finds it and proves in seconds what its `claim` says. For Claim::closed_form write the
// equation once more, plainly, into kTranscriptions of tests/proofs/rules_direct_test.cpp.
#pragma once
#include <cstdint>
#include <deque>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "net/network.hpp"

namespace rhm {

/// What the ReLU derivatives D_k of the layers above are replaced by on the way down to layer l < k.
enum class Mask { exact, none, mean, shuffled };
inline constexpr std::string_view kMaskNames[] = {"exact", "none", "mean", "shuffled"};

/// Which codes the self-supervised rules compare, see rules/local.hpp.
enum class Pairing { classes, synonyms, siblings };
inline constexpr std::string_view kPairingNames[] = {"class", "synonyms", "siblings"};

/// The constants of all rules. A rule reads those it names in its equation.
struct RuleOptions {
    Mask downstream_mask = Mask::exact;  ///< bp, fa, sign_symmetry
    bool local_mask = true;              ///< the same: keep the layer's own D_l
    double feedback_scale = 1;           ///< factor on the random feedback weights
    bool feedback_shared =
        false;            ///< rules with direct feedback: one block of weights for all positions of a layer
    double decay = 1e-4;  ///< dkp: of all weights, forward and feedback
    double forgetting = 0.999;                        ///< ebd: of the running correlation R_l
    double power = 0, power_target = 1, entropy = 0;  ///< ebd's regularisers
    Pairing pairing = Pairing::classes;               ///< rules that learn from pairs
    int head = 16;        ///< k, outputs of the local head (see local.hpp); 0: none
    int head_hidden = 0;  ///< hidden ReLU units of the head; 0: it is linear
    int negatives = 1;    ///< clapp, ff: negatives of each positive
    bool negatives_anywhere =
        false;                   ///< siblings: negatives from any place of the strings, not the pair's own
    double margin = 1;           ///< clapp: scores are pushed beyond +-margin
    double predictor_scale = 1;  ///< clapp: factor on the initial predictors
    bool hebbian = false;        ///< clapp: one kind of sample at a time, separate predictors back
    double temperature = 0.2;    ///< infonce: tau
    double threshold = 2;        ///< ff: theta, a number a unit
    bool stop_gradient = true;   ///< simsiam
    double invariance = 1, variance = 1,
           covariance = 0.04;  ///< weights: vicreg, lpl (pull, push, decorrelation), barlow (the last)
};

/// What a rule keeps between steps.
struct Memory {
    Parameters feedback;         ///< fixed (or changed by adapt only)
    Parameters learnt;           ///< descended by the optimiser together with the network
    Parameters learnt_gradient;  ///< shaped like `learnt`, written by gradient()
    std::deque<Matrix> scratch;  ///< kept so that a step does not allocate; a deque: references stay good
    Matrix& buffer(std::size_t i) {
        if (scratch.size() <= i) scratch.resize(i + 1);
        return scratch[i];
    }
};

/// One batch after its forward pass. For rules that learn from pairs of strings the record holds 2 n rows:
/// row i and row n + i are the two views of pair i. (With Pairing::siblings the pairs are inside the n
/// strings.)
struct Pass {
    const Network& net;
    const Record& record;
    std::size_t n;                         ///< N data, or pairs
    std::span<const std::uint8_t> labels;  ///< [N] of the first views
    ConstView error;                       ///< e / N = (softmax(o) - onehot(y)) / N of the first views [N, C]
    std::uint64_t seed = 0, step = 0;      ///< for rules that draw random numbers at each step
    std::size_t layer = 0;                 ///< local rules: the only hidden layer that learns, 0: all
};

/// What a rule promises, which selects its proof in the tests.
enum class Claim {
    global_gradient,  ///< the gradient of the cross-entropy: checked by finite differences
    local_gradient,   ///< each layer the gradient of its own loss, inputs held fixed: checked by finite
                      ///< differences
    closed_form,      ///< a formula: checked against a plain transcription of the published equation
};

/// What the hidden layers are told besides the strings.
enum class Told { labels, pairs, nothing };

/// Matrices [k, k] (without a head: [H, H] for each position) that a loss learns for each kind of pair, drawn
/// ~ scale^2 N(0, 1 / (k^2 Q)).
struct Predictors {
    std::size_t count = 0;
    double scale = 1;
};

struct PairCodes;
/// A rule's loss on the codes of pairs. `pairs` returns weight * loss, writes dz1 and dz2, and adds to the
/// gradient of its predictors in memory.learnt_gradient; it may use the buffers of `memory` from kLossBuffers
/// on.
struct LocalLoss {
    double (*pairs)(const PairCodes&, const RuleOptions&, Memory&) = nullptr;
    bool whole_layer = false;  ///< without a head: all positions at once, not one by one
    bool same_place = false;   ///< siblings: pairs at different places are not mixed (contrastive losses)
    Predictors (*predictors)(const RuleOptions&, std::size_t width) = nullptr;
};

struct Rule {
    int place;  ///< in the list, which is in teaching order
    std::string_view name, family, summary;
    std::string_view equation;  ///< delta_l or the local loss, in the notation of rule.hpp and network.hpp
    std::string_view needs;     ///< the signals a synapse needs
    std::string_view citation;
    Claim claim;
    Told told;
    std::string_view defaults;       ///< the tuned values of options that are not given: "lr=3e-3 head=16"
    std::string_view unmasked = {};  ///< those that take their place when a mask is not exact: "lr=3.7e-3"
    std::string_view search;  ///< what 'rhm tune' searches: ranges, evenly on a log scale, and choices:
                              ///< "lr=3e-4:3e-2 head=8|16|32"
    bool chain = false;       ///< its signal comes down from layer to layer, so that the mask options apply
    // How it teaches: see the head of this file.
    void (*broadcast)(const Pass&, View signal) = nullptr;  ///< signal [N, C] to be written
    LocalLoss loss = {};
    /// Draws what the rule needs besides the network: feedback weights, heads.
    void (*init)(const Network&, const RuleOptions&, std::uint64_t seed, Memory&) = nullptr;
    /// The loss of layer l given its code, with dh = dLoss/dh_l [rows of the record, Q * H] written, and the
    /// gradient of what the layer has learnt besides added to memory.learnt_gradient.
    double (*layer_loss)(const Pass&, std::size_t l, const RuleOptions&, Memory&, View dh) = nullptr;
    /// Adds the hidden layers' pseudo-gradient to `gradient`.
    void (*gradient)(const Pass&, const RuleOptions&, Memory&, Parameters& gradient) = nullptr;
    /// The rule's own plasticity that is no gradient.
    void (*adapt)(const Pass&, const RuleOptions&, Memory&) = nullptr;

    bool is_local() const { return loss.pairs || layer_loss; }
    bool wants_pairs() const { return told == Told::pairs; }
};

/// All rules, in teaching order.
std::span<const Rule* const> rules();
/// The rule of a name; throws Error(usage) that suggests the nearest.
const Rule& find_rule(std::string_view name);

/// Puts a rule into the list: every rule's file ends with one.
struct Listed {
    explicit Listed(const Rule&);
    const Rule rule;
};

/// What the rule needs besides the network.
Memory start(const Rule& rule, const Network& net, const RuleOptions& options, std::uint64_t seed);
/// gradient = readout gradient + the rule's hidden gradient; learnt_gradient likewise. Returns the rule's own
/// loss, NaN when it has none.
double pseudo_gradient(const Rule& rule, const Pass& pass, const RuleOptions& options, Memory& memory,
                       Parameters& gradient);
/// The hidden gradient alone.
double hidden_gradient(const Rule& rule, const Pass& pass, const RuleOptions& options, Memory& memory,
                       Parameters& gradient);
/// Local rules: layer l's own loss, see Rule::layer_loss.
double layer_loss(const Rule& rule, const Pass& pass, std::size_t l, const RuleOptions& options,
                  Memory& memory, View dh);

inline constexpr double kNoLoss = std::numeric_limits<double>::quiet_NaN();

}  // namespace rhm

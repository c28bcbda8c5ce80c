// The contract of a learning rule. One rule = one file = the same few functions:
//
//   init      draws what the rule needs besides the network: feedback weights, heads, predictors
//   gradient  turns the record of a forward pass into a pseudo-gradient shaped like the network's weights
//   adapt     the rule's own plasticity that is no gradient (optional)
//
// A rule sees neither the optimiser nor files, clock or command line. All rules share the readout: it
// descends the cross-entropy (its gradient is taken by pseudo_gradient below), and what differs is delta_l in
//
//   dW_l = h_{l-1}^T delta_l,   delta_l the teaching signal at the pre-activations a_l of hidden layer l.
//
// To add a rule: copy the file of the nearest one, rename its constant (kDfa), declare and list it in
// table.cpp. The tests find it there, and prove what its `claim` says; for Claim::closed_form write the
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

struct Rule {
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
    void (*init)(const Network&, const RuleOptions&, std::uint64_t seed, Memory&) = nullptr;
    /// Adds the hidden layers' pseudo-gradient to `gradient`; returns the rule's own loss, NaN when it has
    /// none.
    double (*gradient)(const Pass&, const RuleOptions&, Memory&, Parameters& gradient) = nullptr;
    void (*adapt)(const Pass&, const RuleOptions&, Memory&) = nullptr;
    /// Local rules: the loss of layer l given its code, with dh = dLoss/dh_l [rows of the record, Q * H], and
    /// the gradient of what the layer has learnt besides added to memory.learnt_gradient. Null for rules with
    /// a signal from the output.
    double (*layer_loss)(const Pass&, std::size_t l, const RuleOptions&, Memory&, View dh) = nullptr;

    bool wants_pairs() const { return told == Told::pairs; }
};

/// All rules, in teaching order.
std::span<const Rule* const> rules();
/// The rule of a name; throws Error(usage) that suggests the nearest.
const Rule& find_rule(std::string_view name);

/// gradient = readout gradient + the rule's hidden gradient; learnt_gradient likewise. Returns the rule's own
/// loss or NaN.
inline double pseudo_gradient(const Rule& rule, const Pass& pass, const RuleOptions& options, Memory& memory,
                              Parameters& gradient) {
    gradient.zero();
    memory.learnt_gradient.zero();
    accumulate_readout(pass.net, pass.record, pass.error, gradient);
    return rule.gradient(pass, options, memory, gradient);
}

inline constexpr double kNoLoss = std::numeric_limits<double>::quiet_NaN();

}  // namespace rhm

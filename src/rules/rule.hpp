// The contract of a learning rule. One rule is one file: what it is, its equation, its row. A rule sees
// neither the optimiser nor files, clock or command line. All rules share the readout, which descends the
// cross-entropy, and what differs is delta_l in
//
//   dW_l = h_{l-1}^T delta_l,   delta_l the teaching signal at the pre-activations a_l of hidden layer l.
//
// With batch normalisation delta_l is at the normalised ones; teach() finds the way back from there.
//
// To add a rule: copy the file of the nearest one and change its namespace, its comment, its equation and
// its row. No other file of src/ is touched: the row puts itself into the list (Listed), and the Makefile
// compiles every file of this folder. A row says in one of four ways how its rule teaches:
//
//   .broadcast   C numbers a datum that reach every layer through random weights of their own (dfa.cpp)
//   .loss        a loss on pairs of a layer's codes (vicreg.cpp; what a pair is: pairs.hpp)
//   .layer_loss  any other loss of a layer's own (layerwise.cpp)
//   .gradient    anything else (fa.cpp)
//
// What the last two need besides the network is drawn by .init. `make test-rules` finds the rule in the list
// and proves in seconds what its `claim` says: a gradient by finite differences; for Claim::closed_form write
// the equation once more, plainly, into kTranscriptions of tests/proofs/rules_direct_test.cpp.
#pragma once
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>

#include "net/network.hpp"
#include "rules/options.hpp"

namespace rhm {

/// --online: a running average, or codes of the step before.
struct Trace {
    Matrix values;
    double seen = 0;  ///< data in the average
};

/// What a rule keeps between steps.
struct Memory {
    Parameters feedback;         ///< fixed (or changed by adapt only)
    Parameters learnt;           ///< descended by the optimiser together with the network
    Parameters learnt_gradient;  ///< shaped like `learnt`
    std::deque<Trace> traces;    ///< see there
    std::deque<Matrix> scratch;  ///< kept so that a step does not allocate; a deque: references stay good
    Matrix& buffer(std::size_t i) {
        if (scratch.size() <= i) scratch.resize(i + 1);
        return scratch[i];
    }
    /// Room for `rows` x `cols` numbers, whatever they are.
    View room(std::size_t i, std::size_t rows, std::size_t cols) {
        buffer(i).resize(rows, cols);
        return buffer(i);
    }
    /// Trace i; zeros at first.
    Trace& trace(std::size_t i, std::size_t rows, std::size_t cols) {
        if (traces.size() <= i) traces.resize(i + 1);
        if (traces[i].values.size() == 0) traces[i].values = Matrix(rows, cols);
        return traces[i];
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
    bool end_to_end = false;  ///< local rules: the top layer's loss alone, its gradient sent down
};

/// What a rule promises, which selects its proof in the tests.
enum class Claim {
    global_gradient,  ///< the gradient of the cross-entropy: finite differences
    local_gradient,   ///< each layer the gradient of its own loss, its input held fixed: finite differences
    closed_form,      ///< a formula: a plain transcription of the published equation
};

/// What the hidden layers are told besides the strings.
enum class Told { labels, pairs, nothing };

/// Matrices [k, k] that a loss learns for each kind of pair, drawn ~ scale^2 N(0, 1 / (k^2 Q)); without a
/// head [H, H], of a loss of the whole layer for each of Q positions, else for all.
struct Predictors {
    std::size_t count = 0;
    double scale = 1;
};

inline constexpr int kDeep = 6;  ///< see Rule::deep_defaults

struct PairCodes;
/// A rule's loss on the codes of pairs (local.hpp). `pairs` returns weight * loss, writes dz1 and dz2, and
/// adds to the gradient of its predictors in memory.learnt_gradient; it may use the buffers of `memory` from
/// kLossBuffers on.
struct LocalLoss {
    double (*pairs)(const PairCodes&, const RuleOptions&, Memory&) = nullptr;
    bool whole_layer = false;  ///< without a head: all positions at once, not one by one
    bool contrastive = false;  ///< has negatives; siblings: pairs at different places are not mixed
    bool statistics = false;   ///< over the data of a batch
    Predictors (*predictors)(const RuleOptions&, std::size_t width) = nullptr;
};

struct Rule {
    int place;  ///< in the list, which is in teaching order
    std::string_view name, family, summary;
    std::string_view equation;  ///< delta_l or the local loss, in the notation above and of network.hpp
    std::string_view needs;     ///< the signals a synapse needs
    std::string_view citation;
    Claim claim;
    Told told;
    std::string_view defaults;  ///< the tuned values of options that are not given: "lr=3e-3 head=16"
    std::string_view deep_defaults = {};  ///< what counts more than they do from kDeep hidden layers on
    std::string_view mask_defaults = {};  ///< ... and more than both when masks are changed
    /// What 'rhm tune' searches of it besides what it searches of every rule (study/tune.hpp): ranges, evenly
    /// on a log scale, and choices: "margin=0.3:3 negatives=3|15|63".
    std::string_view search = {};
    bool chain = false;  ///< its signal comes down from layer to layer, so that the mask options apply

    // How it teaches: see the head of this file.
    void (*broadcast)(const Pass&, View signal) = nullptr;  ///< signal [N, C] to be written
    LocalLoss loss = {};
    /// Draws what the rule needs besides the network: feedback weights, readouts.
    void (*init)(const Network&, const RuleOptions&, std::uint64_t seed, Memory&) = nullptr;
    /// The loss of layer l given its code, with dh = dLoss/dh_l [rows of the record, Q * H] written, and the
    /// gradient of what the layer has learnt besides added to memory.learnt_gradient.
    double (*layer_loss)(const Pass&, std::size_t l, const RuleOptions&, Memory&, View dh) = nullptr;
    /// Adds the hidden layers' pseudo-gradient to `gradient`.
    void (*gradient)(const Pass&, const RuleOptions&, Memory&, Parameters& gradient) = nullptr;
    /// The rule's own plasticity that is no gradient. Called after the gradient of the same pass.
    void (*adapt)(const Pass&, const RuleOptions&, Memory&) = nullptr;

    /// The defaults of a network of so many hidden layers, by which a value "0.04/depth" is divided, with the
    /// masks as they are or changed; of two values of an option the first counts.
    std::string defaults_at(int depth, bool masks_changed) const;
    bool is_local() const { return loss.pairs || layer_loss; }
    /// Whether the hidden layers learn.
    bool teaches() const { return broadcast || gradient || is_local(); }
    bool wants_pairs() const { return told == Told::pairs; }
    /// Whether what it compares data with may come from steps before, with --online.
    bool compares() const { return loss.contrastive || loss.statistics; }
};

/// All rules, in teaching order.
std::span<const Rule* const> rules();
/// The rule of a name; throws Error(usage) that suggests the nearest.
const Rule& find_rule(std::string_view name);
/// Whether some rule has a default of its own for the option.
bool has_tuned_defaults(std::string_view option);

/// Puts a rule into the list: every rule's file ends with one. (The list exists as soon as the first rule
/// comes, so the order in which files are initialised does not matter; `place` orders them.)
struct Listed {
    explicit Listed(const Rule&);
    Listed(const Listed&) = delete;
    const Rule rule;
};

/// What the rule needs besides the network.
Memory start(const Rule& rule, const Network& net, const RuleOptions& options, std::uint64_t seed);
/// gradient = readout gradient + the rule's hidden gradient; learnt_gradient likewise. Returns the rule's own
/// loss, NaN when it has none.
double pseudo_gradient(const Rule& rule, const Pass& pass, const RuleOptions& options, Memory& memory,
                       Parameters& gradient);
/// Adds the hidden gradient alone.
double hidden_gradient(const Rule& rule, const Pass& pass, const RuleOptions& options, Memory& memory,
                       Parameters& gradient);
/// Local rules: layer l's own loss, see Rule::layer_loss and local_loss().
double layer_loss(const Rule& rule, const Pass& pass, std::size_t l, const RuleOptions& options,
                  Memory& memory, View dh);

/// delta_l = D_l signal, dW_l += h_{l-1}^T delta_l: the layer's own mask is put on `signal`, N * Q * H
/// numbers. A normalised layer's goes back through that, too, before it comes to W_l; `signal` is left so,
/// unless the layer has strings in use (net/strings.hpp), which leave it as it was.
void teach(const Pass& pass, std::size_t l, View signal, Parameters& gradient);
/// Whether a layer can be taught so: it has strings in use, and nobody wants the signals of each position.
bool by_string(const Pass& pass, std::size_t l);
/// The same for such a layer from what each of its strings is told in sum: signal [D, H].
void teach_strings(const Pass& pass, std::size_t l, View signal, Parameters& gradient);

inline constexpr double kNoLoss = NAN;

}  // namespace rhm

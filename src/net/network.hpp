// The networks of the RHM papers: hidden layers that read non-overlapping groups of positions, ReLU, a linear
// readout.
//
//   a_l = h_{l-1} W_l + b_l   position by position,   h_l = relu(a_l),   o = h_L W_out + b_out,   l = 1..L
//   hidden layers
//
// With batch normalisation (Ioffe & Szegedy 2015, arXiv 1502.03167) of the hidden layers:
//
//   a_l = h_{l-1} W_l,   ahat_l = (a_l - mean) / sqrt(variance + 1e-5),   h_l = relu(ahat_l + b_l)
//
// mean and variance of each unit over the batch; where the positions share their weights, over the positions
// too. Whoever evaluates or measures takes running ones instead. Deviation: b_l is the shift, there is no
// gain. The teaching signal delta_l is at ahat_l then, and W_l learns from what it is at a_l.
//
// Letters: N data of a batch, Q positions of a layer, K inputs of one position, H width, C classes, V
// vocabulary. A layer's code h_l is stored as [N * Q, H]; read as [N, Q * H] it is the whole layer of a
// datum, read as [N * Q / s, s * H] it is the input of the next layer: no copies. Weights are stored [K, H]
// (input first).
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "data/grammar.hpp"
#include "net/parameters.hpp"
#include "net/strings.hpp"

namespace rhm {

enum class Arch {
    cnn,  ///< weights shared by the positions of a layer (the matched convolution of arXiv 2307.02129)
    lcn,  ///< the same connections, each position with weights of its own
    fcn,  ///< one position per layer, connected to everything below
};
inline constexpr std::string_view kArchNames[] = {"cnn", "lcn", "fcn"};

struct LayerShape {
    std::size_t positions = 1;  ///< Q
    std::size_t inputs = 1;     ///< K of one position: s * V in the first layer, s * H above
    std::size_t width = 1;      ///< H, units of one position
    bool shared = true;         ///< one [K, H] for all positions, or Q of them stacked [Q * K, H]

    std::size_t units() const { return positions * width; }
    std::size_t weight_rows() const { return shared ? inputs : positions * inputs; }
};

struct NetworkShape {
    std::vector<LayerShape> hidden;  ///< hidden[l - 1] is layer l
    std::size_t vocab = 2, length = 1, classes = 2;
    bool bias = false;
    bool norm = false;  ///< batch normalisation of the hidden layers

    std::size_t depth() const { return hidden.size(); }
    std::size_t readout_inputs() const { return hidden.back().units(); }
    /// Standard deviation of the initial weights: sqrt(2 / K) of hidden layer l (He et al. 2015), sqrt(1 / K)
    /// of the readout, l = depth + 1.
    double spread(std::size_t l) const;
};

/// The network of `depth` hidden layers for a task. With depth = L and cnn or lcn, one layer per level. A
/// shallower one (depth < L) reads its last code, still spread over s^(L - depth) positions, with one linear
/// readout. fcn: every layer one position of `width` units. Throws Error(input) when depth is not in 1..L
/// (any depth >= 1 for fcn) or the sizes overflow.
NetworkShape network_shape(const GrammarShape& task, Arch arch, std::size_t depth, std::size_t width,
                           bool bias, bool norm = false);

/// Numbers in the network's weights.
std::size_t parameter_count(const NetworkShape& shape);

struct Network {
    NetworkShape shape;
    Parameters parameters;  ///< W_1, (b_1), ..., W_out, (b_out)
    Parameters statistics;  ///< with norm: running mean and variance of every unit with a bias of its own,
                            ///< block l - 1 [2, units]; not descended, see follow()

    /// Weights ~ N(0, spread^2), those of the hidden layers times `scale`; biases zero.
    Network(const NetworkShape& network_shape, std::uint64_t seed, double scale = 1);

    std::size_t depth() const { return shape.depth(); }
    std::size_t weight_index(std::size_t l) const {
        return shape.bias ? 2 * (l - 1) : l - 1;
    }  ///< l = depth + 1: the readout
    View weight(std::size_t l) { return parameters[weight_index(l)]; }
    ConstView weight(std::size_t l) const { return parameters[weight_index(l)]; }
    ConstView readout() const { return weight(depth() + 1); }
    std::span<const real> bias(std::size_t l) const;  ///< empty when the network has none
};

/// The teaching signals delta_l that accumulate() was given, kept for measurements.
struct Signals {
    std::vector<Matrix>
        delta;  ///< [l - 1] [N * Q, H], the sum when a rule calls more than once; empty when it does not

    ConstView of(std::size_t l) const { return l <= delta.size() ? delta[l - 1].view() : ConstView{}; }
    void add(std::size_t l, std::size_t rows, ConstView signal);  ///< of the first signal.rows
};

/// Whose mean and variance normalise: those of the batch (training), or the network's running ones.
enum class Moments { running, batch };

/// How a layer was normalised.
struct Normalised {
    Moments of = Moments::running;
    Matrix moments;       ///< [3, units] as in matrix/standardise.hpp
    Matrix standard;      ///< ahat_l [N * Q, H]; of the batch's moments only
    mutable Matrix work;  ///< for the way back
};

/// What a forward pass leaves behind. The mask of the ReLU is h > 0 (a > 0 and h > 0 are the same).
struct Record {
    std::size_t n = 0;                    ///< N
    std::span<const std::uint8_t> input;  ///< [N, d] symbols
    bool share = true;                    ///< equal strings are computed once; else every row for itself
    std::vector<Strings> strings;         ///< of each hidden layer, where they are few (net/strings.hpp)
    std::vector<Normalised> normalised;   ///< of each hidden layer, when they are
    Matrix logits;                        ///< o [N, C]
    mutable Signals* signals = nullptr;   ///< where accumulate() leaves the teaching signals; null: nowhere
    mutable std::vector<Matrix> code;     ///< of each hidden layer, see h(); those of strings when asked for

    /// h_l [N * Q, H]
    ConstView h(std::size_t l) const;
    /// h_l with one row per datum: [N, Q * H]
    ConstView flat(std::size_t l) const {
        const ConstView all = h(l);
        const std::size_t units = all.size() / (n ? n : 1);
        return {all.data, n, units, units};
    }
};

/// The forward pass of N data. `input` [N, d] must outlive the record.
void forward(const Network& net, std::span<const std::uint8_t> input, std::size_t n, Record& record,
             Moments of = Moments::running);

/// After a training step's forward pass: the running statistics become 0.9 of themselves and 0.1 of the
/// batch's, the variance as of a sample (divided by n - 1).
void follow(const Record& record, Network& net);

/// The product of layer l's input with its weights, without bias, normalisation and ReLU: out [N * Q, H].
/// `below` is h_{l-1} [N * Q_{l-1}, H_{l-1}]; the first layer reads the symbols unless it is given an input
/// that is not one-hot, [N * d, V].
void preactivation(const Network& net, std::size_t l, std::span<const std::uint8_t> input, ConstView below,
                   View out);

/// code = h_l [N * Q, H] of N data; input and below as above. `normalised` is written when the network has
/// norm, and not looked at otherwise.
void forward_layer(const Network& net, std::size_t l, std::span<const std::uint8_t> input, ConstView below,
                   std::size_t n, Matrix& code, Moments of, Normalised& normalised);

/// dW_l += below^T delta_l, db_l += column sums of delta_l, for any input `below` of layer l as above, not
/// empty. (No way back through a normalisation.)
void accumulate_from(const Network& net, std::size_t l, ConstView below, ConstView delta,
                     Parameters& gradient);

/// The way back of a signal at ahat_l to a_l, in place; all rows of the record. Nothing without norm.
void normalise_back(const Network& net, const Record& record, std::size_t l, View delta);

/// db_l += column sums of delta_l, dW_l += h_{l-1}^T delta_l, for `delta` [n * Q, H] of the first n data of
/// the record. With norm for all data, and `delta` goes back through it before it comes to W_l.
void accumulate(const Network& net, const Record& record, std::size_t l, View delta, Parameters& gradient);
/// The same for a layer with strings in use: delta [D, H], the sum over the positions of each.
void accumulate_strings(const Network& net, const Record& record, std::size_t l, ConstView delta,
                        Parameters& gradient);
/// A signal [n * Q, H] of the first n data, summed by the string: [D, H], in the record's room.
View sum_by_string(const Record& record, std::size_t l, ConstView signal);

/// The readout's gradient from the error e [n, C] of the first n data: dW_out += h_L^T e, db_out += column
/// sums.
void accumulate_readout(const Network& net, const Record& record, ConstView error, Parameters& gradient);

/// The signal that layer l sends down through `weights` (its own W_l, or fixed feedback weights of that
/// shape): down [N * Q_{l-1}, H_{l-1}] = signal [N * Q, H] W_l^T. Not for l = 1.
void send_down(const Network& net, std::size_t l, ConstView signal, ConstView weights, View down);
/// The same to a layer with strings in use: down [D, H_{l-1}], the sum over the positions of each. The signal
/// is by string, too, when layer l has strings in use.
void send_down_strings(const Record& record, std::size_t l, ConstView signal, ConstView weights, View down);

}  // namespace rhm

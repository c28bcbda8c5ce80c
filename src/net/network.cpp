#include "net/network.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "matrix/standardise.hpp"

namespace rhm {

NetworkShape network_shape(const GrammarShape& task, Arch arch, std::size_t depth, std::size_t width,
                           bool bias, bool norm) {
    std::size_t levels = std::size_t(task.levels), s = std::size_t(task.tuple);
    if (depth < 1) fail(Exit::input, "the network has no hidden layer; give --depth 1 or more");
    if (arch != Arch::fcn && depth > levels)
        fail(Exit::input, "--depth ", depth, " is more than the task's L = ", levels,
             " levels, which leaves no positions to group; lower --depth or use --arch fcn");
    if (width < 1 || width > 1u << 20) fail(Exit::input, "the width is ", width, "; give --width 1..1048576");
    NetworkShape net;
    net.vocab = std::size_t(task.vocab);
    net.length = std::size_t(task.length());
    net.classes = std::size_t(task.classes);
    net.bias = bias;
    net.norm = norm;
    std::size_t positions = net.length, below = net.vocab;
    for (std::size_t l = 1; l <= depth; ++l) {
        std::size_t group = arch == Arch::fcn ? positions : s;
        positions /= group;
        net.hidden.push_back({positions, group * below, width, arch != Arch::lcn || positions == 1});
        below = width;
    }
    if (double(parameter_count(net)) > 4e9)
        fail(Exit::input, "the network would have ", parameter_count(net), " weights; lower --width");
    return net;
}

/// A bias, as a mean and a variance, belongs to a unit of the code: shared by the positions exactly when the
/// weights are.
static std::size_t biases_of(const LayerShape& layer) { return layer.shared ? layer.width : layer.units(); }

std::size_t parameter_count(const NetworkShape& shape) {
    std::size_t count = shape.readout_inputs() * shape.classes + (shape.bias ? shape.classes : 0);
    for (const LayerShape& layer : shape.hidden)
        count += layer.weight_rows() * layer.width + (shape.bias ? biases_of(layer) : 0);
    return count;
}

double NetworkShape::spread(std::size_t l) const {
    return l <= depth() ? std::sqrt(2 / double(hidden[l - 1].inputs))
                        : std::sqrt(1 / double(readout_inputs()));
}

Network::Network(const NetworkShape& network_shape, std::uint64_t seed, double scale) : shape(network_shape) {
    for (std::size_t l = 1; l <= depth() + 1; ++l) {
        bool hidden = l <= depth();
        std::string name = hidden ? std::to_string(l) : "out";
        const LayerShape* layer = hidden ? &shape.hidden[l - 1] : nullptr;
        parameters.add("W" + name, hidden ? layer->weight_rows() : shape.readout_inputs(),
                       hidden ? layer->width : shape.classes);
        if (shape.bias) parameters.add("b" + name, 1, hidden ? biases_of(*layer) : shape.classes);
    }
    parameters.allocate();
    for (std::size_t l = 1; l <= depth() + 1; ++l) {
        Rng rng(seed, Purpose::weights, l);
        rng.fill_normal(parameters.span(weight_index(l)), (l <= depth() ? scale : 1) * shape.spread(l));
    }
    if (!shape.norm) return;
    for (std::size_t l = 1; l <= depth(); ++l)
        statistics.add(concat("moments", l), 2, biases_of(shape.hidden[l - 1]));
    statistics.allocate();
    for (std::size_t l = 1; l <= depth(); ++l)
        std::fill_n(statistics[l - 1].row(1), statistics[l - 1].cols, real(1));
}

std::span<const real> Network::bias(std::size_t l) const {
    if (!shape.bias) return {};
    auto b = parameters[weight_index(l) + 1];
    return {b.data, b.size()};
}

namespace {

/// Rows of position q of a code [N * Q, H]: [N, H] with the stride of a whole layer.
template <class Any>
Any position(Any code, std::size_t positions, std::size_t q) {
    return {code.data + q * code.stride, code.rows / positions, code.cols, code.stride * positions};
}

/// A code [N * Q, H] with a column for each unit that has a bias of its own.
template <class Any>
Any by_unit(const LayerShape& layer, Any code) {
    return code.in_rows(biases_of(layer));
}

}  // namespace

void preactivation(const Network& net, std::size_t l, std::span<const std::uint8_t> input, ConstView below,
                   View out) {
    const LayerShape& layer = net.shape.hidden[l - 1];
    ConstView w = net.weight(l);
    std::size_t groups = layer.shared ? 1 : layer.positions, symbols = net.shape.length / layer.positions;
    for (std::size_t q = 0; q < groups; ++q) {
        ConstView weights = w.rows_from(q * layer.inputs, layer.inputs);
        View target = position(out, groups, q);
        if (l == 1 && below.empty())
            gather(input.data() + q * symbols, symbols, symbols * groups, net.shape.vocab, weights, target);
        else
            gemm_nn(position(below.in_rows(layer.inputs), groups, q), weights, target);
    }
}

/// a_l becomes ahat_l.
static void normalise(const Network& net, std::size_t l, Moments of, View a, Normalised& normalised) {
    normalised.of = of;
    normalised.moments.resize(3, a.cols);
    const View moments = normalised.moments;
    if (of == Moments::batch) {
        find_moments(a, moments);
    } else {
        std::copy_n(net.statistics[l - 1].data, 2 * a.cols, moments.data);
        invert_deviation(moments);
    }
    standardise(a, moments, a);
    if (of == Moments::running) return;
    normalised.standard.resize(a.rows, a.cols);
    std::copy_n(a.data, a.size(), normalised.standard.data());
}

void forward_layer(const Network& net, std::size_t l, std::span<const std::uint8_t> input, ConstView below,
                   std::size_t n, Matrix& code, Moments of, Normalised& normalised) {
    const LayerShape& layer = net.shape.hidden[l - 1];
    code.resize(n * layer.positions, layer.width);
    preactivation(net, l, input, below, code);
    const View a = by_unit(layer, code.view());
    if (net.shape.norm) normalise(net, l, of, a, normalised);
    bias_relu(net.bias(l), a);
}

/// What layer l reads when the strings of layer l - 1 are in use: by its own strings, or position by
/// position.
static Code strings_below(const Record& record, std::size_t l, bool by_string) {
    const Strings &below = record.strings[l - 2], &here = record.strings[l - 1];
    return {below.code, &below, by_string ? here.parts.data() : below.of.data()};
}

/// Looks for equal strings in layer l. They are in use when the products of layer l + 1 cost at most half
/// with them, and so does whatever else reads groups of that size.
static void find_strings(const Network& net, Record& record, std::size_t l) {
    Strings& here = record.strings[l - 1];
    here.of.clear();
    const bool low = l < net.depth() && (l == 1 || record.strings[l - 2].used());
    if (!record.share || !low || net.shape.norm) return;
    const LayerShape &layer = net.shape.hidden[l - 1], &next = net.shape.hidden[l];
    if (!layer.shared || !next.shared) return;
    const std::span<const std::uint8_t> below = l == 1 ? record.input : record.strings[l - 2].of;
    const std::size_t rows = record.n * layer.positions, group = layer.positions / next.positions;
    here.find(below, below.size() / std::max<std::size_t>(rows, 1),
              l == 1 ? net.shape.vocab : record.strings[l - 2].count(), rows / (2 * group), layer.width);
}

/// Layer l of the forward pass where its strings, or those of the layer below, are in use.
static void forward_strings(const Network& net, std::size_t l, Record& record) {
    const LayerShape& layer = net.shape.hidden[l - 1];
    Strings& here = record.strings[l - 1];
    Matrix& code = record.code[l - 1];
    code.resize(here.used() ? 0 : record.n * layer.positions, layer.width);
    const View out = here.used() ? here.code.view() : code.view();
    if (l == 1)
        gather(here.parts.data(), layer.inputs / net.shape.vocab, layer.inputs / net.shape.vocab,
               net.shape.vocab, net.weight(1), out);
    else
        multiply(strings_below(record, l, here.used()), net.weight(l), out);
    bias_relu(net.bias(l), out);
}

ConstView Record::h(std::size_t l) const {
    const Strings& few = strings[l - 1];
    Matrix& all = code[l - 1];
    if (few.used() && all.rows() == 0) {
        all.resize(few.of.size(), few.code.cols());
        gather(few.of.data(), 1, 1, few.count(), few.code, all);
    }
    return all;
}

void forward(const Network& net, std::span<const std::uint8_t> input, std::size_t n, Record& record,
             Moments of) {
    record.n = n;
    record.input = input;
    record.code.resize(net.depth());
    record.strings.resize(net.depth());
    record.normalised.resize(net.depth());
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        find_strings(net, record, l);
        if (record.strings[l - 1].used() || (l > 1 && record.strings[l - 2].used()))
            forward_strings(net, l, record);
        else
            forward_layer(net, l, input, l > 1 ? record.h(l - 1) : ConstView{}, n, record.code[l - 1], of,
                          record.normalised[l - 1]);
    }
    record.logits.resize(n, net.shape.classes);
    auto bias = net.bias(net.depth() + 1);
    for (std::size_t i = 0; i < n && !bias.empty(); ++i)
        for (std::size_t c = 0; c < bias.size(); ++c) record.logits(i, c) = bias[c];
    gemm_nn(record.flat(net.depth()), net.readout(), record.logits, bias.empty() ? real(0) : real(1));
}

void follow(const Record& record, Network& net) {
    for (std::size_t l = 1; l <= net.statistics.blocks(); ++l) {
        const View running = net.statistics[l - 1];
        const Normalised& batch = record.normalised[l - 1];
        const real n = real(batch.standard.rows());
        for (std::size_t j = 0; j < running.cols; ++j) {
            running(0, j) = real(0.9) * running(0, j) + real(0.1) * batch.moments(0, j);
            running(1, j) = real(0.9) * running(1, j) + real(0.1) * n / (n - 1) * batch.moments(1, j);
        }
    }
}

namespace {

void add_column_sums(ConstView delta, std::span<real> sums) {
    for (std::size_t r = 0; r < delta.rows; ++r)
        for (std::size_t c = 0; c < delta.cols; ++c) sums[c] += delta(r, c);
}

void accumulate_bias(const Network& net, std::size_t l, ConstView delta, Parameters& gradient) {
    if (!net.shape.bias) return;
    add_column_sums(by_unit(net.shape.hidden[l - 1], delta), gradient.span(net.weight_index(l) + 1));
}

/// dW_l += below^T delta_l
void accumulate_weights(const LayerShape& layer, ConstView below, ConstView delta, View dw) {
    const ConstView inputs = below.in_rows(layer.inputs);
    const std::size_t groups = layer.shared ? 1 : layer.positions;
    for (std::size_t q = 0; q < groups; ++q)
        gemm_tn(position(inputs, groups, q), position(delta, groups, q),
                dw.rows_from(q * layer.inputs, layer.inputs), real(1));
}

}  // namespace

void accumulate_from(const Network& net, std::size_t l, ConstView below, ConstView delta,
                     Parameters& gradient) {
    accumulate_weights(net.shape.hidden[l - 1], below, delta, gradient[net.weight_index(l)]);
    accumulate_bias(net, l, delta, gradient);
}

void Signals::add(std::size_t l, std::size_t rows, ConstView signal) {
    if (delta.size() < l) delta.resize(l);
    if (delta[l - 1].size() == 0) delta[l - 1] = Matrix(rows, signal.cols);
    for (std::size_t r = 0; r < signal.rows; ++r)
        for (std::size_t c = 0; c < signal.cols; ++c) delta[l - 1](r, c) += signal(r, c);
}

void normalise_back(const Network& net, const Record& record, std::size_t l, View delta) {
    if (!net.shape.norm) return;
    const Normalised& normalised = record.normalised[l - 1];
    const View d = by_unit(net.shape.hidden[l - 1], delta);
    if (normalised.of == Moments::batch) {
        normalised.work.resize(2, d.cols);
        return standardise_back(normalised.standard, normalised.moments, d, normalised.work, d);
    }
    for (std::size_t i = 0; i < d.rows; ++i)  // the running moments are constants
        for (std::size_t j = 0; j < d.cols; ++j) d(i, j) *= normalised.moments(2, j);
}

void accumulate(const Network& net, const Record& record, std::size_t l, View delta, Parameters& gradient) {
    const LayerShape& layer = net.shape.hidden[l - 1];
    const std::size_t n = delta.rows / layer.positions, symbols = net.shape.length / layer.positions;
    if (record.signals) record.signals->add(l, record.n * layer.positions, delta);
    if (record.strings[l - 1].used())
        return accumulate_strings(net, record, l, sum_by_string(record, l, delta), gradient);
    accumulate_bias(net, l, delta, gradient);
    normalise_back(net, record, l, delta);
    const View dw = gradient[net.weight_index(l)];
    if (l > 1 && record.strings[l - 2].used())
        return multiply_back(strings_below(record, l, false), delta, net.weight(l), dw, {}, 0);
    if (l > 1) {
        const std::size_t rows = record.h(l - 1).rows / record.n;  // of a datum
        return accumulate_weights(layer, record.h(l - 1).rows_from(0, n * rows), delta, dw);
    }
    const std::size_t groups = layer.shared ? 1 : layer.positions;
    for (std::size_t q = 0; q < groups; ++q)
        scatter(record.input.data() + q * symbols, symbols, symbols * groups, net.shape.vocab,
                position(delta, groups, q), dw.rows_from(q * layer.inputs, layer.inputs));
}

void accumulate_strings(const Network& net, const Record& record, std::size_t l, ConstView delta,
                        Parameters& gradient) {
    accumulate_bias(net, l, delta, gradient);
    const View dw = gradient[net.weight_index(l)];
    if (l > 1) return multiply_back(strings_below(record, l, true), delta, net.weight(l), dw, {}, 0);
    const std::size_t symbols = net.shape.hidden[0].inputs / net.shape.vocab;
    scatter(record.strings[0].parts.data(), symbols, symbols, net.shape.vocab, delta, dw);
}

View sum_by_string(const Record& record, std::size_t l, ConstView signal) {
    const Strings& here = record.strings[l - 1];
    here.sums.resize(here.count(), signal.cols);
    here.sums.fill(0);
    scatter(here.of.data(), 1, 1, here.count(), signal, here.sums);
    return here.sums;
}

void accumulate_readout(const Network& net, const Record& record, ConstView error, Parameters& gradient) {
    std::size_t index = net.weight_index(net.depth() + 1);
    gemm_tn(record.flat(net.depth()).rows_from(0, error.rows), error, gradient[index], real(1));
    if (net.shape.bias) add_column_sums(error, gradient.span(index + 1));
}

void send_down(const Network& net, std::size_t l, ConstView signal, ConstView weights, View down) {
    const LayerShape& layer = net.shape.hidden[l - 1];
    std::size_t groups = layer.shared ? 1 : layer.positions;
    View rows = down.in_rows(layer.inputs);
    for (std::size_t q = 0; q < groups; ++q)
        gemm_nt(position(signal, groups, q), weights.rows_from(q * layer.inputs, layer.inputs),
                position(rows, groups, q));
}

void send_down_strings(const Record& record, std::size_t l, ConstView signal, ConstView weights, View down) {
    multiply_back(strings_below(record, l, record.strings[l - 1].used()), signal, weights, {}, down, 0);
}

}  // namespace rhm

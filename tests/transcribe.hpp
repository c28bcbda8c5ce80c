// Plain transcriptions of rules: datum by datum and synapse by synapse, with no code in common with the
// rules.
#pragma once
#include "catch.hpp"
#include "fixture.hpp"

namespace rhm {

using Vector = std::vector<double>;

/// delta for all layers of one datum: delta[l - 1][q * H + k].
using Deltas = std::vector<Vector>;

/// Input number `at` of layer l for datum i.
inline double input_of(const Fixture& f, std::size_t i, std::size_t l, std::size_t at) {
    const NetworkShape& shape = f.net.shape;
    return l == 1 ? double(f.input[i * shape.length + at / shape.vocab] == at % shape.vocab)
                  : f.record.flat(l - 1)(i, at);
}

/// Hidden gradient dW_l = sum over data and positions of x delta^T, db_l = sum of delta, written as loops
/// over single synapses.
template <class Input>
Parameters gradient_from(const Fixture& f, const std::vector<Deltas>& deltas, Input x) {
    Parameters g = f.net.parameters.zeros();
    const NetworkShape& shape = f.net.shape;
    for (std::size_t i = 0; i < f.n; ++i)
        for (std::size_t l = 1; l <= shape.depth(); ++l) {
            const LayerShape& layer = shape.hidden[l - 1];
            for (std::size_t q = 0; q < layer.positions; ++q)
                for (std::size_t k = 0; k < layer.width; ++k) {
                    double delta = deltas[i][l - 1][q * layer.width + k];
                    for (std::size_t j = 0; j < layer.inputs; ++j)
                        g[f.net.weight_index(l)]((layer.shared ? 0 : q * layer.inputs) + j, k) +=
                            x(i, l, q * layer.inputs + j) * delta;
                    if (shape.bias)
                        g[f.net.weight_index(l) + 1](0, (layer.shared ? 0 : q * layer.width) + k) += delta;
                }
        }
    return g;
}
inline Parameters gradient_from(const Fixture& f, const std::vector<Deltas>& deltas) {
    return gradient_from(f, deltas,
                         [&](std::size_t i, std::size_t l, std::size_t at) { return input_of(f, i, l, at); });
}

/// What unit (q, k) of layer l receives from the layer above through the matrices `back`, given the signal
/// there.
inline Vector send(const Fixture& f, std::size_t l, const Parameters& back, const Vector& above) {
    const NetworkShape& shape = f.net.shape;
    Vector out(shape.hidden[l - 1].units(), 0.0);
    ConstView w = back[f.net.weight_index(l + 1)];
    for (std::size_t u = 0; u < out.size(); ++u) {
        if (l == shape.depth()) {
            for (std::size_t c = 0; c < shape.classes; ++c) out[u] += w(u, c) * above[c];
            continue;
        }
        const LayerShape& next = shape.hidden[l];
        std::size_t q = u / next.inputs, j = u % next.inputs;
        for (std::size_t k = 0; k < next.width; ++k)
            out[u] += w((next.shared ? 0 : q * next.inputs) + j, k) * above[q * next.width + k];
    }
    return out;
}

/// Backpropagation by the chain rule, datum by datum. `down(l, i, u)` is the factor on unit u of layer l on
/// the way further down.
template <class Down>
std::vector<Deltas> chain(const Fixture& f, const Parameters& back, bool local, Down down) {
    std::vector<Deltas> all(f.n, Deltas(f.net.depth()));
    for (std::size_t i = 0; i < f.n; ++i) {
        Vector signal(f.net.shape.classes);
        for (std::size_t c = 0; c < signal.size(); ++c) signal[c] = f.error(i, c);
        for (std::size_t l = f.net.depth(); l >= 1; --l) {
            signal = send(f, l, back, signal);
            all[i][l - 1] = signal;
            for (std::size_t u = 0; u < signal.size(); ++u) {
                if (local && !(f.record.flat(l)(i, u) > 0)) all[i][l - 1][u] = 0;
                signal[u] *= down(l, i, u);
            }
        }
    }
    return all;
}

/// Largest difference within blocks first .. last - 1, relative to the largest entry of b there.
inline double distance(const Parameters& a, const Parameters& b, std::size_t first, std::size_t last) {
    double worst = 0, scale = 0;
    for (std::size_t k = first; k < last; ++k)
        for (std::size_t i = 0; i < a[k].size(); ++i) {
            worst = std::max(worst, std::abs(a[k].data[i] - b[k].data[i]));
            scale = std::max(scale, std::abs(b[k].data[i]));
        }
    REQUIRE(scale > 1e-5);
    return worst / scale;
}

}  // namespace rhm

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

/// a_l of the batch, without bias: out[i][q * H + k], from the layer's inputs x(i, l, at).
template <class Input>
std::vector<Vector> preactivations(const Fixture& f, std::size_t l, Input x) {
    const LayerShape& layer = f.net.shape.hidden[l - 1];
    std::vector<Vector> out(f.record.n, Vector(layer.units(), 0.0));
    for (std::size_t i = 0; i < f.record.n; ++i)
        for (std::size_t u = 0; u < layer.units(); ++u)
            for (std::size_t j = 0, q = u / layer.width; j < layer.inputs; ++j)
                out[i][u] += x(i, l, q * layer.inputs + j)
                             * f.net.weight(l)((layer.shared ? 0 : q * layer.inputs) + j, u % layer.width);
    return out;
}

/// The numbers that are normalised together, for every unit: a list of (datum, q * H + k).
inline std::vector<std::vector<std::pair<std::size_t, std::size_t>>> together(const LayerShape& layer,
                                                                              std::size_t n) {
    std::vector<std::vector<std::pair<std::size_t, std::size_t>>> out(layer.shared ? layer.width
                                                                                   : layer.units());
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t u = 0; u < layer.units(); ++u) out[u % out.size()].push_back({i, u});
    return out;
}

struct MeanAndVariance {
    double mean = 0, variance = 0;
};
inline MeanAndVariance mean_and_variance(const std::vector<Vector>& a,
                                         const std::vector<std::pair<std::size_t, std::size_t>>& unit) {
    MeanAndVariance out;
    const double n = double(unit.size());
    for (auto [i, u] : unit) out.mean += a[i][u] / n;
    for (auto [i, u] : unit) out.variance += (a[i][u] - out.mean) * (a[i][u] - out.mean) / n;
    return out;
}

/// Batch normalisation: a becomes ahat.
inline void normalise(const LayerShape& layer, std::vector<Vector>& a) {
    for (const auto& unit : together(layer, a.size())) {
        const auto [mean, variance] = mean_and_variance(a, unit);
        for (auto [i, u] : unit) a[i][u] = (a[i][u] - mean) / std::sqrt(variance + 1e-5);
    }
}

/// Its way back, by the derivatives of each ahat by each a of a unit: delta[i][u], at ahat_l, becomes that at
/// a_l.
inline void back_to_preactivations(const Fixture& f, std::size_t l, std::vector<Vector>& delta) {
    if (!f.net.shape.norm) return;
    const std::vector<Vector> a = preactivations(
        f, l, [&](std::size_t i, std::size_t layer, std::size_t at) { return input_of(f, i, layer, at); });
    const std::vector<Vector> above = delta;
    for (const auto& unit : together(f.net.shape.hidden[l - 1], f.record.n)) {
        const auto [mean, variance] = mean_and_variance(a, unit);
        const double n = double(unit.size()), deviation = std::sqrt(variance + 1e-5);
        for (auto [i, u] : unit) {
            delta[i][u] = 0;
            for (auto [k, v] : unit)
                delta[i][u] += above[k][v] / deviation
                               * ((i == k && u == v ? 1 : 0) - 1 / n
                                  - (a[i][u] - mean) * (a[k][v] - mean) / (n * (variance + 1e-5)));
        }
    }
}

/// Hidden gradient dW_l = sum over data and positions of x delta^T, db_l = sum of delta, written as loops
/// over single synapses.
template <class Input>
void add_gradient(const Fixture& f, std::size_t l, std::size_t i, const Vector& delta, const Vector& of_bias,
                  Input x, Parameters& g) {
    const LayerShape& layer = f.net.shape.hidden[l - 1];
    for (std::size_t q = 0; q < layer.positions; ++q)
        for (std::size_t k = 0; k < layer.width; ++k) {
            const std::size_t u = q * layer.width + k;
            for (std::size_t j = 0; j < layer.inputs; ++j)
                g[f.net.weight_index(l)]((layer.shared ? 0 : q * layer.inputs) + j, k) +=
                    x(i, l, q * layer.inputs + j) * delta[u];
            if (f.net.shape.bias) g[f.net.weight_index(l) + 1](0, layer.shared ? k : u) += of_bias[u];
        }
}
template <class Input>
Parameters gradient_from(const Fixture& f, const std::vector<Deltas>& deltas, Input x) {
    Parameters g = f.net.parameters.zeros();
    for (std::size_t l = 1; l <= f.net.depth(); ++l)
        for (std::size_t i = 0; i < f.n; ++i) add_gradient(f, l, i, deltas[i][l - 1], deltas[i][l - 1], x, g);
    return g;
}
/// The same for signals at ahat_l, which go back to a_l for the weights.
inline Parameters gradient_from(const Fixture& f, const std::vector<Deltas>& deltas) {
    Parameters g = f.net.parameters.zeros();
    auto x = [&](std::size_t i, std::size_t l, std::size_t at) { return input_of(f, i, l, at); };
    for (std::size_t l = 1; l <= f.net.depth(); ++l) {
        std::vector<Vector> back(f.n);
        for (std::size_t i = 0; i < f.n; ++i) back[i] = deltas[i][l - 1];
        back_to_preactivations(f, l, back);
        for (std::size_t i = 0; i < f.n; ++i) add_gradient(f, l, i, back[i], deltas[i][l - 1], x, g);
    }
    return g;
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

/// Backpropagation by the chain rule. `down(l, i, u)` is the factor on unit u of layer l on the way further
/// down.
template <class Down>
std::vector<Deltas> chain(const Fixture& f, const Parameters& back, bool local, Down down) {
    std::vector<Deltas> all(f.n, Deltas(f.net.depth()));
    std::vector<Vector> signal(f.n, Vector(f.net.shape.classes));
    for (std::size_t i = 0; i < f.n; ++i)
        for (std::size_t c = 0; c < f.net.shape.classes; ++c) signal[i][c] = f.error(i, c);
    for (std::size_t l = f.net.depth(); l >= 1; --l) {
        for (std::size_t i = 0; i < f.n; ++i) {
            signal[i] = send(f, l, back, signal[i]);
            all[i][l - 1] = signal[i];
            for (std::size_t u = 0; u < signal[i].size(); ++u) {
                if (local && !(f.record.flat(l)(i, u) > 0)) all[i][l - 1][u] = 0;
                signal[i][u] *= down(l, i, u);
            }
        }
        back_to_preactivations(f, l, signal);
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

/// Only the hidden part of a rule's gradient, for the error that the fixture holds.
inline Parameters hidden_gradient(Fixture& f, const Rule& rule, Memory& memory) {
    Parameters g = f.net.parameters.zeros();
    hidden_gradient(rule, f.pass(), f.options, memory, g);
    return g;
}

}  // namespace rhm

// What the rules with direct feedback share: C numbers a datum go straight to every hidden layer, past all
// layers between.
//
//   delta_l = D_l (signal B_l),   signal [N, C],   B_l [C, Q * H]
#pragma once
#include <cmath>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "rules/rule.hpp"

namespace rhm {

/// With --feedback shared the positions of a layer receive the same signal: in b [C, Q * H] every block
/// becomes the first, or the mean of all.
enum class Tie { first, mean };
inline void tie_positions(const LayerShape& layer, const RuleOptions& options, Tie to, View b) {
    if (!options.feedback_shared || layer.positions == 1) return;
    const real share = real(1) / real(layer.positions);
    for (std::size_t c = 0; c < b.rows; ++c)
        for (std::size_t k = 0; k < layer.width; ++k) {
            real value = b(c, k);
            for (std::size_t q = 1; to == Tie::mean && q < layer.positions; ++q)
                value += b(c, q * layer.width + k);
            if (to == Tie::mean) value *= share;
            for (std::size_t q = 0; q < layer.positions; ++q) b(c, q * layer.width + k) = value;
        }
}

/// Adds B_1..B_L to `feedback`: feedback_scale^2 N(0, 1 / C), one block per position or one for all.
inline void draw_direct(const Network& net, const RuleOptions& options, std::uint64_t seed,
                        Parameters& feedback) {
    const std::size_t classes = net.shape.classes;
    for (std::size_t l = 1; l <= net.depth(); ++l)
        feedback.add(concat("B", l), classes, net.shape.hidden[l - 1].units());
    feedback.allocate();
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        Rng rng(seed, Purpose::feedback, l);
        rng.fill_normal(feedback.span(l - 1),
                        options.feedback_scale / std::sqrt(static_cast<double>(classes)));
        tie_positions(net.shape.hidden[l - 1], options, Tie::first, feedback[l - 1]);
    }
}

/// Gives every hidden layer delta_l = D_l (signal B_l), B_l = block l - 1 of `feedback`. Uses buffer 0.
inline void direct_gradient(const Pass& pass, ConstView signal, const Parameters& feedback, Memory& memory,
                            Parameters& gradient) {
    const Network& net = pass.net;
    Matrix& delta = memory.buffer(0);
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        const LayerShape& layer = net.shape.hidden[l - 1];
        delta.resize(pass.n, layer.units());
        gemm_nn(signal, feedback[l - 1], delta.view());  // signal B_l [N, Q * H]
        relu_mask(pass.record.flat(l), delta.view());    // D_l
        accumulate(net, pass.record, l, delta.reshape(pass.n * layer.positions, layer.width), gradient);
    }
}

}  // namespace rhm

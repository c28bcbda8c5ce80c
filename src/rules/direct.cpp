#include "rules/direct.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/rng.hpp"

namespace rhm {

void draw_direct(const Network& net, const RuleOptions& options, std::uint64_t seed, Parameters& feedback) {
    const std::size_t classes = net.shape.classes;
    for (std::size_t l = 1; l <= net.depth(); ++l)
        feedback.add(concat("B", l), classes, net.shape.hidden[l - 1].units());
    feedback.allocate();
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        Rng rng(seed, Purpose::feedback, l);
        rng.fill_normal(feedback.span(l - 1), options.feedback_scale / std::sqrt(double(classes)));
        tie_positions(net.shape.hidden[l - 1], options, Tie::first, feedback[l - 1]);
    }
}

void direct_gradient(const Pass& pass, ConstView signal, const Parameters& feedback, Memory& memory,
                     Parameters& gradient) {
    for (std::size_t l = 1; l <= pass.net.depth(); ++l) {
        const View sent = memory.room(0, pass.n, pass.net.shape.hidden[l - 1].units());
        gemm_nn(signal, feedback[l - 1], sent);
        teach(pass, l, sent, gradient);
    }
}

void tie_positions(const LayerShape& layer, const RuleOptions& options, Tie to, View b) {
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

}  // namespace rhm

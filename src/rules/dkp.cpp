// Direct Kolen-Pollack learning: direct feedback whose weights learn to resemble the forward path.
//
//   delta_l = D_l (e B_l),   dB_l = e^T h_l + decay B_l,   dW_l = h_{l-1}^T delta_l + decay W_l
//
// Webster, Choi & Ahn, "Learning the connections in direct feedback alignment", 2020 (openreview zgGmAx9ZcY),
// after Kolen & Pollack 1994 and Akrout et al. 2019. B_l is descended like the weights: at the readout both
// W_out and B_L receive the same update, and the decay makes them forget that they began apart. Here the
// decay is part of the gradient of every weight matrix (biases do not decay), so that with Adam it is scaled
// as the rest. The extra term o^T (e B_l) of the authors' AlexNet experiments is left out.
#include "rules/direct.hpp"

namespace rhm::dkp {
namespace {

void init(const Network& net, const RuleOptions& options, std::uint64_t seed, Memory& memory) {
    draw_direct(net, options, seed, memory.learnt);
}

void add_decay(std::span<real> gradient, std::span<const real> weights, double decay) {
    for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] += real(decay) * weights[i];
}

void gradient(const Pass& pass, const RuleOptions& options, Memory& memory, Parameters& gradient) {
    const Network& net = pass.net;
    direct_gradient(pass, pass.error, memory.learnt, memory, gradient);
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        View db = memory.learnt_gradient[l - 1];
        gemm_tn(pass.error, pass.record.flat(l), db);  // e^T h_l [C, Q * H]
        tie_positions(net.shape.hidden[l - 1], options, Tie::mean, db);
    }
    if (options.decay == 0) return;
    add_decay(memory.learnt_gradient.values(), std::as_const(memory.learnt).values(), options.decay);
    for (std::size_t l = 1; l <= net.depth() + 1; ++l) {
        ConstView w = net.weight(l);
        add_decay(gradient.span(net.weight_index(l)), {w.data, w.size()}, options.decay);
    }
}

}  // namespace

static const Listed listed({
    .place = 90,
    .name = "dkp",
    .family = "direct feedback",
    .summary =
        "direct Kolen-Pollack: dfa with feedback weights that learn from the same signals as the readout",
    .equation = "delta_l = D_l (e B_l), dB_l = e^T h_l + decay B_l, and decay W_l added to every dW_l",
    .needs =
        "presynaptic activity, own mask, feedback of the output error, at the feedback synapse both its ends",
    .citation = "Webster, Choi & Ahn, 2020 (openreview zgGmAx9ZcY)",
    .claim = Claim::closed_form,
    .told = Told::labels,
    .defaults =
        "lr=8.1e-4 init-scale=0.049 weight-decay=0.057 epsilon=4.7e-12 feedback-scale=0.31 decay=2.2e-6",
    .search = "feedback-scale=0.1:10 decay=1e-6:1e-2",
    .init = init,
    .gradient = gradient,
});

}  // namespace rhm::dkp

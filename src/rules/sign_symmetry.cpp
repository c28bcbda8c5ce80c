// Sign symmetry: backpropagation that knows the signs of the weights above but not their sizes.
//
//   delta_l = D_l (delta_{l+1} F_{l+1}^T),   F_l = c_l sign(W_l) of the current weights
//   c_l = feedback_scale sqrt(2 / K), at the readout feedback_scale sqrt(1 / K)
//
// Liao, Leibo & Poggio, AAAI 2016 (arXiv 1510.05067), their uniform sign concordance without batch
// normalisation; c_l gives F_l the size of the initial W_l.
#include "rules/backward.hpp"

namespace rhm::sign_symmetry {
namespace {

void init(const Network& net, const RuleOptions&, std::uint64_t, Memory& memory) {
    memory.feedback = net.parameters.zeros();  // a block for each of the network, so that the indices agree
}

void gradient(const Pass& pass, const RuleOptions& options, Memory& memory, Parameters& gradient) {
    const Network& net = pass.net;
    for (std::size_t l = 1; l <= net.depth() + 1; ++l) {
        const real c = real(options.feedback_scale * net.shape.spread(l));
        ConstView w = net.weight(l);
        View f = memory.feedback[net.weight_index(l)];
        for (std::size_t i = 0; i < w.size(); ++i) f.data[i] = c * real((w.data[i] > 0) - (w.data[i] < 0));
    }
    backward(pass, options, memory.feedback, memory, gradient);
}

}  // namespace

static const Listed listed({
    .place = 50,
    .name = "sign_symmetry",
    .family = "random feedback",
    .summary = "backpropagation through the signs of the weights, masks kept",
    .equation = "delta_l = D_l (delta_{l+1} F_{l+1}^T), F_l = c_l sign(W_l)",
    .needs =
        "presynaptic activity, own mask, feedback from the layer above with the signs of its weights, which "
        "carries its mask",
    .citation = "Liao, Leibo & Poggio, AAAI 2016 (arXiv 1510.05067)",
    .claim = Claim::closed_form,
    .told = Told::labels,
    .defaults = "batch=64 lr=0.0093 init-scale=0.32 weight-decay=1.2 epsilon=3.8e-7 feedback-scale=0.15",
    .mask_defaults = "batch=64 lr=0.0023 init-scale=0.56 weight-decay=0.48 epsilon=3.1e-8 feedback-scale=1.9",
    .search = "feedback-scale=0.1:10",
    .chain = true,
    .init = init,
    .gradient = gradient,
});

}  // namespace rhm::sign_symmetry

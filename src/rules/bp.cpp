// Backpropagation: the exact gradient of the cross-entropy.
//
//   delta_l = D_l (delta_{l+1} W_{l+1}^T),   delta at the output = e
//
// With --downstream-mask none, mean or shuffled the masks D_k of the layers above are replaced on the way
// down, with --local-mask none the layer's own: the ablation that asks which part of the gradient direct
// feedback lacks.
#include "rules/backward.hpp"

namespace rhm::bp {
namespace {

void gradient(const Pass& pass, const RuleOptions& options, Memory& memory, Parameters& gradient) {
    backward(pass, options, pass.net.parameters, memory, gradient);
}

}  // namespace

static const Listed listed({
    .place = 10,
    .name = "bp",
    .family = "backpropagation",
    .summary = "the exact gradient: error sent back through the transposed weights and every layer's mask",
    .equation = "delta_l = D_l (delta_{l+1} W_{l+1}^T), with D_l = 1[a_l > 0] and delta = e = softmax(o) - "
                "onehot(y) at the output",
    .needs = "presynaptic activity, own mask, the transposed weights above and the masks of all layers above",
    .citation = "Rumelhart, Hinton & Williams, Nature 323:533, 1986",
    .claim = Claim::global_gradient,
    .told = Told::labels,
    .defaults = "lr=0.036/depth init-scale=0.047 weight-decay=1",
    .deep_defaults = "lr=0.0032 init-scale=0.18 weight-decay=0.46",  // or gradients are small beside epsilon
    .mask_defaults = "batch=64 lr=0.0017 init-scale=0.13 weight-decay=0.48",
    .chain = true,
    .gradient = gradient,
});

}  // namespace rhm::bp

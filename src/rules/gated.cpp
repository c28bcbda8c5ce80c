// Direct feedback with one mask restored: the error enters every layer through the top layer's units, those
// that are silent stay silent.
//
//   g = D_L (e F),   delta_L = g,   delta_l = D_l (g G_l) for l < L
//
//   F [C, Q_L * H_L] and G_l [Q_L * H_L, Q * H] fixed and random
//
// No published rule: a probe of the claim that direct feedback fails for want of masks. A direct rule sends
// every layer a fixed linear function of e, whatever the datum; backpropagation sends a linear function that
// depends on the datum through the masks of the layers above. Here one of these masks is put back, the top
// layer's, in its place on the path, while all layers below it are skipped as in dfa. Putting all of them
// back is fa. F ~ feedback_scale^2 N(0, 1 / C), G_l ~ feedback_scale^2 N(0, 2 / (Q_L H_L)): half of the units
// are open.
#include <cmath>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "rules/rule.hpp"

namespace rhm::gated {
namespace {

void init(const Network& net, const RuleOptions& options, std::uint64_t seed, Memory& memory) {
    const std::size_t top = net.depth(), gates = net.shape.readout_inputs(), classes = net.shape.classes;
    for (std::size_t l = 1; l < top; ++l)
        memory.feedback.add(concat("G", l), gates, net.shape.hidden[l - 1].units());
    memory.feedback.add("F", classes, gates);
    memory.feedback.allocate();
    for (std::size_t l = 1; l <= top; ++l) {
        Rng rng(seed, Purpose::feedback, l);
        double inputs = double(l < top ? gates : classes) / (l < top ? 2 : 1);
        rng.fill_normal(memory.feedback.span(l - 1), options.feedback_scale / std::sqrt(inputs));
    }
}

void gradient(const Pass& pass, const RuleOptions&, Memory& memory, Parameters& gradient) {
    const Network& net = pass.net;
    const std::size_t top = net.depth();
    const View gated = memory.room(0, pass.n, net.shape.readout_inputs());  // g
    gemm_nn(pass.error, memory.feedback[top - 1], gated);
    relu_mask(pass.record.flat(top), gated);
    for (std::size_t l = 1; l < top; ++l) {
        const View signal = memory.room(1, pass.n, net.shape.hidden[l - 1].units());
        gemm_nn(gated, memory.feedback[l - 1], signal);
        teach(pass, l, signal, gradient);
    }
    teach(pass, top, gated, gradient);
}

}  // namespace

static const Listed listed({
    .place = 120,
    .name = "gated",
    .family = "control",
    .summary = "a probe: dfa whose error passes the top layer's mask before it is sent to every layer",
    .equation = "delta_l = D_l ((D_L (e F)) G_l), F and G_l fixed and random",
    .needs =
        "presynaptic activity, own mask, fixed random feedback from the top layer's units, which carries "
        "their mask",
    .citation = "none: made for this project, see the file's head",
    .claim = Claim::closed_form,
    .told = Told::labels,
    .defaults = "lr=0.0023 init-scale=0.47 weight-decay=0.48 batch=64 epsilon=3.1e-8 feedback-scale=2.8",
    .search = "feedback-scale=0.1:10",
    .init = init,
    .gradient = gradient,
});

}  // namespace rhm::gated

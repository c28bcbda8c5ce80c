// A control: each hidden layer has a linear readout of its own and descends its cross-entropy; nothing is
// sent down.
//
//   o_l = h_l V_l [N, C],   Loss_l = cross-entropy(softmax(o_l), y)
//   delta_l = D_l (softmax(o_l) - onehot(y)) V_l^T
//
// Labels in every layer, locality as in the self-supervised rules: it asks whether locality alone costs
// anything. V_l, with a block of its own for each position, learns by the same loss. Cf. the `pred` loss of
// Nokland & Eidnes, ICML 2019 (arXiv 1901.06656).
#include <cmath>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "net/loss.hpp"
#include "rules/rule.hpp"

namespace rhm::layerwise {
namespace {

void init(const Network& net, const RuleOptions&, std::uint64_t seed, Memory& memory) {
    for (std::size_t l = 1; l <= net.depth(); ++l)
        memory.learnt.add(concat("V", l), net.shape.hidden[l - 1].units(), net.shape.classes);
    memory.learnt.allocate();
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        Rng rng(seed, Purpose::heads, l);
        rng.fill_normal(memory.learnt.span(l - 1), 1 / std::sqrt(double(net.shape.hidden[l - 1].units())));
    }
}

double layer_loss(const Pass& pass, std::size_t l, const RuleOptions&, Memory& memory, View dh) {
    ConstView h = pass.record.flat(l), v = memory.learnt[l - 1];
    const View logits = memory.room(1, pass.n, v.cols), error = memory.room(2, pass.n, v.cols);
    gemm_nn(h, v, logits);
    const double loss = cross_entropy(logits, pass.labels, error);
    gemm_nt(error, v, dh);
    gemm_tn(h, error, memory.learnt_gradient[l - 1], real(1));
    return loss;
}

}  // namespace

static const Listed listed({
    .place = 30,
    .name = "layerwise",
    .family = "control",
    .summary = "each layer descends the cross-entropy of a linear readout of its own",
    .equation = "Loss_l = cross-entropy(h_l V_l, y); delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, the error of a readout beside the layer through that readout's "
             "transposed weights",
    .citation = "a control; cf. Nokland & Eidnes, ICML 2019 (arXiv 1901.06656)",
    .claim = Claim::local_gradient,
    .told = Told::labels,
    .defaults = "lr=0.025 init-scale=0.5 weight-decay=1.2",
    .init = init,
    .layer_loss = layer_loss,
});

}  // namespace rhm::layerwise

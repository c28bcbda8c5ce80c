// A control: each hidden layer has a readout of its own and descends its cross-entropy; nothing is sent down.
//
//   Loss_l = cross-entropy(softmax(o_l), y),   o_l [N, C]: the outputs of the layer's head (head.hpp)
//   delta_l = D_l dLoss_l / dh_l
//
// Labels in every layer, locality and heads as in the self-supervised rules: it asks whether locality alone
// costs anything. (--schedule end-to-end with these rules asks what pairs alone cost.) With --head-hidden 0
// the head is linear, o_l = h_l V_l, and delta_l = D_l (softmax(o_l) - onehot(y)) V_l^T, as the `pred` loss
// of Nokland & Eidnes, ICML 2019 (arXiv 1901.06656), has it.
#include "net/loss.hpp"
#include "rules/head.hpp"

namespace rhm::layerwise {
namespace {

/// One head a layer, one output a class.
RuleOptions for_classes(const Network& net, RuleOptions options) {
    options.head = int(net.shape.classes);
    options.pairing = Pairing::classes;  // no siblings, which have a head each
    return options;
}

void init(const Network& net, const RuleOptions& options, std::uint64_t seed, Memory& memory) {
    init_local(net, for_classes(net, options), seed, {}, memory);
}

double layer_loss(const Pass& pass, std::size_t l, const RuleOptions& options, Memory& memory, View dh) {
    const Head head = LocalWeights(pass.net.shape, for_classes(pass.net, options), {}).head(l, 0);
    const Code code{pass.record.flat(l)};
    const std::size_t classes = pass.net.shape.classes, units = head.units(memory);
    const View o = memory.room(1, pass.n, classes), error = memory.room(2, pass.n, classes),
               u = memory.room(3, pass.n, units), du = memory.room(4, pass.n, units);
    head.forward(code, memory, u, o);
    const double loss = cross_entropy(o, pass.labels, error);
    head.backward(code, u, error, memory, du, dh, 0);
    return loss;
}

}  // namespace

static const Listed listed({
    .place = 30,
    .name = "layerwise",
    .family = "control",
    .summary = "each layer descends the cross-entropy of a readout of its own",
    .equation = "Loss_l = cross-entropy(o_l, y), o_l = relu(relu(relu(relu(sum_q h_q U_q) U2) U3) U4) V; "
                "delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, the error of a readout beside the layer, sent back through the "
             "layers of its head",
    .citation = "a control; cf. Nokland & Eidnes, ICML 2019 (arXiv 1901.06656)",
    .claim = Claim::local_gradient,
    .told = Told::labels,
    .defaults = "lr=0.006 init-scale=0.047 weight-decay=1 head-hidden=64 head-levels=1 head-depth=4 "
                "head-init-scale=0.047",
    .search = "head-hidden=32|64|128 head-levels=1|2|20 head-depth=1|2|3|4 head-init-scale=0.03:1 "
              "head-decay=0.3:30",
    .init = init,
    .layer_loss = layer_loss,
});

}  // namespace rhm::layerwise

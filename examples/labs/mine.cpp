// mine: a rule to be finished (examples/labs/5-your-rule.md). Each layer makes the two views of a pair alike:
//
//   Loss_l = 1 / (n k) sum |z1 - z2|^2,   z [n, k]: the head's outputs (head.hpp)
#include "rules/local.hpp"

namespace rhm::mine {
namespace {

double pair_loss(const PairCodes& pairs, const RuleOptions&, Memory& memory) {
    return attract(pairs, 2 * double(pairs.weight) / double(pairs.z1.size()), memory);
}

}  // namespace

static const Listed listed({
    .place = 500,
    .name = "mine",
    .family = "layerwise self-supervised, non-contrastive",
    .summary = "each layer makes the two views of a pair alike",
    .equation = "Loss_l = |z1 - z2|^2; delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, the other view's code",
    .citation = "this lab",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults = "lr=0.005 head=8 head-hidden=64 head-levels=1",
    .loss = {.pairs = pair_loss},
});

}  // namespace rhm::mine

// mine, finished (examples/labs/5-your-rule.md). Each layer makes the two views of a pair alike and keeps the
// variance of its outputs up:
//
//   Loss_l = 1 / (n k) sum |z1 - z2|^2 - 1 / k sum_views sum_j log(Var z_j + 1e-4)
//
// z [n, k]: the head's outputs (head.hpp).
#include <cmath>

#include "rules/local.hpp"

namespace rhm::mine {
namespace {

/// The second term for one view, its gradient added to dz.
double push(const PairCodes& pairs, ConstView z, const RuleOptions& options, Memory& memory, View dz) {
    const auto [centred, covariance, per_datum] = covariances(pairs, z, options, memory);
    const double weight = double(pairs.weight) / double(z.cols);
    double loss = 0;
    for (std::size_t j = 0; j < z.cols; ++j) {
        const real variance = covariance(j, j) + real(1e-4), factor = real(2 * weight) * per_datum / variance;
        loss -= weight * std::log(double(variance));
        for (std::size_t i = 0; i < z.rows; ++i) dz(i, j) -= factor * centred(i, j);
    }
    return loss;
}

double pair_loss(const PairCodes& pairs, const RuleOptions& options, Memory& memory) {
    double loss = attract(pairs, 2 * double(pairs.weight) / double(pairs.z1.size()), memory);
    loss += push(pairs, pairs.z1, options, memory, pairs.dz1);
    return loss + push(pairs, pairs.z2, options, memory, pairs.dz2);
}

}  // namespace

static const Listed listed({
    .place = 500,
    .name = "mine",
    .family = "layerwise self-supervised, non-contrastive",
    .summary = "each layer makes the two views of a pair alike and keeps its outputs spread",
    .equation = "Loss_l = |z1 - z2|^2 - log Var z; delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, the other view's code, variances of the head's few outputs",
    .citation = "this lab",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults = "lr=0.005 head=8 head-hidden=64 head-levels=1",
    .loss = {.pairs = pair_loss, .statistics = true},
});

}  // namespace rhm::mine

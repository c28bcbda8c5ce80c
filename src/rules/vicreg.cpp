// VICReg, variance-invariance-covariance regularisation, layer by layer, on a local head.
//
//   Loss_l = inv / (n k) sum |z1 - z2|^2 + var / (2 k) sum_views sum_j relu(1 - sqrt(Var z_j + 1e-4))
//          + cov / k sum_views sum_{i != j} Cov(z_i, z_j)^2,        z [n, k]: the head's outputs (head.hpp)
//
// Bardes, Ponce & LeCun, ICLR 2022 (arXiv 2105.04906), eqs. 1-6, with the normalisation of the authors' code
// (means over n k for the first term, halves for the second). Variances and covariances divide by n - 1. The
// head stands for the expander. No gradient downwards.
#include <algorithm>
#include <cmath>

#include "rules/local.hpp"

namespace rhm::vicreg {
namespace {

/// The variance and covariance terms of one view z [n, k], their gradient added to dz.
double spread_loss(const PairCodes& pairs, ConstView z, const RuleOptions& options, Memory& memory, View dz) {
    const std::size_t k = z.cols;
    const double weight = double(pairs.weight), variance = weight * options.variance / (2 * double(k)),
                 decorrelation = weight * options.covariance / double(k);
    const auto [centred, covariance, per_datum] = covariances(pairs, z, options, memory);
    // From here on `covariance` becomes the factor G of dz = centred G: diagonal from the hinge, off-diagonal
    // from the squares.
    double loss = 0;
    for (std::size_t a = 0; a < k; ++a)
        for (std::size_t b = 0; b < k; ++b) {
            const real c = covariance(a, b);
            if (a == b) {
                real deviation = std::sqrt(c + real(1e-4));
                loss += variance * std::max(0.0, 1 - double(deviation));
                covariance(a, b) = deviation < 1 ? -real(variance) / deviation * per_datum : real(0);
            } else {
                loss += decorrelation * double(c) * double(c);
                covariance(a, b) = real(4) * real(decorrelation) * c * per_datum;
            }
        }
    gemm_nn(centred, covariance, dz, real(1));
    return loss;
}

double pair_loss(const PairCodes& pairs, const RuleOptions& options, Memory& memory) {
    const double weight = double(pairs.weight);
    double loss = attract(pairs, 2 * weight * options.invariance / double(pairs.z1.size()), memory);
    loss += spread_loss(pairs, pairs.z1, options, memory, pairs.dz1);
    return loss + spread_loss(pairs, pairs.z2, options, memory, pairs.dz2);
}

}  // namespace

static const Listed listed({
    .place = 160,
    .name = "vicreg",
    .family = "layerwise self-supervised, non-contrastive",
    .summary =
        "each layer makes the two views of a pair alike while its outputs stay spread and uncorrelated",
    .equation = "Loss_l = inv |z1 - z2|^2 + var relu(1 - sd z) + cov sum_{i != j} Cov(z_i, z_j)^2, z = "
                "relu(relu(relu(sum_q h_q U_q) U2) U3) V; delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, the other views of its class, variances and covariances of the "
             "head's few outputs",
    .citation = "Bardes, Ponce & LeCun, ICLR 2022 (arXiv 2105.04906)",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults = "lr=0.0051 init-scale=0.085 weight-decay=0.9 head=8 head-hidden=64 head-levels=1 "
                "head-depth=3 head-init-scale=0.43 positives=class variance=2.2 covariance=0.26",
    .search = "variance=0.3:10 covariance=0.01:1",
    .loss = {.pairs = pair_loss, .statistics = true},
});

}  // namespace rhm::vicreg

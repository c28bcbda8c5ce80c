// LPL, latent predictive learning, layer by layer, on a local head.
//
//   Loss_l = pull / (2 n k) sum |z1 - z2|^2  -  push / k sum_views sum_j log(Var z_j + 1e-4)
//          + decorrelation / (k (k - 1)) sum_views sum_{i != j} Cov(z_i, z_j)^2
//
// z [n, k]: the head's outputs (head.hpp); --invariance, --variance, --covariance are the weights. Halvagal &
// Zenke, Nature Neuroscience 26:1906, 2023, with the decorrelation term of the authors' erratum
// (github.com/fmi-basel/latent-predictive-learning, erratum.md): the square of the covariance, not the
// printed product of squares. The erratum's update of view z1 is
//
//   dW ~ (1 / (k n)) [ -(z1 - z2) + push a / Var_i (z_i - mean_i)
//                      - decorrelation b sum_{j != i} (z_j - mean_j) C_ij ] f'(a) x
//   a = 2 n / (n - 1),  b = 4 n / ((n - 1) (k - 1)),
//
// with z2, the view before, held fixed. Here both views of a pair take their turn as z1, so that the sum of
// the two updates is the exact gradient of the loss above. Deviations: the head; no weight decay.
#include <cmath>

#include "rules/local.hpp"

namespace rhm::lpl {
namespace {

/// The push and decorrelation terms of one view z [n, k], their gradient added to dz.
double spread_loss(const PairCodes& pairs, ConstView z, const RuleOptions& options, Memory& memory, View dz) {
    const std::size_t k = z.cols;
    const double weight = double(pairs.weight), push = weight * options.variance / double(k),
                 decorrelation = weight * options.covariance / double(k * (k > 1 ? k - 1 : 1));
    const auto [centred, covariance, per_datum] = covariances(pairs, z, options, memory);
    // From here on `covariance` becomes the factor G of dz = centred G.
    double loss = 0;
    for (std::size_t a = 0; a < k; ++a)
        for (std::size_t b = 0; b < k; ++b) {
            const real c = covariance(a, b);
            if (a == b) {
                loss -= push * std::log(double(c) + 1e-4);
                covariance(a, b) = real(-2) * real(push) * per_datum / (c + real(1e-4));
            } else {
                loss += decorrelation * double(c) * double(c);
                covariance(a, b) = real(4) * real(decorrelation) * per_datum * c;
            }
        }
    gemm_nn(centred, covariance, dz, real(1));
    return loss;
}

double pair_loss(const PairCodes& pairs, const RuleOptions& options, Memory& memory) {
    const double weight = double(pairs.weight);
    double loss = attract(pairs, weight * options.invariance / double(pairs.z1.size()), memory);
    loss += spread_loss(pairs, pairs.z1, options, memory, pairs.dz1);
    return loss + spread_loss(pairs, pairs.z2, options, memory, pairs.dz2);
}

}  // namespace

static const Listed listed({
    .place = 180,
    .name = "lpl",
    .family = "layerwise self-supervised, non-contrastive",
    .summary =
        "each layer predicts the other view's code (pull), while a Hebbian term keeps its variance up (push)",
    .equation = "Loss_l = pull |z1 - z2|^2 / 2 - push log Var z + decorrelation sum_{i != j} Cov(z_i, "
                "z_j)^2, z = relu(relu(relu(sum_q h_q U_q) U2) U3) V; delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, the other views of its class, mean and variance of each of the "
             "head's outputs, and their covariances",
    .citation = "Halvagal & Zenke, Nature Neuroscience 26:1906, 2023, with its erratum",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults = "lr=0.014 init-scale=0.065 weight-decay=0.093 head=32 head-hidden=32 head-levels=1 "
                "head-depth=3 head-init-scale=0.21 positives=class variance=0.57 covariance=0.28",
    .deep_defaults = "lr=0.0074 init-scale=0.096 weight-decay=0.067 head-depth=4 head-init-scale=0.26 "
                     "variance=0.43 covariance=0.13",
    .search = "variance=0.3:3 covariance=0.1:10",
    .loss = {.pairs = pair_loss, .statistics = true},
});

}  // namespace rhm::lpl

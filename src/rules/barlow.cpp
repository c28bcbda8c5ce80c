// Barlow Twins, layer by layer, on a local head.
//
//   Loss_l = sum_i (1 - C_ii)^2 + lambda sum_{i != j} C_ij^2       lambda = --covariance
//   C = s1^T s2 / n [k, k],   s = (z - mean) / sqrt(Var z + 1e-5)  over the n rows of a view
//   z [n, k]: the head's outputs (head.hpp)
//
// Zbontar, Jing, Misra, LeCun & Deny, ICML 2021 (arXiv 2103.03230), eqs. 1-2 and algorithm 1; the small
// constant and the variance that divides by n are those of the batch normalisation in the authors' code. No
// projector network, no gradient downwards.
#include <algorithm>

#include "matrix/standardise.hpp"
#include "rules/local.hpp"

namespace rhm::barlow {
namespace {

/// --online: running averages of both views' means and of the variances about them, in place of the moments.
void follow_moments(const PairCodes& pairs, const RuleOptions& options, Memory& memory, View moments) {
    const std::size_t n = pairs.z1.rows, k = pairs.z1.cols;
    const View mean = moments.rows_from(0, 1), variance = moments.rows_from(1, 1);
    for (ConstView z : {pairs.z1, pairs.z2}) {
        std::fill_n(moments.data, 2 * k, real(0));
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < k; ++j) mean(0, j) += z(i, j) / real(n);
        follow(memory.trace(pairs.trace, 1, k), mean, n, options);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < k; ++j) {
                const real x = z(i, j) - mean(0, j);
                variance(0, j) += x * x / real(n);
            }
        follow(memory.trace(pairs.trace + 1, 1, k), variance, n, options);
    }
    invert_deviation(moments);
}

double pair_loss(const PairCodes& pairs, const RuleOptions& options, Memory& memory) {
    const std::size_t n = pairs.z1.rows, k = pairs.z1.cols;
    auto room = [&](std::size_t i, std::size_t rows) { return memory.room(kLossBuffers + i, rows, k); };
    const View s1 = room(0, n), s2 = room(1, n), d = room(2, n), correlation = room(3, k),
               moments1 = room(4, 3), moments2 = room(5, 3), work = room(6, 2);
    if (options.online > 0) {
        follow_moments(pairs, options, memory, moments1);
        std::copy_n(moments1.data, 3 * k, moments2.data);
    } else {
        find_moments(pairs.z1, moments1);
        find_moments(pairs.z2, moments2);
    }
    standardise(pairs.z1, moments1, s1);
    standardise(pairs.z2, moments2, s2);
    const ConstView partner1 = partners(pairs, s1, room(7, n)), partner2 = partners(pairs, s2, room(8, n));
    gemm_tn(s1, partner2, correlation);
    const real per_datum = real(1) / real(n), lambda = real(options.covariance);
    for (std::size_t i = 0; i < correlation.size(); ++i) correlation.data[i] *= per_datum;
    if (options.online > 0) follow(memory.trace(pairs.trace + 2, k, k), correlation, n, options);
    // From here on `correlation` becomes G = dLoss / d(s1^T s2).
    double loss = 0;
    for (std::size_t a = 0; a < k; ++a)
        for (std::size_t b = 0; b < k; ++b) {
            const real off = correlation(a, b) - (a == b ? real(1) : real(0)),
                       weight = pairs.weight * (a == b ? real(1) : lambda);
            loss += double(weight) * double(off) * double(off);
            correlation(a, b) = real(2) * weight * off * per_datum;
        }
    auto back = [&](ConstView standard, ConstView moments, View dz) {
        if (options.online == 0) return standardise_back(standard, moments, d, work, dz);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < k; ++j) dz(i, j) = moments(2, j) * d(i, j);  // the moments are given
    };
    gemm_nt(partner2, correlation, d);  // ds1 = s2 G^T
    back(s1, moments1, pairs.dz1);
    gemm_nn(partner1, correlation, d);  // ds2 = s1 G
    back(s2, moments2, pairs.dz2);
    return loss;
}

}  // namespace

static const Listed listed({
    .place = 170,
    .name = "barlow",
    .family = "layerwise self-supervised, non-contrastive",
    .summary =
        "each layer makes every output agree between the two views and carry nothing of the other outputs",
    .equation = "Loss_l = sum_i (1 - C_ii)^2 + lambda sum_{i != j} C_ij^2, C the correlations of z1 and z2, "
                "z = relu(relu(sum_q h_q U_q) U2) V; delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, the other views of its class, correlations of the head's few "
             "outputs across the views",
    .citation = "Zbontar, Jing, Misra, LeCun & Deny, ICML 2021 (arXiv 2103.03230)",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults = "lr=0.013 init-scale=0.27 weight-decay=0.22 head=8 head-hidden=64 head-levels=1 head-depth=2 "
                "head-init-scale=0.22 positives=class covariance=0.076",
    .deep_defaults = "lr=0.0059 init-scale=0.11 weight-decay=0.12 head-depth=4 covariance=0.049",
    .search = "covariance=0.003:0.3",
    .loss = {.pairs = pair_loss, .statistics = true},
});

}  // namespace rhm::barlow

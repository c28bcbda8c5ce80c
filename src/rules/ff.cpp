// Forward-forward on pairs: high goodness for what belongs together, low goodness for what does not.
//
//   g(i, j) = 1/k sum_c (z1_ic + z2_jc)^2       goodness of a pair: the mean square of the layer's response
//   to both views at once,
//                                               z [n, k]: the head's outputs, see local.hpp
//   Loss_l  = mean_i [ log(1 + exp(theta - g(i, i))) + mean_j log(1 + exp(g(i, j) - theta)) ],   theta =
//   --threshold,
//             j: the other data of i's group, groups of --negatives + 1 consecutive data of the batch
//
// Hinton 2022 (arXiv 2212.13345), eq. 1, p(positive) = sigmoid(goodness - theta), with its logistic loss.
// What is positive and negative here: the positive datum is a true pair of views (--views), the negative is
// view 1 of one pair together with view 2 of another - the hybrids of section 3.2 of the paper, which have
// the right parts and the wrong whole. Deviations: a network that reads one string cannot be shown two, so
// the two responses are added after the layer (--head 0: sums of the units themselves); the codes are not
// normalised on their way to the next layer; the goodness is a mean, not a sum, so that theta does not depend
// on k.
#include <algorithm>
#include <cmath>

#include "rules/local.hpp"

namespace rhm {
namespace {

/// log(1 + exp(x)) without overflow, and its derivative.
real softplus(real x, real& slope) {
    const real e = std::exp(-std::abs(x));
    slope = x > 0 ? real(1) / (real(1) + e) : e / (real(1) + e);
    return std::max(x, real(0)) + std::log1p(e);
}

double pair_loss(const PairCodes& pairs, const RuleOptions& options, Memory& memory) {
    const std::size_t n = pairs.z1.rows, k = pairs.z1.cols;
    Matrix &gamma = memory.buffer(kLossBuffers), &square = memory.buffer(kLossBuffers + 1);
    square.resize(2, n);
    for (std::size_t i = 0; i < n; ++i) {
        real sum1 = 0, sum2 = 0;
        for (std::size_t c = 0; c < k; ++c)
            sum1 += pairs.z1(i, c) * pairs.z1(i, c), sum2 += pairs.z2(i, c) * pairs.z2(i, c);
        square(0, i) = sum1, square(1, i) = sum2;
    }
    const real mean = real(1) / real(k), theta = real(options.threshold), positive = pairs.weight / real(n);
    const std::size_t size = std::min(n, static_cast<std::size_t>(options.negatives) + 1);
    double loss = 0;
    for (std::size_t first = 0, count; first < n; first += count) {
        count = n - first < 2 * size ? n - first : size;  // what is left over joins the last group
        ConstView z1 = pairs.z1.rows_from(first, count), z2 = pairs.z2.rows_from(first, count);
        View dz1 = pairs.dz1.rows_from(first, count), dz2 = pairs.dz2.rows_from(first, count);
        const real negative = count > 1 ? positive / real(count - 1) : real(0);
        gamma.resize(count, count);
        gemm_nt(z1, z2, gamma.view());
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < count; ++j) {  // gamma_ij = (2/k) dLoss / dg(i, j)
                const real sign = i == j ? real(-1) : real(1), weight = i == j ? positive : negative;
                const real goodness =
                    mean * (square(0, first + i) + square(1, first + j) + real(2) * gamma(i, j));
                real slope;
                loss += double(weight * softplus(sign * (goodness - theta), slope));
                gamma(i, j) = real(2) * mean * sign * weight * slope;
            }
        gemm_nn(gamma, z2, dz1);  // dz1_i = sum_j gamma_ij (z1_i + z2_j)
        gemm_tn(gamma, z1, dz2);
        for (std::size_t i = 0; i < count; ++i) {
            real row = 0, column = 0;
            for (std::size_t j = 0; j < count; ++j) row += gamma(i, j), column += gamma(j, i);
            for (std::size_t c = 0; c < k; ++c) dz1(i, c) += row * z1(i, c), dz2(i, c) += column * z2(i, c);
        }
    }
    return loss;
}

}  // namespace

static const Listed listed({
    .place = 150,
    .name = "ff",
    .family = "layerwise self-supervised, contrastive",
    .summary =
        "forward-forward: each layer answers a true pair of views with high activity and a false one with "
        "low",
    .equation =
        "Loss_l = log(1 + exp(theta - g+)) + log(1 + exp(g- - theta)), g = mean (z1 + z2)^2, z = relu(sum_q "
        "h_q U_q) V; delta_l = D_l dLoss_l/dh_l",
    .needs =
        "presynaptic activity, own mask, the summed activity of the layer, a broadcast: positive or negative",
    .citation = "Hinton 2022 (arXiv 2212.13345)",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults = "lr=2.9e-3 head=16 head-hidden=64 negatives=3 threshold=1",
    .search = "lr=1e-3:1e-2 head=8|16|32 head-hidden=32|64 negatives=3|15|63 threshold=0.5:8",
    .loss = {.pairs = pair_loss, .same_place = true},
});

}  // namespace rhm

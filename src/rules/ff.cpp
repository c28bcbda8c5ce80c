// Forward-forward on pairs: high goodness for what belongs together, low goodness for what does not.
//
//   Loss_l  = mean_i [ log(1 + exp(theta - g(i, i))) + mean_j log(1 + exp(g(i, j) - theta)) ]
//   g(i, j) = 1/k sum_c (z1_ic + z2_jc)^2
//
// g is the goodness of a pair: the mean square of the layer's response to both views at once. z [n, k]: the
// head's outputs (head.hpp); theta = --threshold; j: the other data of i's group (Group in local.hpp).
//
// Hinton 2022 (arXiv 2212.13345), eq. 1, p(positive) = sigmoid(goodness - theta), with its logistic loss.
// What is positive and negative here: the positive datum is a true pair of views (--views), the negative is
// view 1 of one pair together with view 2 of another - the hybrids of section 3.2 of the paper, which have
// the right parts and the wrong whole. Deviations: a network that reads one string cannot be shown two, so
// the two responses are added after the layer (--head 0: sums of the units themselves; with a head and
// --head-centre less their mean, see local.hpp); the codes are not normalised on their way to the next layer;
// the goodness is a mean, not a sum, so that theta does not depend on k.
#include <algorithm>
#include <cmath>

#include "rules/local.hpp"

namespace rhm::ff {
namespace {

/// square_i = z_i . z_i
void squares(ConstView z, View square) {
    for (std::size_t i = 0; i < z.rows; ++i) {
        real sum = 0;
        for (std::size_t c = 0; c < z.cols; ++c) sum += z(i, c) * z(i, c);
        square(0, i) = sum;
    }
}

/// x_ij = theta - g(i, j) for a positive, g(i, j) - theta for a negative: the pair's loss is log(1 +
/// exp(x_ij)).
void compare(const Group& group, ConstView square1, ConstView square2, real theta, View x) {
    const ConstView z1 = group.of(group.pairs.z1), z2 = group.of(group.pairs.z2);
    gemm_nt(z1, z2, x);
    const real mean = real(1) / real(z1.cols);
    for (std::size_t i = 0; i < group.size; ++i) {
        const real square = square1(0, group.first + i);
        for (std::size_t j = 0; j < group.size; ++j) {
            const real goodness = mean * (square + square2(0, group.first + j) + real(2) * x(i, j));
            x(i, j) = group.sign(i, j) * (goodness - theta);
        }
    }
}

/// dz1_i = sum_j gamma_ij (z1_i + z2_j), and dz2_j alike; column [1, size] is room for sums.
void pull(ConstView gamma, ConstView z1, ConstView z2, View column, View dz1, View dz2) {
    gemm_nn(gamma, z2, dz1);
    gemm_tn(gamma, z1, dz2);
    std::fill_n(column.data, column.cols, real(0));
    for (std::size_t i = 0; i < z1.rows; ++i) {
        real row = 0;
        for (std::size_t j = 0; j < z2.rows; ++j) {
            row += gamma(i, j);
            column(0, j) += gamma(i, j);
        }
        for (std::size_t c = 0; c < z1.cols; ++c) dz1(i, c) += row * z1(i, c);
    }
    for (std::size_t j = 0; j < z2.rows; ++j)
        for (std::size_t c = 0; c < z2.cols; ++c) dz2(j, c) += column(0, j) * z2(j, c);
}

double pair_loss(const PairCodes& pairs, const RuleOptions& options, Memory& memory) {
    const std::size_t n = pairs.z1.rows;
    const auto room = [&](std::size_t i, std::size_t rows, std::size_t cols) {
        return memory.room(kLossBuffers + i, rows, cols);
    };
    const View square1 = room(0, 1, n), square2 = room(1, 1, n);
    squares(pairs.z1, square1);
    squares(pairs.z2, square2);
    double loss = 0;
    each_group(pairs, options, [&](const Group& group) {
        const View x = room(2, group.size, group.size), gamma = room(3, group.size, group.size);
        compare(group, square1, square2, real(options.threshold), x);
        softplus({x.data, x.size()}, {gamma.data, gamma.size()});
        for (std::size_t i = 0; i < group.size; ++i) {
            const auto [positive, negative] = group.weights(i);
            for (std::size_t j = 0; j < group.size; ++j) {
                const real sign = group.sign(i, j), weight = sign < 0 ? positive : negative;
                loss += double(weight * x(i, j));
                gamma(i, j) *= real(2) / real(pairs.z1.cols) * sign * weight;  // (2/k) dLoss / dg(i, j)
            }
        }
        pull(gamma, group.of(pairs.z1), group.of(pairs.z2), room(4, 1, group.size), group.of(pairs.dz1),
             group.of(pairs.dz2));
    });
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
    .equation = "Loss_l = log(1 + exp(theta - g+)) + log(1 + exp(g- - theta)), g = mean (z1 + z2)^2, z = "
                "relu(relu(sum_q h_q U_q) U2) V less its mean; delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, the summed activity of the layer and its mean, a broadcast: "
             "positive or negative, which other data are of its class",
    .citation = "Hinton 2022 (arXiv 2212.13345)",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults =
        "batch=64 lr=0.0054 init-scale=0.16 weight-decay=0.023 head=32 head-hidden=32 head-levels=1 "
        "head-depth=2 head-init-scale=0.39 head-centre=on positives=class negatives=63 threshold=0.75",
    .search = "head-centre=on|off negatives=3|15|63 threshold=0.5:8",
    .loss = {.pairs = pair_loss, .contrastive = true},
});

}  // namespace rhm::ff

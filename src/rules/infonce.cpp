// InfoNCE, layer by layer, on a local head: which of the n second views belongs to this first view?
//
//   Loss_l = -1 / (2 n) sum_i [ log softmax_j(S_ij)_i + log softmax_j(S_ji)_i ]
//   S_ij = (z1_i / |z1_i|) . (z2_j / |z2_j|) / tau,   |z| = sqrt(z.z + 1e-12)
//   z [n, k]: the head's outputs (head.hpp)
//
// van den Oord, Li & Vinyals 2018 (arXiv 1807.03748), eq. 4, with the cosine similarity and temperature of
// SimCLR (Chen et al., ICML 2020, arXiv 2002.05709, eq. 1); layerwise as in Greedy InfoMax (Loewe et al.,
// NeurIPS 2019). Deviations: in both directions, with the other views of the batch as negatives and not the
// same views too; with --views class a negative may be of the pair's class.
#include <algorithm>
#include <cmath>
#include <limits>

#include "rules/local.hpp"

namespace rhm {
namespace {

constexpr double kTiny = 1e-12;

/// unit_i = z_i / |z_i|, inverse_i = 1 / |z_i|
void normalise(ConstView z, View unit, View inverse) {
    for (std::size_t i = 0; i < z.rows; ++i) {
        real square = real(kTiny);
        for (std::size_t j = 0; j < z.cols; ++j) square += z(i, j) * z(i, j);
        inverse(0, i) = real(1) / std::sqrt(square);
        for (std::size_t j = 0; j < z.cols; ++j) unit(i, j) = z(i, j) * inverse(0, i);
    }
}

/// The way back: dz_i = (d_i - (d_i . unit_i) unit_i) / |z_i|
void normalise_back(ConstView unit, ConstView inverse, ConstView d, View dz) {
    for (std::size_t i = 0; i < unit.rows; ++i) {
        real along = 0;
        for (std::size_t j = 0; j < unit.cols; ++j) along += d(i, j) * unit(i, j);
        for (std::size_t j = 0; j < unit.cols; ++j) dz(i, j) = inverse(0, i) * (d(i, j) - along * unit(i, j));
    }
}

double pair_loss(const PairCodes& pairs, const RuleOptions& options, Memory& memory) {
    const std::size_t n = pairs.z1.rows, k = pairs.z1.cols;
    auto room = [&](std::size_t i, std::size_t rows, std::size_t cols) {
        return memory.room(kLossBuffers + i, rows, cols);
    };
    const View unit1 = room(0, n, k), unit2 = room(1, n, k), d = room(2, n, k), e = room(3, n, n),
               f = room(4, n, n), inverse1 = room(5, 1, n), inverse2 = room(6, 1, n), row_top = room(7, 1, n),
               column_top = room(8, 1, n), row_sum = room(9, 1, n), column_sum = room(10, 1, n);
    normalise(pairs.z1, unit1, inverse1);
    normalise(pairs.z2, unit2, inverse2);
    gemm_nt(unit1, unit2, e);  // cosines
    const real sharpness = real(1) / real(options.temperature),
               scale = pairs.weight / real(2 * pairs.present);
    double loss = 0;
    std::fill_n(row_top.data, n, std::numeric_limits<real>::lowest());
    std::fill_n(column_top.data, n, std::numeric_limits<real>::lowest());
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            e(i, j) *= sharpness;  // S_ij
            if (i != j && !pairs.negative(i, j)) continue;
            row_top(0, i) = std::max(row_top(0, i), e(i, j));
            column_top(0, j) = std::max(column_top(0, j), e(i, j));
        }
        if (i < pairs.present) loss -= 2 * double(scale) * double(e(i, i));
    }
    // Each softmax less its own largest score: a sum is at least 1, however small the temperature.
    std::fill_n(row_sum.data, n, real(0));
    std::fill_n(column_sum.data, n, real(0));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            const bool counts = i == j || pairs.negative(i, j);
            f(i, j) = counts ? std::exp(e(i, j) - column_top(0, j)) : real(0);
            e(i, j) = counts ? std::exp(e(i, j) - row_top(0, i)) : real(0);
            row_sum(0, i) += e(i, j);
            column_sum(0, j) += f(i, j);
        }
    for (std::size_t i = 0; i < n; ++i) {
        if (i >= pairs.present) {  // only a negative
            row_sum(0, i) = column_sum(0, i) = 0;
            continue;
        }
        loss += double(scale) * (std::log(double(row_sum(0, i))) + double(row_top(0, i)));
        loss += double(scale) * (std::log(double(column_sum(0, i))) + double(column_top(0, i)));
        row_sum(0, i) = scale * sharpness / row_sum(0, i);
        column_sum(0, i) = scale * sharpness / column_sum(0, i);
    }
    for (std::size_t i = 0; i < n; ++i) {  // from here on e = dLoss / d cosine
        for (std::size_t j = 0; j < n; ++j) e(i, j) = row_sum(0, i) * e(i, j) + column_sum(0, j) * f(i, j);
        if (i < pairs.present) e(i, i) -= real(2) * scale * sharpness;
    }
    gemm_nn(e, unit2, d);
    normalise_back(unit1, inverse1, d, pairs.dz1);
    gemm_tn(e, unit1, d);
    normalise_back(unit2, inverse2, d, pairs.dz2);
    return loss;
}

}  // namespace

static const Listed listed({
    .place = 140,
    .name = "infonce",
    .family = "layerwise self-supervised, contrastive",
    .summary = "each layer finds the second view of a pair among those of the whole batch",
    .equation =
        "Loss_l = -log softmax_j(cos(z1_i, z2_j) / tau)_i, both ways, z = relu(sum_q h_q U_q) V; delta_l = "
        "D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, the head's outputs for all other data of the batch",
    .citation =
        "van den Oord, Li & Vinyals 2018 (arXiv 1807.03748); Chen, Kornblith, Norouzi & Hinton, ICML 2020 "
        "(arXiv 2002.05709)",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults =
        "lr=0.0052 init-scale=0.0083 weight-decay=0.19 head=8 head-hidden=64 head-levels=1 temperature=0.16",
    .search = "temperature=0.05:0.5",
    .loss = {.pairs = pair_loss, .contrastive = true},
});

}  // namespace rhm

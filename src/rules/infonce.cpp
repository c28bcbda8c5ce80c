// InfoNCE, layer by layer, on a local head: which of the n second views belongs to this first view?
//
//   Loss_l = -1 / (2 n) sum_i [ log softmax_j(S_ij)_i + log softmax_j(S_ji)_i ]
//   S_ij = (z1_i / |z1_i|) . (z2_j / |z2_j|) / tau,   |z| = sqrt(z.z + 1e-12)
//   z [n, k]: the head's outputs (head.hpp)
//
// van den Oord, Li & Vinyals 2018 (arXiv 1807.03748), eq. 4, with the cosine similarity and temperature of
// SimCLR (Chen et al., ICML 2020, arXiv 2002.05709, eq. 1); layerwise as in Greedy InfoMax (Loewe et al.,
// NeurIPS 2019). Deviations: in both directions, with the other views of the batch as negatives and not the
// same views too; with --views class a negative may be of the pair's class. With --positives class the first
// term is the mean of log softmax_j(S_ij) over all j of i's class.
#include <algorithm>
#include <cmath>

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

/// One direction: which of view 2 belongs to z1_i? d1 and d2 += dLoss / d unit.
double find_partners(const PairCodes& pairs, const RuleOptions& options, ConstView unit1, ConstView unit2,
                     Memory& memory, View d1, View d2) {
    const std::size_t n = unit1.rows;
    const View s = memory.room(kLossBuffers, n, n), own = memory.room(kLossBuffers + 1, 1, n),
               top = memory.room(kLossBuffers + 2, 1, n), sum = memory.room(kLossBuffers + 3, 1, n);
    const real sharpness = real(1) / real(options.temperature),
               scale = pairs.weight / real(2 * pairs.present);
    gemm_nt(unit1, unit2, s);  // cosines
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) s(i, j) *= sharpness;
        const real share = real(1) / real(pairs.positives(i, 0, n));
        own(0, i) = 0;
        for (std::size_t j = 0; j < n; ++j)
            if (pairs.positive(i, j)) own(0, i) += share * s(i, j);
    }
    softmax(s, {top.data, n}, {sum.data, n});
    double loss = 0;
    for (std::size_t i = 0; i < n; ++i) {     // from here on s = dLoss / d cosine
        const bool asks = i < pairs.present;  // else it is only a negative
        for (std::size_t j = 0; j < n; ++j) s(i, j) *= asks ? scale * sharpness : real(0);
        if (!asks) continue;
        const real share = scale * sharpness / real(pairs.positives(i, 0, n));
        for (std::size_t j = 0; j < n; ++j)
            if (pairs.positive(i, j)) s(i, j) -= share;
        loss += double(scale) * (std::log(double(sum(0, i))) + double(top(0, i)) - double(own(0, i)));
    }
    gemm_nn(s, unit2, d1, real(1));
    gemm_tn(s, unit1, d2, real(1));
    return loss;
}

double pair_loss(const PairCodes& pairs, const RuleOptions& options, Memory& memory) {
    const std::size_t n = pairs.z1.rows, k = pairs.z1.cols;
    const auto room = [&](std::size_t i, std::size_t rows, std::size_t cols) {
        return memory.room(kLossBuffers + 4 + i, rows, cols);
    };
    const View unit1 = room(0, n, k), unit2 = room(1, n, k), d = room(2, 2 * n, k), d1 = d.rows_from(0, n),
               d2 = d.rows_from(n, n), inverse1 = room(3, 1, n), inverse2 = room(4, 1, n);
    normalise(pairs.z1, unit1, inverse1);
    normalise(pairs.z2, unit2, inverse2);
    std::fill_n(d.data, d.size(), real(0));
    const double loss = find_partners(pairs, options, unit1, unit2, memory, d1, d2)
                        + find_partners(pairs, options, unit2, unit1, memory, d2, d1);
    normalise_back(unit1, inverse1, d1, pairs.dz1);
    normalise_back(unit2, inverse2, d2, pairs.dz2);
    return loss;
}

}  // namespace

static const Listed listed({
    .place = 140,
    .name = "infonce",
    .family = "layerwise self-supervised, contrastive",
    .summary = "each layer finds the second view of a pair among those of the whole batch",
    .equation =
        "Loss_l = -log softmax_j(cos(z1_i, z2_j) / tau)_i, both ways, z = relu(relu(relu(sum_q h_q U_q) "
        "U2) U3) V; delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, the head's outputs for all other data of the batch, which "
             "other data are of its class",
    .citation =
        "van den Oord, Li & Vinyals 2018 (arXiv 1807.03748); Chen, Kornblith, Norouzi & Hinton, ICML 2020 "
        "(arXiv 2002.05709)",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults = "lr=0.017 init-scale=0.075 weight-decay=0.041 head=8 head-hidden=64 head-levels=1 "
                "head-depth=3 head-init-scale=0.21 positives=class temperature=0.12",
    .search = "temperature=0.05:0.5",
    .loss = {.pairs = pair_loss, .contrastive = true},
});

}  // namespace rhm

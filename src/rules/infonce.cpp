// InfoNCE, layer by layer, on a local head: which of the n second views belongs to this first view?
//
//   Loss_l = -1 / (2 n) sum_i [ log softmax_j(S_ij)_i + log softmax_j(S_ji)_i ]
//   S_ij = (z1_i / |z1_i|) . (z2_j / |z2_j|) / tau,   |z| = sqrt(z.z + 1e-12)
//   z [n, k]: the head's outputs (head.hpp), with --head-centre less their mean over the batch (local.hpp)
//
// van den Oord, Li & Vinyals 2018 (arXiv 1807.03748), eq. 4, with the cosine similarity and temperature of
// SimCLR (Chen et al., ICML 2020, arXiv 2002.05709, eq. 1); layerwise as in Greedy InfoMax (Loewe et al.,
// NeurIPS 2019). Deviations: in both directions, with the other views of the batch as negatives and not the
// same views too; with --positives pair a negative may be of the pair's class. With --positives class what
// draws i is the mean of S_ij over all j of i's class, and none of them is in the sum of what pushes it away:
//
//   -mean_{j of i's class} S_ij + log sum_{j of other classes} exp S_ij
//
// as decoupled contrastive learning has it (Yeh et al., ECCV 2022, arXiv 2110.06848, L_DC) with all
// positives of supervised contrastive learning, which in their own sum would repel each other (Feeney &
// Hughes 2023, arXiv 2309.14277).
#include <algorithm>
#include <cmath>
#include <limits>

#include "rules/local.hpp"

namespace rhm::infonce {
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

/// One of the views: unit vectors, the mean of those of each datum's positives, and dLoss / d unit.
struct Side {
    ConstView unit, mean;
    View d;
};

/// With --positives class: nothing of i's class is in the sum. (All of it stays where the batch has no other
/// class: a sum over nothing has no logarithm.)
void leave_out_positives(const PairCodes& pairs, View s) {
    if (pairs.labels.empty()) return;
    for (std::size_t i = 0; i < s.rows; ++i) {
        if (pairs.positives(i, 0, s.cols) == s.cols) continue;
        for (std::size_t j = 0; j < s.cols; ++j)
            if (pairs.positive(i, j)) s(i, j) = std::numeric_limits<real>::lowest();
    }
}

/// One direction: which row of `to` belongs to this row of `from`? Both d += dLoss / d unit.
double find_partners(const PairCodes& pairs, const RuleOptions& options, const Side& from, const Side& to,
                     Memory& memory) {
    const std::size_t asked = pairs.present, n = from.unit.rows, k = from.unit.cols;
    const ConstView unit = from.unit.rows_from(0, asked);  // the rest are negatives only
    const View s = memory.room(kLossBuffers, asked, n), top = memory.room(kLossBuffers + 1, 1, asked),
               sum = memory.room(kLossBuffers + 2, 1, asked);
    const real sharpness = real(1) / real(options.temperature), scale = pairs.weight / real(2 * asked);
    gemm_nt(unit, to.unit, s);  // cosines
    for (real& x : std::span(s.data, s.size())) x *= sharpness;
    leave_out_positives(pairs, s);
    softmax(s, {top.data, asked}, {sum.data, asked});
    const real pull = scale * sharpness;
    for (real& x : std::span(s.data, s.size())) x *= pull;  // now dLoss / d cosine, as far as softmax goes
    double loss = 0;
    for (std::size_t i = 0; i < asked; ++i) {
        real own = 0;
        for (std::size_t c = 0; c < k; ++c) {
            own += unit(i, c) * to.mean(i, c);
            from.d(i, c) -= pull * to.mean(i, c);
            to.d(i, c) -= pull * from.mean(i, c);
        }
        loss += double(scale) * (std::log(double(sum(0, i))) + double(top(0, i) - sharpness * own));
    }
    gemm_nn(s, to.unit, from.d.rows_from(0, asked), real(1));
    gemm_tn(s, unit, to.d, real(1));
    return loss;
}

double pair_loss(const PairCodes& pairs, const RuleOptions& options, Memory& memory) {
    const std::size_t n = pairs.z1.rows, k = pairs.z1.cols;
    const auto room = [&](std::size_t i, std::size_t rows, std::size_t cols) {
        return memory.room(kLossBuffers + 3 + i, rows, cols);
    };
    const View units = room(0, 2 * n, k), d = room(1, 2 * n, k), inverse1 = room(2, 1, n),
               inverse2 = room(3, 1, n), unit1 = units.rows_from(0, n), unit2 = units.rows_from(n, n);
    normalise(pairs.z1, unit1, inverse1);
    normalise(pairs.z2, unit2, inverse2);
    std::fill_n(d.data, d.size(), real(0));
    const Side one{unit1, partners(pairs, unit1, room(4, n, k)), d.rows_from(0, n)},
        two{unit2, partners(pairs, unit2, room(5, n, k)), d.rows_from(n, n)};
    const double loss =
        find_partners(pairs, options, one, two, memory) + find_partners(pairs, options, two, one, memory);
    normalise_back(unit1, inverse1, one.d, pairs.dz1);
    normalise_back(unit2, inverse2, two.d, pairs.dz2);
    return loss;
}

}  // namespace

static const Listed listed({
    .place = 140,
    .name = "infonce",
    .family = "layerwise self-supervised, contrastive",
    .summary = "each layer finds the second view of a pair among those of the whole batch",
    .equation =
        "Loss_l = -mean_{j of i's class} S_ij + log sum_{j of others} e^S_ij, both ways, S_ij = "
        "cos(z1_i, z2_j) / tau, z = relu(relu(relu(sum_q h_q U_q) U2) U3) V less its mean; delta_l = D_l "
        "dLoss_l/dh_l; with --positives pair -log softmax_j(S_ij)_i",
    .needs =
        "presynaptic activity, own mask, the head's outputs for all other data of the batch and their mean, "
        "which other data are of its class",
    .citation =
        "van den Oord, Li & Vinyals 2018 (arXiv 1807.03748); Chen, Kornblith, Norouzi & Hinton, ICML 2020 "
        "(arXiv 2002.05709); Khosla et al., NeurIPS 2020 (arXiv 2004.11362); Yeh et al., ECCV 2022 (arXiv "
        "2110.06848)",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults = "batch=64 lr=0.01 init-scale=0.23 weight-decay=0.18 head=8 head-hidden=64 head-levels=1 "
                "head-depth=3 head-init-scale=0.14 head-centre=on positives=class temperature=0.43",
    .deep_defaults = "batch=128 lr=0.016 weight-decay=0.13",
    .search = "head-centre=on|off temperature=0.05:1",
    .loss = {.pairs = pair_loss, .contrastive = true},
});

}  // namespace rhm::infonce

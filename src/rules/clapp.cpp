// CLAPP, contrastive local and predictive plasticity.
//
//   Loss_l    = mean_i [ relu(c - u(h1_i, h2_i)) + mean_j relu(c + u(h1_i, h2_j)) ]
//   u(h1, h2) = sum_q h1_q^T B_q h2_q
//
// u is the score of a pair, summed over the positions q of the layer; c = --margin; j: the other data of i's
// group (Group in local.hpp).
//
// With --head k the codes are first read by the head of head.hpp, z = sum_q h_q V_q [N, k], learnt by the
// same loss, and the score is u = z1^T B z2: a low-rank score across positions. With siblings there is a
// predictor B for each pair of neighbouring slots. With --head-centre z is less its mean (local.hpp; the
// paper has neither).
//
// Illing, Ventura, Bellec & Gerstner, NeurIPS 2021 (arXiv 2010.08262), eqs. 3-4, in its synchronous form
// (CLAPP-s of the paper): every datum takes part with its positive and its negatives. Written out, the update
// of the synapse from unit j to unit k is
//
//   dW_jk = gamma * (B_q h2_q)_k * 1[a_k > 0] * x_j
//   gamma = -1 for a positive with u < c, +1 for a negative with u > -c, else 0
//
// (a broadcast third factor, a dendritic prediction, and pre- and postsynaptic activity), and the same for
// view 2 with B_q^T h1_q.
//
// --hebbian is the paper's rule in its strictly local form, eqs. 6-8: each datum takes part, at random, with
// its positive or with one of its negatives, gamma = 2 x the above (so that the expectation is the same), and
// the prediction back, to view 2, comes from weights R_q of its own instead of the transpose of B_q:
//
//   dW_jk = gamma (B_q h2_q)_k 1[a_k > 0] x_j  (view 1),   dB_q = gamma h1_q h2_q^T
//   dW_jk = gamma (R_q h1_q)_k 1[a_k > 0] x_j  (view 2),   dR_q = gamma h2_q h1_q^T
//
// With R = B^T its expectation is the gradient above. Deviations: there the pair is a patch and a later
// patch of one image; here it is given by --views. dB and dR are equal up to transposition, so B and R differ
// by their initial weights for ever (the paper: both are learnt by the same rule).
#include "rules/local.hpp"

namespace rhm::clapp {
namespace {

/// The hinges of a group: gamma[i, j] = dLoss / du(h1_i, h2_j) from score[i, j].
double hinges(const Group& group, ConstView score, real margin, View gamma) {
    double loss = 0;
    for (std::size_t i = 0; i < group.size; ++i) {
        const auto [positive, negative] = group.weights(i);
        for (std::size_t j = 0; j < group.size; ++j) {
            const real sign = group.sign(i, j), weight = sign < 0 ? positive : negative;
            const real below = margin + sign * score(i, j);  // relu(c - u) or relu(c + u)
            loss += below > 0 ? double(weight * below) : 0.0;
            gamma(i, j) = below > 0 ? sign * weight : real(0);
        }
    }
    return loss;
}

/// One kind of sample at a time: of row i only the positive or one of the negatives stays, each kind with
/// probability 1/2.
void sample(View gamma, Rng& rng) {
    const std::size_t g = gamma.rows;
    for (std::size_t i = 0; i < g; ++i) {
        std::size_t kept = i;
        real factor = real(2);
        if (g > 1 && rng.below(2)) {
            kept = (i + 1 + std::size_t(rng.below(g - 1))) % g;
            factor *= real(g - 1);
        }
        for (std::size_t j = 0; j < g; ++j) gamma(i, j) = j == kept ? factor * gamma(i, j) : real(0);
    }
}

double pair_loss(const PairCodes& pairs, const RuleOptions& options, Memory& memory) {
    const std::size_t n = pairs.z1.rows, width = pairs.width(), units = pairs.z1.cols, now = pairs.present;
    ConstView h1 = pairs.z1, h2 = pairs.z2, b = memory.learnt[pairs.predictor];
    const View predicted = memory.room(kLossBuffers, n, units),
               weighted = memory.room(kLossBuffers + 1, n, units),
               by_now = now == n ? weighted : memory.room(kLossBuffers + 4, n, units);
    auto at = [&](auto m, std::size_t q) { return m.block(0, q * width, n, width); };
    auto rows = [&](auto m, std::size_t q) { return m.rows_from(q * width, width); };

    for (std::size_t q = 0; q < pairs.positions; ++q)
        gemm_nt(at(h2, q), rows(b, q), at(predicted, q));  // B_q h2_q
    double loss = 0;
    Rng rng = pairs.rng;
    each_group(pairs, options, [&](const Group& group) {
        ConstView group1 = group.of(h1), group2 = group.of(predicted);
        const View score = memory.room(kLossBuffers + 2, group.size, group.size),
                   gamma = memory.room(kLossBuffers + 3, group.size, group.size);
        gemm_nt(group1, group2, score);  // score[i, j] = u(h1_i, h2_j)
        loss += hinges(group, score, real(options.margin), gamma);
        if (options.hebbian) sample(gamma, rng);
        gemm_nn(gamma, group2, group.of(pairs.dz1));  // dh1_i = sum_j gamma_ij B_q h2_j
        gemm_tn(gamma, group1, group.of(weighted));   // weighted_j = sum_i gamma_ij h1_i
        if (now < n) gemm_tn(gamma.rows_from(0, now), h1.rows_from(0, now), by_now);  // (one group)
    });
    const bool hebbian = options.hebbian;
    View db = memory.learnt_gradient[pairs.predictor],
         dr = hebbian ? memory.learnt_gradient[pairs.predictor + 1] : db;
    for (std::size_t q = 0; q < pairs.positions; ++q) {
        ConstView w = at(weighted, q), learning = at(by_now, q);
        gemm_tn(learning, at(h2, q), rows(db, q), real(1));  // dB_q = weighted h2^T
        if (hebbian) {
            gemm_nt(w, rows(memory.learnt[pairs.predictor + 1], q), at(pairs.dz2, q));  // dh2 = R_q weighted
            gemm_tn(at(h2, q), learning, rows(dr, q), real(1));  // dR_q = h2 weighted^T
        } else {
            gemm_nn(w, rows(b, q), at(pairs.dz2, q));  // dh2 = B_q^T weighted
        }
    }
    return loss;
}

Predictors predictors(const RuleOptions& options, std::size_t) {
    return {options.hebbian ? 2u : 1u, options.predictor_scale};
}

}  // namespace

static const Listed listed({
    .place = 130,
    .name = "clapp",
    .family = "layerwise self-supervised, contrastive",
    .summary = "each layer tells true pairs from false ones by a learnt bilinear score and a hinge",
    .equation =
        "Loss_l = relu(c - u(h1, h2)) + relu(c + u(h1, h2')), u = sum_q h1_q^T B_q h2_q, h2' of another "
        "datum, h the head's outputs less their mean; delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, a prediction from lateral weights and the mean of the head's "
             "outputs, a broadcast: positive or negative, learn or not, which other data are of its class",
    .citation = "Illing, Ventura, Bellec & Gerstner, NeurIPS 2021 (arXiv 2010.08262)",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults = "lr=0.0082 init-scale=0.16 weight-decay=0.023 head=16 head-hidden=64 head-levels=1 "
                "head-depth=2 head-init-scale=0.39 head-centre=on positives=class negatives=63 margin=1.8",
    .deep_defaults = "lr=0.004 init-scale=0.33 weight-decay=0.041 head-init-scale=0.51 margin=2.1",
    .search = "head-centre=on|off negatives=3|15|63 margin=0.3:3",
    .loss = {.pairs = pair_loss, .whole_layer = true, .contrastive = true, .predictors = predictors},
});

}  // namespace rhm::clapp

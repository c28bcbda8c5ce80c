// SimSiam, layer by layer, on a local head.
//
//   Loss_l = -1 / (2 n) sum_i [ cos(p1_i, stop(s2_i)) + cos(p2_i, stop(s1_i)) ]
//   s = (z - mean) / sqrt(Var z + 1e-5) over the rows of a view,   p = s P,   P [k, k] learnt
//   z [n, k]: the head's outputs (head.hpp);   |.| = sqrt(. + 1e-12) in the cosine
//
// stop(): no gradient flows into it, which is all that keeps the codes apart (--stop-gradient off to see them
// collapse or not). Chen & He, CVPR 2021 (arXiv 2011.10566), eqs. 1-4 and algorithm 1; the batch
// normalisation without scale and shift at the end of the projector is that of the authors' code. Deviations:
// the projector is the local head, and the predictor is one linear map (as in the analysis of Tian, Chen &
// Ganguli, ICML 2021, arXiv 2102.06810) instead of two layers with a bottleneck. With siblings each direction
// has a predictor of its own.
#include <cmath>

#include "matrix/standardise.hpp"
#include "rules/local.hpp"

namespace rhm::simsiam {
namespace {

/// -scale sum_i cos(p_i, s_i): dp written, and ds written when it is not stopped.
double cosine_loss(ConstView p, ConstView s, real scale, View dp, View ds, bool stop) {
    const std::size_t k = p.cols;
    double loss = 0;
    for (std::size_t i = 0; i < p.rows; ++i) {
        real pp = real(1e-12), ss = real(1e-12), ps = 0;
        for (std::size_t j = 0; j < k; ++j) {
            pp += p(i, j) * p(i, j);
            ss += s(i, j) * s(i, j);
            ps += p(i, j) * s(i, j);
        }
        const real inverse = real(1) / std::sqrt(pp * ss), cosine = ps * inverse;
        loss -= double(scale * cosine);
        for (std::size_t j = 0; j < k; ++j) {
            dp(i, j) = -scale * (s(i, j) * inverse - cosine * p(i, j) / pp);
            ds(i, j) = stop ? real(0) : -scale * (p(i, j) * inverse - cosine * s(i, j) / ss);
        }
    }
    return loss;
}

double pair_loss(const PairCodes& pairs, const RuleOptions& options, Memory& memory) {
    const std::size_t n = pairs.z1.rows, k = pairs.z1.cols;
    auto room = [&](std::size_t i, std::size_t rows) { return memory.room(kLossBuffers + i, rows, k); };
    const View s[] = {room(0, n), room(1, n)}, ds[] = {room(2, n), room(3, n)}, p = room(4, n),
               dp[] = {room(5, n), room(6, n)}, moments[] = {room(7, 3), room(8, 3)}, work = room(9, 2),
               mean = room(10, n), dmean = room(11, n);
    const ConstView z[2] = {pairs.z1, pairs.z2};
    const View dz[2] = {pairs.dz1, pairs.dz2};
    for (int view : {0, 1}) {
        find_moments(z[view], moments[view]);
        standardise(z[view], moments[view], s[view]);
    }
    double loss = 0;
    auto predictor = [&](int view) {
        return pairs.predictor + (options.pairing == Pairing::siblings && view ? 1 : 0);
    };
    for (int view : {0, 1}) {
        gemm_nn(s[view], memory.learnt[predictor(view)], p);
        loss += cosine_loss(p, partners(pairs, s[1 - view], mean), pairs.weight / real(2 * n), dp[view],
                            dmean, !options.through_both);
        const ConstView back = partners(pairs, dmean, p);
        std::copy_n(back.data, back.size(), ds[1 - view].data);
    }
    for (int view : {0, 1}) {
        gemm_tn(s[view], dp[view], memory.learnt_gradient[predictor(view)], real(1));
        gemm_nt(dp[view], memory.learnt[predictor(view)], ds[view], real(1));
        standardise_back(s[view], moments[view], ds[view], work, dz[view]);
    }
    return loss;
}

Predictors predictors(const RuleOptions& options, std::size_t width) {
    return {options.pairing == Pairing::siblings ? 2u : 1u, std::sqrt(double(width))};  // P ~ N(0, 1 / k)
}

}  // namespace

static const Listed listed({
    .place = 190,
    .name = "simsiam",
    .family = "layerwise self-supervised, non-contrastive",
    .summary = "each layer predicts the other view's code, held fixed; nothing else keeps the codes apart",
    .equation = "Loss_l = -cos(s1 P, stop(s2)) - cos(s2 P, stop(s1)), s the standardised z = relu(relu(sum_q "
                "h_q U_q) U2) V; delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, the other views of its class, mean and variance of each of the "
             "head's few outputs",
    .citation = "Chen & He, CVPR 2021 (arXiv 2011.10566)",
    .claim = Claim::closed_form,
    .told = Told::pairs,
    .defaults =
        "lr=0.0082 init-scale=0.22 weight-decay=0.053 epsilon=3.5e-8 head=32 head-hidden=32 head-levels=1 "
        "head-depth=2 head-init-scale=0.68 positives=class head-decay=2.2",
    .loss = {.pairs = pair_loss, .predictors = predictors},
});

}  // namespace rhm::simsiam

// CLAPP, contrastive local and predictive plasticity, on pairs of whole strings.
//
//   u(h1, h2) = sum_q h1_q^T B_q h2_q               score of a pair, summed over the positions q of the layer
//   Loss_l    = mean_i [ relu(1 - u(h1_i, h2_i)) + mean_j relu(1 + u(h1_i, h2_j)) ],   j: the other data of i's group,
//               groups of --negatives + 1 consecutive data of the batch
//
// With --head k the codes h are first read by a linear head with a block of its own for every position, z = sum_q h_q V_q
// [N, k], learnt by the same loss, and the score is u = z1^T B z2: a low-rank score across positions.
//
// Illing, Ventura, Bellec & Gerstner, NeurIPS 2021 (arXiv 2010.08262), eqs. 3-4. Deviations: there the pair is a patch and a
// later patch of one image, and a step takes the positive or the negative at random; here both are taken, which is its
// expectation. The pair is given by --views. Written out, the update of one synapse from unit j to unit k at position q is
//
//   dW_jk = gamma * (B_q h2_q)_k * 1[a_k > 0] * x_j,   gamma = -1 for a positive with u < 1, +1 for a negative with u > -1, else 0
//
// (a third factor, a dendritic prediction, and pre- and postsynaptic activity), and the same for view 2 with B_q^T h1_q.
#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "rules/local.hpp"

namespace rhm {
namespace {

/// Layer l's code as the score sees it: Q positions of H units, or with --head k one position of the k outputs of the head.
template <class T>
LayerShape scored(const Network<T>& net, std::size_t l, const RuleOptions& options) {
    LayerShape layer = net.shape.hidden[l - 1];
    if (options.head > 0) layer.positions = 1, layer.width = static_cast<std::size_t>(options.head);
    return layer;
}

template <class T>
void init(const Network<T>& net, const RuleOptions& options, std::uint64_t seed, Memory<T>& memory) {
    const bool head = options.head > 0;
    for (std::size_t l = 1; l <= net.depth(); ++l) {  // blocks 2 l - 2 and 2 l - 1: predictors B and head V
        LayerShape layer = scored(net, l, options);
        memory.learnt.add(concat("B", l), layer.units(), layer.width);  // [Q * H, H]
        memory.learnt.add(concat("V", l), head ? net.shape.hidden[l - 1].units() : 0, head ? layer.width : 0);
    }
    memory.learnt.allocate();
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        Rng rng(seed, Purpose::heads, l);
        LayerShape layer = scored(net, l, options);
        rng.fill_normal(memory.learnt.span(2 * l - 2), options.predictor_scale / static_cast<double>(layer.width) / std::sqrt(static_cast<double>(layer.positions)));
        rng.fill_normal(memory.learnt.span(2 * l - 1), 1 / std::sqrt(static_cast<double>(net.shape.hidden[l - 1].units())));
    }
    memory.learnt_gradient = memory.learnt.zeros();
}

/// The hinges of one group of G data, each the negative of the others. h1, predicted, dh1, weighted: [G, units].
template <class T>
double group_loss(View<const T> h1, View<const T> predicted, std::size_t n, Memory<T>& memory, View<T> dh1, View<T> weighted) {
    const std::size_t g = h1.rows;
    Matrix<T>&score = memory.buffer(3), &gamma = memory.buffer(4);
    score.resize(g, g);
    gamma.resize(g, g);
    gemm_nt<T>(h1, predicted, score.view());  // score[i, j] = u(h1_i, h2_j)
    double loss = 0;
    const T positive = T(1) / static_cast<T>(n), negative = g > 1 ? positive / static_cast<T>(g - 1) : T(0);
    for (std::size_t i = 0; i < g; ++i)
        for (std::size_t j = 0; j < g; ++j) {  // gamma = dLoss / du: the third factor of the update
            double u = double(score(i, j));
            if (i == j) {
                loss += std::max(0.0, 1 - u) * double(positive);
                gamma(i, j) = u < 1 ? -positive : T(0);
            } else {
                loss += std::max(0.0, 1 + u) * double(negative);
                gamma(i, j) = u > -1 ? negative : T(0);
            }
        }
    gemm_nn<T>(gamma, predicted, dh1);  // dh1_i = sum_j gamma_ij B_q h2_j
    gemm_tn<T>(gamma, h1, weighted);    // weighted_j = sum_i gamma_ij h1_i
    return loss;
}

/// The loss on the codes h = [h1; h2] of both views, Q positions of H units each: dh = [dh1; dh2], dB added to db.
template <class T>
double score_loss(View<const T> h, const LayerShape& layer, View<const T> b, const RuleOptions& options, Memory<T>& memory, View<T> dh, View<T> db) {
    const std::size_t n = h.rows / 2, width = layer.width, units = layer.units();
    View<const T> h1 = h.rows_from(0, n), h2 = h.rows_from(n, n);
    View<T> dh1 = dh.rows_from(0, n), dh2 = dh.rows_from(n, n);
    Matrix<T>&predicted = memory.buffer(1), &weighted = memory.buffer(2);
    predicted.resize(n, units);
    weighted.resize(n, units);

    // predicted[j, q] = B_q h2_{j,q}
    for (std::size_t q = 0; q < layer.positions; ++q)
        gemm_nt<T>(h2.block(0, q * width, n, width), b.rows_from(q * width, width), predicted.view().block(0, q * width, n, width));

    double loss = 0;
    const std::size_t size = std::min(n, static_cast<std::size_t>(options.negatives) + 1);
    for (std::size_t first = 0; first < n;) {
        std::size_t count = n - first < 2 * size ? n - first : size;  // what is left over joins the last group
        loss += group_loss<T>(h1.rows_from(first, count), predicted.view().rows_from(first, count), n, memory, dh1.rows_from(first, count),
                              weighted.view().rows_from(first, count));
        first += count;
    }
    for (std::size_t q = 0; q < layer.positions; ++q) {
        View<const T> w = weighted.view().block(0, q * width, n, width);
        gemm_nn<T>(w, b.rows_from(q * width, width), dh2.block(0, q * width, n, width));            // dh2 = B_q^T weighted
        gemm_tn<T>(w, h2.block(0, q * width, n, width), db.rows_from(q * width, width), T(1));      // dB_q = weighted h2^T
    }
    return loss;
}

template <class T>
double layer_loss(const Pass<T>& pass, std::size_t l, const RuleOptions& options, Memory<T>& memory, View<T> dh) {
    View<const T> h = pass.record.flat(l), b = memory.learnt[2 * l - 2], v = memory.learnt[2 * l - 1];
    View<T> db = memory.learnt_gradient[2 * l - 2], dv = memory.learnt_gradient[2 * l - 1];
    LayerShape layer = scored(pass.net, l, options);
    if (options.head == 0) return score_loss<T>(h, layer, b, options, memory, dh, db);
    Matrix<T>&z = memory.buffer(5), &dz = memory.buffer(6);
    z.resize(h.rows, v.cols);
    dz.resize(h.rows, v.cols);
    gemm_nn<T>(h, v, z.view());
    double loss = score_loss<T>(z, layer, b, options, memory, dz, db);
    gemm_nt<T>(dz, v, dh);
    gemm_tn<T>(h, dz, dv, T(1));
    return loss;
}

template <class T>
double gradient(const Pass<T>& pass, const RuleOptions& options, Memory<T>& memory, Parameters<T>& gradient) {
    return local_gradient<T>(layer_loss<T>, pass, options, memory, gradient);
}

}  // namespace

extern const Rule kClapp{
    .name = "clapp",
    .family = "layerwise self-supervised, contrastive",
    .summary = "each layer tells true pairs from false ones by a learnt bilinear score and a hinge",
    .equation = "Loss_l = relu(1 - u(h1, h2)) + relu(1 + u(h1, h2')), u = sum_q h1_q^T B_q h2_q, h2' of another datum; delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, a prediction from lateral weights, a broadcast: positive or negative, learn or not",
    .citation = "Illing, Ventura, Bellec & Gerstner, NeurIPS 2021 (arXiv 2010.08262)",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults = "lr=3e-3 head=16 negatives=15",
    .search = "lr=3e-4:1e-2 head=8|16|32 negatives=1|15 predictor-scale=0.1:10",
    .on_float = {init<float>, gradient<float>, nullptr, layer_loss<float>},
    .on_double = {init<double>, gradient<double>, nullptr, layer_loss<double>},
};

}  // namespace rhm

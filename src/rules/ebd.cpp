// Error broadcast and decorrelation: every layer makes its activity uncorrelated with the output error.
//
//   R_l <- forgetting R_l + (1 - forgetting) <e^T h_l>     [C, Q * H], running correlation over the batches
//   delta_l = D_l (e R_l + dJ_P / dh_l + dJ_E / dh_l)      (the truncated gradient of 1/2 |R_l|^2)
//   J_P = power sum_k (<h_k^2> - power_target)^2           power normalisation
//   J_E = -entropy 1/2 log det(<h^T h> + 1e-3 1)           layer entropy
//
// Erdogan, Pehlevan & Erdogan 2025 (arXiv 2504.11558), in our notation, with g(h) = h. R_l starts as dfa's
// B_l (the paper: a random matrix, too) and stands in its place. Deviations: e is the error of the softmax
// (there of a mean-squared error), the regularisers take unit k's mean over batch and positions, the
// entropy's correlation is the batch's own rather than a running one, for all architectures (there weights
// take the codes' place in cnn and lcn), and the factor 1 - forgetting on the update is left to the learning
// rate.
#include <algorithm>

#include "base/cholesky.hpp"
#include "rules/direct.hpp"

namespace rhm {
namespace {

constexpr double kRidge = 1e-3;

template <class T>
void init(const Network<T>& net, const RuleOptions& options, std::uint64_t seed, Memory<T>& memory) {
    draw_direct(net, options, seed, memory.feedback);
}

/// r [C, Q * H] = R_l with this batch in it.
template <class T>
void update_correlation(const Pass<T>& pass, std::size_t l, const RuleOptions& options, Memory<T>& memory,
                        View<T> r) {
    Matrix<T>& batch = memory.buffer(3);
    batch.resize(r.rows, r.cols);
    gemm_tn<T>(pass.error, pass.record.flat(l), batch.view());  // <e^T h_l>
    const T keep = static_cast<T>(options.forgetting), take = static_cast<T>(1 - options.forgetting);
    for (std::size_t i = 0; i < r.size(); ++i) r.data[i] = keep * r.data[i] + take * batch.data()[i];
    tie_positions<T>(pass.net.shape.hidden[l - 1], options, Tie::mean, r);
}

/// inverse = a^-1 for a symmetric positive definite a, which is overwritten; false when a is not so in the
/// numbers' precision. (Inverting by blocks without a factorisation loses, in float, the small eigenvalues
/// that the ridge leaves: runs diverged.)
template <class T>
bool invert(View<T> a, Matrix<T>& inverse) {
    if (!cholesky<T>(a)) return false;
    inverse.resize(a.rows, a.cols);
    inverse.fill(T(0));
    for (std::size_t k = 0; k < a.rows; ++k) inverse(k, k) = T(1);
    cholesky_solve<T>(a, inverse.view());
    return true;
}

/// dh [rows, H] += dJ_P / dh = 4 power / rows (<h_k^2> - power_target) h
template <class T>
void add_power(View<const T> h, const RuleOptions& options, Memory<T>& memory, View<T> dh) {
    Matrix<T>& factor = memory.buffer(4);  // [1, H], first the sum of squares
    factor.resize(1, h.cols);
    factor.fill(T(0));
    for (std::size_t i = 0; i < h.rows; ++i)
        for (std::size_t k = 0; k < h.cols; ++k) factor(0, k) += h(i, k) * h(i, k);
    const T scale = T(1) / static_cast<T>(h.rows);
    for (std::size_t k = 0; k < h.cols; ++k)
        factor(0, k) = static_cast<T>(4 * options.power) * scale
                       * (factor(0, k) * scale - static_cast<T>(options.power_target));
    for (std::size_t i = 0; i < h.rows; ++i)
        for (std::size_t k = 0; k < h.cols; ++k) dh(i, k) += factor(0, k) * h(i, k);
}

/// dh [rows, H] += dJ_E / dh = -entropy / rows h (<h^T h> + 1e-3 1)^-1
template <class T>
void add_entropy(View<const T> h, const RuleOptions& options, Memory<T>& memory, View<T> dh) {
    Matrix<T>& c = memory.buffer(2);
    c.resize(h.cols, h.cols);
    gemm_tn<T>(h, h, c.view());
    const T scale = T(1) / static_cast<T>(h.rows);
    for (std::size_t i = 0; i < c.size(); ++i) c.data()[i] *= scale;
    for (std::size_t k = 0; k < h.cols; ++k) c(k, k) += static_cast<T>(kRidge);
    Matrix<T>& inverse = memory.buffer(5);
    if (!invert<T>(c.view(), inverse)) return;
    for (std::size_t i = 0; i < inverse.size(); ++i)
        inverse.data()[i] *= -static_cast<T>(options.entropy) * scale;
    gemm_nn<T>(h, inverse, dh, T(1));
}

template <class T>
double gradient(const Pass<T>& pass, const RuleOptions& options, Memory<T>& memory, Parameters<T>& gradient) {
    const Network<T>& net = pass.net;
    Matrix<T>&delta = memory.buffer(0), &r = memory.buffer(1);
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        const LayerShape& layer = net.shape.hidden[l - 1];
        View<const T> before = memory.feedback[l - 1];
        r.resize(before.rows, before.cols);
        std::copy_n(before.data, before.size(), r.data());
        update_correlation(pass, l, options, memory, r.view());
        delta.resize(pass.n, layer.units());
        gemm_nn<T>(pass.error, r, delta.view());  // e R_l [N, Q * H]
        View<T> by_position = delta.reshape(pass.n * layer.positions, layer.width);
        if (options.power > 0) add_power<T>(pass.record.h(l), options, memory, by_position);
        if (options.entropy > 0) add_entropy<T>(pass.record.h(l), options, memory, by_position);
        relu_mask<T>(pass.record.flat(l), delta.view());
        accumulate<T>(net, pass.record, l, by_position, gradient);
    }
    return kNoLoss;
}

template <class T>
void adapt(const Pass<T>& pass, const RuleOptions& options, Memory<T>& memory) {
    for (std::size_t l = 1; l <= pass.net.depth(); ++l)
        update_correlation<T>(pass, l, options, memory, memory.feedback[l - 1]);
}

}  // namespace

extern const Rule kEbd{
    .name = "ebd",
    .family = "direct feedback",
    .summary =
        "error broadcast and decorrelation: dfa with the running correlation of activity and error as "
        "feedback weights",
    .equation =
        "delta_l = D_l (e R_l + dJ_P/dh_l + dJ_E/dh_l), R_l a running mean of e^T h_l; J_P holds each unit's "
        "power, J_E raises the layer's entropy",
    .needs =
        "presynaptic activity, own mask, the output error through weights that learn its correlation with "
        "the unit, the layer's correlations",
    .citation = "Erdogan, Pehlevan & Erdogan, 2025 (arXiv 2504.11558)",
    .claim = Claim::closed_form,
    .told = Told::labels,
    .defaults = "lr=8.8e-3 feedback-scale=5.7 forgetting=0.99999 power=0.01 entropy=0.001",
    .search =
        "lr=3e-4:1e-2 feedback-scale=0.1:10 forgetting=0.9|0.99|0.999|0.9999|0.99999 power=0|0.01|0.1|1 "
        "entropy=0|0.001|0.01|0.1",
    .on_float = {init<float>, gradient<float>, adapt<float>},
    .on_double = {init<double>, gradient<double>, adapt<double>},
};

}  // namespace rhm

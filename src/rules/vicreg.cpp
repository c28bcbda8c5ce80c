// VICReg, variance-invariance-covariance regularisation, layer by layer, on a local linear head.
//
//   z = sum_q h_q V_q   [N, k]: a linear head with a block of its own for every position q, learnt by the same loss
//   Loss_l = inv / (N k) sum |z1 - z2|^2 + var / (2 k) sum_views sum_j relu(1 - sqrt(Var z_j + 1e-4))
//          + cov / k sum_views sum_{i != j} Cov(z_i, z_j)^2
//
// Bardes, Ponce & LeCun, ICLR 2022 (arXiv 2105.04906), eqs. 1-6, with the normalisation of the authors' code (means over N k
// for the first term, halves for the second). Variances and covariances divide by N - 1. No expander, no gradient downwards.
#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "rules/local.hpp"

namespace rhm {
namespace {

template <class T>
void init(const Network<T>& net, const RuleOptions& options, std::uint64_t seed, Memory<T>& memory) {
    std::size_t k = static_cast<std::size_t>(options.head);
    for (std::size_t l = 1; l <= net.depth(); ++l) memory.learnt.add(concat("V", l), net.shape.hidden[l - 1].units(), k);
    memory.learnt.allocate();
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        Rng rng(seed, Purpose::heads, l);
        rng.fill_normal(memory.learnt.span(l - 1), 1 / std::sqrt(static_cast<double>(net.shape.hidden[l - 1].units())));
    }
    memory.learnt_gradient = memory.learnt.zeros();
}

/// The variance and covariance terms of one view z [N, k], their gradient added to dz.
template <class T>
double spread_loss(View<const T> z, const RuleOptions& options, Memory<T>& memory, View<T> dz) {
    const std::size_t n = z.rows, k = z.cols;
    const T per_pair = T(1) / static_cast<T>(n - 1);
    Matrix<T>&centred = memory.buffer(3), &covariance = memory.buffer(4);
    centred.resize(n, k);
    covariance.resize(k, k);
    for (std::size_t j = 0; j < k; ++j) {
        T mean = 0;
        for (std::size_t i = 0; i < n; ++i) mean += z(i, j);
        mean /= static_cast<T>(n);
        for (std::size_t i = 0; i < n; ++i) centred(i, j) = z(i, j) - mean;
    }
    gemm_tn<T>(centred, centred, covariance.view());
    // From here on `covariance` becomes the factor G of dz = centred G: diagonal from the hinge, off-diagonal from the squares.
    double loss = 0;
    for (std::size_t a = 0; a < k; ++a)
        for (std::size_t b = 0; b < k; ++b) {
            T c = covariance(a, b) * per_pair;
            if (a == b) {
                T deviation = std::sqrt(c + T(1e-4));
                loss += options.variance / (2 * double(k)) * std::max(0.0, 1 - double(deviation));
                covariance(a, b) = deviation < 1 ? -static_cast<T>(options.variance) / (T(2) * static_cast<T>(k) * deviation) * per_pair : T(0);
            } else {
                loss += options.covariance / double(k) * double(c) * double(c);
                covariance(a, b) = T(4) * static_cast<T>(options.covariance) / static_cast<T>(k) * c * per_pair;
            }
        }
    gemm_nn<T>(centred, covariance, dz, T(1));
    return loss;
}

template <class T>
double layer_loss(const Pass<T>& pass, std::size_t l, const RuleOptions& options, Memory<T>& memory, View<T> dh) {
    const std::size_t n = pass.n, k = static_cast<std::size_t>(options.head);
    View<const T> h = pass.record.flat(l), v = memory.learnt[l - 1];
    Matrix<T>&z = memory.buffer(1), &dz = memory.buffer(2);
    z.resize(2 * n, k);
    dz.resize(2 * n, k);
    gemm_nn<T>(h, v, z.view());

    double loss = 0;
    const T scale = T(2) * static_cast<T>(options.invariance) / static_cast<T>(n * k);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < k; ++j) {
            T difference = z(i, j) - z(n + i, j);
            loss += options.invariance / double(n * k) * double(difference) * double(difference);
            dz(i, j) = scale * difference;
            dz(n + i, j) = -scale * difference;
        }
    for (std::size_t view = 0; view < 2; ++view)
        loss += spread_loss<T>(z.view().rows_from(view * n, n), options, memory, dz.view().rows_from(view * n, n));

    gemm_nt<T>(dz, v, dh);
    gemm_tn<T>(h, dz, memory.learnt_gradient[l - 1], T(1));
    return loss;
}

template <class T>
double gradient(const Pass<T>& pass, const RuleOptions& options, Memory<T>& memory, Parameters<T>& gradient) {
    return local_gradient<T>(layer_loss<T>, pass, options, memory, gradient);
}

}  // namespace

extern const Rule kVicreg{
    .name = "vicreg",
    .family = "layerwise self-supervised, non-contrastive",
    .summary = "each layer makes the two views of a pair alike while its outputs stay spread and uncorrelated",
    .equation = "Loss_l = inv |z1 - z2|^2 + var relu(1 - sd z) + cov sum_{i != j} Cov(z_i, z_j)^2, z = sum_q h_q V_q; delta_l = D_l dLoss_l/dh_l",
    .needs = "presynaptic activity, own mask, the other view's code, variances and covariances of the head's few outputs",
    .citation = "Bardes, Ponce & LeCun, ICLR 2022 (arXiv 2105.04906)",
    .claim = Claim::local_gradient,
    .told = Told::pairs,
    .defaults = "lr=3e-3 head=16 variance=2",
    .search = "lr=3e-4:1e-2 head=8|16|32 variance=0.3:10 covariance=0.01:1",
    .on_float = {init<float>, gradient<float>, nullptr, layer_loss<float>},
    .on_double = {init<double>, gradient<double>, nullptr, layer_loss<double>},
};

}  // namespace rhm

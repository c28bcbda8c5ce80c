// The plain kernels: what kernels.hpp promises, in the fewest words. Chosen with --kernel plain; the oracle
// of the tests.
#pragma once
#include <algorithm>
#include <cmath>

#include "matrix/kernels.hpp"

namespace rhm::plain {

inline void gemm_nn(ConstView a, ConstView b, View c, real beta) {
    for (std::size_t i = 0; i < c.rows; ++i)
        for (std::size_t j = 0; j < c.cols; ++j) {
            real sum = 0;
            for (std::size_t k = 0; k < a.cols; ++k) sum += a(i, k) * b(k, j);
            c(i, j) = beta == real(0) ? sum : beta * c(i, j) + sum;
        }
}

inline void gemm_nt(ConstView a, ConstView b, View c, real beta) {
    for (std::size_t i = 0; i < c.rows; ++i)
        for (std::size_t j = 0; j < c.cols; ++j) {
            real sum = 0;
            for (std::size_t k = 0; k < a.cols; ++k) sum += a(i, k) * b(j, k);
            c(i, j) = beta == real(0) ? sum : beta * c(i, j) + sum;
        }
}

inline void gemm_tn(ConstView a, ConstView b, View c, real beta) {
    for (std::size_t i = 0; i < c.rows; ++i)
        for (std::size_t j = 0; j < c.cols; ++j) {
            real sum = 0;
            for (std::size_t k = 0; k < a.rows; ++k) sum += a(k, i) * b(k, j);
            c(i, j) = beta == real(0) ? sum : beta * c(i, j) + sum;
        }
}

inline void gather(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab,
                   ConstView w, View out) {
    for (std::size_t r = 0; r < out.rows; ++r)
        for (std::size_t c = 0; c < out.cols; ++c) {
            real sum = 0;
            for (std::size_t j = 0; j < group; ++j) sum += w(j * vocab + symbols[r * stride + j], c);
            out(r, c) = sum;
        }
}

inline void scatter(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab,
                    ConstView delta, View dw) {
    for (std::size_t r = 0; r < delta.rows; ++r)
        for (std::size_t j = 0; j < group; ++j)
            for (std::size_t c = 0; c < delta.cols; ++c)
                dw(j * vocab + symbols[r * stride + j], c) += delta(r, c);
}

inline void bias_relu(std::span<const real> bias, View a) {
    for (std::size_t r = 0; r < a.rows; ++r)
        for (std::size_t c = 0; c < a.cols; ++c) {
            real x = bias.empty() ? a(r, c) : a(r, c) + bias[c];
            a(r, c) = x > 0 ? x : real(0);
        }
}

inline void relu_mask(ConstView h, View delta) {
    for (std::size_t r = 0; r < delta.rows; ++r)
        for (std::size_t c = 0; c < delta.cols; ++c) delta(r, c) = h(r, c) > 0 ? delta(r, c) : real(0);
}

inline void softmax(View x, std::span<real> top, std::span<real> sum) {
    for (std::size_t r = 0; r < x.rows; ++r) {
        top[r] = x(r, 0);
        for (std::size_t j = 1; j < x.cols; ++j) top[r] = std::max(top[r], x(r, j));
        sum[r] = 0;
        for (std::size_t j = 0; j < x.cols; ++j) sum[r] += x(r, j) = std::exp(x(r, j) - top[r]);
        for (std::size_t j = 0; j < x.cols; ++j) x(r, j) /= sum[r];
    }
}

inline void softplus(std::span<real> x, std::span<real> slope) {
    for (std::size_t i = 0; i < x.size(); ++i) {
        const real e = std::exp(-std::abs(x[i]));
        slope[i] = x[i] > 0 ? 1 / (1 + e) : e / (1 + e);
        x[i] = std::max(x[i], real(0)) + std::log1p(e);
    }
}

inline void adam_update(std::span<const real> gradient, std::span<real> mean, std::span<real> square,
                        std::span<real> weights, double lr, double beta1, double beta2, double epsilon,
                        double keep = 1) {
    real b1 = real(beta1), b2 = real(beta2), rate = real(lr), eps = real(epsilon);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        real g = gradient[i];
        mean[i] = b1 * mean[i] + (1 - b1) * g;
        square[i] = b2 * square[i] + (1 - b2) * g * g;
        if (g != 0) weights[i] *= real(keep);
        weights[i] -= rate * mean[i] / (std::sqrt(square[i]) + eps);
    }
}

}  // namespace rhm::plain

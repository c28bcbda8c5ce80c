// The plain kernels: what kernels.hpp promises, in the fewest words. Chosen with --kernel plain; the oracle
// of the tests.
#pragma once
#include <cmath>

#include "base/kernels.hpp"

namespace rhm::plain {

template <class T>
void gemm_nn(View<const T> a, View<const T> b, View<T> c, T beta) {
    for (std::size_t i = 0; i < c.rows; ++i)
        for (std::size_t j = 0; j < c.cols; ++j) {
            T sum = 0;
            for (std::size_t k = 0; k < a.cols; ++k) sum += a(i, k) * b(k, j);
            c(i, j) = beta == T(0) ? sum : beta * c(i, j) + sum;
        }
}

template <class T>
void gemm_nt(View<const T> a, View<const T> b, View<T> c, T beta) {
    for (std::size_t i = 0; i < c.rows; ++i)
        for (std::size_t j = 0; j < c.cols; ++j) {
            T sum = 0;
            for (std::size_t k = 0; k < a.cols; ++k) sum += a(i, k) * b(j, k);
            c(i, j) = beta == T(0) ? sum : beta * c(i, j) + sum;
        }
}

template <class T>
void gemm_tn(View<const T> a, View<const T> b, View<T> c, T beta) {
    for (std::size_t i = 0; i < c.rows; ++i)
        for (std::size_t j = 0; j < c.cols; ++j) {
            T sum = 0;
            for (std::size_t k = 0; k < a.rows; ++k) sum += a(k, i) * b(k, j);
            c(i, j) = beta == T(0) ? sum : beta * c(i, j) + sum;
        }
}

template <class T>
void gather(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab,
            View<const T> w, View<T> out) {
    for (std::size_t r = 0; r < out.rows; ++r)
        for (std::size_t c = 0; c < out.cols; ++c) {
            T sum = 0;
            for (std::size_t j = 0; j < group; ++j) sum += w(j * vocab + symbols[r * stride + j], c);
            out(r, c) = sum;
        }
}

template <class T>
void scatter(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab,
             View<const T> delta, View<T> dw) {
    for (std::size_t r = 0; r < delta.rows; ++r)
        for (std::size_t j = 0; j < group; ++j)
            for (std::size_t c = 0; c < delta.cols; ++c)
                dw(j * vocab + symbols[r * stride + j], c) += delta(r, c);
}

template <class T>
void bias_relu(std::span<const T> bias, View<T> a) {
    for (std::size_t r = 0; r < a.rows; ++r)
        for (std::size_t c = 0; c < a.cols; ++c) {
            T x = bias.empty() ? a(r, c) : a(r, c) + bias[c];
            a(r, c) = x > 0 ? x : T(0);
        }
}

template <class T>
void relu_mask(View<const T> h, View<T> delta) {
    for (std::size_t r = 0; r < delta.rows; ++r)
        for (std::size_t c = 0; c < delta.cols; ++c) delta(r, c) = h(r, c) > 0 ? delta(r, c) : T(0);
}

template <class T>
void adam_update(std::span<const T> gradient, std::span<T> mean, std::span<T> square, std::span<T> weights,
                 double lr, double beta1, double beta2, double epsilon) {
    T b1 = static_cast<T>(beta1), b2 = static_cast<T>(beta2), rate = static_cast<T>(lr),
      eps = static_cast<T>(epsilon);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        T g = gradient[i];
        mean[i] = b1 * mean[i] + (1 - b1) * g;
        square[i] = b2 * square[i] + (1 - b2) * g * g;
        weights[i] -= rate * mean[i] / (std::sqrt(square[i]) + eps);
    }
}

}  // namespace rhm::plain

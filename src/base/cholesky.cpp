#include "base/cholesky.hpp"

#include <algorithm>
#include <cmath>

#include "base/kernels.hpp"

namespace rhm {
namespace {

constexpr std::size_t kBlock = 32;

template <class T>
void subtract(View<const T> b, View<T> a) {
    for (std::size_t i = 0; i < a.rows; ++i)
        for (std::size_t j = 0; j < a.cols; ++j) a(i, j) -= b(i, j);
}

/// The textbook algorithm on one block of the diagonal.
template <class T>
bool factor_block(View<T> a) {
    for (std::size_t j = 0; j < a.cols; ++j) {
        T pivot = a(j, j);
        for (std::size_t k = 0; k < j; ++k) pivot -= a(j, k) * a(j, k);
        if (!(pivot > T(0)) || !std::isfinite(pivot)) return false;
        a(j, j) = std::sqrt(pivot);
        for (std::size_t i = j + 1; i < a.rows; ++i) {
            T sum = a(i, j);
            for (std::size_t k = 0; k < j; ++k) sum -= a(i, k) * a(j, k);
            a(i, j) = sum / a(j, j);
        }
    }
    return true;
}

/// Every row r of `rows` becomes r L^{-T}.
template <class T>
void divide_rows(View<const T> l, View<T> rows) {
    for (std::size_t i = 0; i < rows.rows; ++i)
        for (std::size_t j = 0; j < l.cols; ++j) {
            T sum = rows(i, j);
            for (std::size_t k = 0; k < j; ++k) sum -= rows(i, k) * l(j, k);
            rows(i, j) = sum / l(j, j);
        }
}

/// row(i) -= factor * row(k)
template <class T>
void subtract_row(View<T> x, std::size_t i, T factor, std::size_t k) {
    for (std::size_t c = 0; c < x.cols; ++c) x(i, c) -= factor * x(k, c);
}

template <class T>
void divide_row(View<T> x, std::size_t i, T by) {
    for (std::size_t c = 0; c < x.cols; ++c) x(i, c) /= by;
}

}  // namespace

template <class T>
bool cholesky(View<T> a) {
    const std::size_t n = a.rows;
    Matrix<T> known(n, std::min(n, kBlock));
    for (std::size_t j = 0; j < n; j += kBlock) {
        const std::size_t width = std::min(kBlock, n - j);
        View<T> panel = a.block(j, j, n - j, width);  // the block of the diagonal and all below it
        if (j > 0) {
            View<T> product = known.reshape(n - j, width);
            gemm_nt<T>(a.block(j, 0, n - j, j), a.block(j, 0, width, j), product);
            subtract<T>(product, panel);
        }
        if (!factor_block<T>(panel.rows_from(0, width))) return false;
        divide_rows<T>(panel.rows_from(0, width), panel.rows_from(width, n - j - width));
    }
    return true;
}

template <class T>
void cholesky_solve(In<T> l, View<T> x) {
    const std::size_t n = l.rows, blocks = (n + kBlock - 1) / kBlock;
    Matrix<T> known(kBlock, x.cols);
    for (std::size_t b = 0; b < blocks; ++b) {  // L y = x
        const std::size_t j = b * kBlock, width = std::min(kBlock, n - j);
        if (j > 0) {
            gemm_nn<T>(l.block(j, 0, width, j), x.rows_from(0, j), known.reshape(width, x.cols));
            subtract<T>(known.reshape(width, x.cols), x.rows_from(j, width));
        }
        for (std::size_t i = j; i < j + width; ++i) {
            for (std::size_t k = j; k < i; ++k) subtract_row<T>(x, i, l(i, k), k);
            divide_row<T>(x, i, l(i, i));
        }
    }
    for (std::size_t b = blocks; b-- > 0;) {  // L^T x = y
        const std::size_t j = b * kBlock, width = std::min(kBlock, n - j), after = j + width;
        if (after < n) {
            gemm_tn<T>(l.block(after, j, n - after, width), x.rows_from(after, n - after),
                       known.reshape(width, x.cols));
            subtract<T>(known.reshape(width, x.cols), x.rows_from(j, width));
        }
        for (std::size_t i = after; i-- > j;) {
            for (std::size_t k = i + 1; k < after; ++k) subtract_row<T>(x, i, l(k, i), k);
            divide_row<T>(x, i, l(i, i));
        }
    }
}

template <class T>
void gram(In<T> x, View<T> c) {
    constexpr std::size_t kRows = 128;  // nothing to save in smaller ones
    for (std::size_t i = 0; i < x.cols; i += kRows) {
        const std::size_t height = std::min(kRows, x.cols - i);
        gemm_tn<T>(x.block(0, i, x.rows, height), x.block(0, 0, x.rows, i + height),
                   c.block(i, 0, height, i + height));
    }
}

#define RHM_CHOLESKY(T)                                      \
    template bool cholesky<T>(View<T>);                      \
    template void cholesky_solve<T>(View<const T>, View<T>); \
    template void gram<T>(View<const T>, View<T>);
RHM_CHOLESKY(float)
RHM_CHOLESKY(double)
#undef RHM_CHOLESKY

}  // namespace rhm

#include "matrix/cholesky.hpp"

#include <algorithm>
#include <cmath>

#include "matrix/kernels.hpp"

namespace rhm {
namespace {

constexpr std::size_t kBlock = 32;

void subtract(ConstView b, View a) {
    for (std::size_t i = 0; i < a.rows; ++i)
        for (std::size_t j = 0; j < a.cols; ++j) a(i, j) -= b(i, j);
}

/// The textbook algorithm on one block of the diagonal.
bool factor_block(View a) {
    for (std::size_t j = 0; j < a.cols; ++j) {
        real pivot = a(j, j);
        for (std::size_t k = 0; k < j; ++k) pivot -= a(j, k) * a(j, k);
        if (!(pivot > real(0)) || !std::isfinite(pivot)) return false;
        a(j, j) = std::sqrt(pivot);
        for (std::size_t i = j + 1; i < a.rows; ++i) {
            real sum = a(i, j);
            for (std::size_t k = 0; k < j; ++k) sum -= a(i, k) * a(j, k);
            a(i, j) = sum / a(j, j);
        }
    }
    return true;
}

/// Every row r of `rows` becomes r L^{-T}.
void divide_rows(ConstView l, View rows) {
    for (std::size_t i = 0; i < rows.rows; ++i)
        for (std::size_t j = 0; j < l.cols; ++j) {
            real sum = rows(i, j);
            for (std::size_t k = 0; k < j; ++k) sum -= rows(i, k) * l(j, k);
            rows(i, j) = sum / l(j, j);
        }
}

/// row(i) -= factor * row(k)
void subtract_row(View x, std::size_t i, real factor, std::size_t k) {
    for (std::size_t c = 0; c < x.cols; ++c) x(i, c) -= factor * x(k, c);
}

void divide_row(View x, std::size_t i, real by) {
    for (std::size_t c = 0; c < x.cols; ++c) x(i, c) /= by;
}

}  // namespace

bool cholesky(View a) {
    const std::size_t n = a.rows;
    Matrix known(n, std::min(n, kBlock));
    for (std::size_t j = 0; j < n; j += kBlock) {
        const std::size_t width = std::min(kBlock, n - j);
        View panel = a.block(j, j, n - j, width);  // the block of the diagonal and all below it
        if (j > 0) {
            View product = known.reshape(n - j, width);
            gemm_nt(a.block(j, 0, n - j, j), a.block(j, 0, width, j), product);
            subtract(product, panel);
        }
        if (!factor_block(panel.rows_from(0, width))) return false;
        divide_rows(panel.rows_from(0, width), panel.rows_from(width, n - j - width));
    }
    return true;
}

void cholesky_solve(ConstView l, View x) {
    const std::size_t n = l.rows, blocks = (n + kBlock - 1) / kBlock;
    Matrix known(kBlock, x.cols);
    for (std::size_t b = 0; b < blocks; ++b) {  // L y = x
        const std::size_t j = b * kBlock, width = std::min(kBlock, n - j);
        if (j > 0) {
            gemm_nn(l.block(j, 0, width, j), x.rows_from(0, j), known.reshape(width, x.cols));
            subtract(known.reshape(width, x.cols), x.rows_from(j, width));
        }
        for (std::size_t i = j; i < j + width; ++i) {
            for (std::size_t k = j; k < i; ++k) subtract_row(x, i, l(i, k), k);
            divide_row(x, i, l(i, i));
        }
    }
    for (std::size_t b = blocks; b-- > 0;) {  // L^T x = y
        const std::size_t j = b * kBlock, width = std::min(kBlock, n - j), after = j + width;
        if (after < n) {
            gemm_tn(l.block(after, j, n - after, width), x.rows_from(after, n - after),
                    known.reshape(width, x.cols));
            subtract(known.reshape(width, x.cols), x.rows_from(j, width));
        }
        for (std::size_t i = after; i-- > j;) {
            for (std::size_t k = i + 1; k < after; ++k) subtract_row(x, i, l(k, i), k);
            divide_row(x, i, l(i, i));
        }
    }
}

void gram(ConstView x, View c) {
    constexpr std::size_t kRows = 128;  // nothing to save in smaller ones
    for (std::size_t i = 0; i < x.cols; i += kRows) {
        const std::size_t height = std::min(kRows, x.cols - i);
        gemm_tn(x.block(0, i, x.rows, height), x.block(0, 0, x.rows, i + height),
                c.block(i, 0, height, i + height));
    }
}

}  // namespace rhm

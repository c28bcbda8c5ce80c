#include "matrix/standardise.hpp"

#include <algorithm>
#include <cmath>

namespace rhm {

void invert_deviation(View moments) {
    for (std::size_t j = 0; j < moments.cols; ++j)
        moments(2, j) = real(1) / std::sqrt(moments(1, j) + real(1e-5));
}

void find_moments(ConstView z, View moments) {
    const std::size_t n = z.rows, k = z.cols;
    const real per_row = real(1) / real(n);
    real *mean = moments.row(0), *variance = moments.row(1);
    std::fill_n(mean, k, real(0));
    std::fill_n(variance, k, real(0));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < k; ++j) mean[j] += z(i, j);
    for (std::size_t j = 0; j < k; ++j) mean[j] *= per_row;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < k; ++j) variance[j] += (z(i, j) - mean[j]) * (z(i, j) - mean[j]);
    for (std::size_t j = 0; j < k; ++j) variance[j] /= real(n);
    invert_deviation(moments);
}

void standardise(ConstView z, ConstView moments, View standard) {
    for (std::size_t i = 0; i < z.rows; ++i)
        for (std::size_t j = 0; j < z.cols; ++j) standard(i, j) = (z(i, j) - moments(0, j)) * moments(2, j);
}

void standardise_back(ConstView standard, ConstView moments, ConstView d, View work, View dz) {
    const std::size_t n = standard.rows, k = standard.cols;
    std::fill_n(work.data, 2 * k, real(0));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < k; ++j) {
            work(0, j) += d(i, j) / real(n);
            work(1, j) += d(i, j) * standard(i, j) / real(n);
        }
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < k; ++j)
            dz(i, j) = moments(2, j) * (d(i, j) - work(0, j) - standard(i, j) * work(1, j));
}

}  // namespace rhm

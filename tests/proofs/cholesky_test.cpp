// Linear systems against Gaussian elimination, and sums of squares against the definition.
#include <cmath>

#include "matrix/cholesky.hpp"
#include "base/rng.hpp"
#include "catch.hpp"

using namespace rhm;

namespace {

Matrix random_matrix(std::size_t rows, std::size_t cols, std::uint64_t index) {
    Matrix x(rows, cols);
    Rng(5, Purpose::test, index).fill_normal(std::span(x.data(), x.size()), 1);
    return x;
}

/// x = a^{-1} x by elimination without pivoting (a is positive definite).
void eliminate(Matrix a, Matrix& x) {
    const std::size_t n = a.rows();
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t i = 0; i < n; ++i) {
            if (i == k) continue;
            double f = a(i, k) / a(k, k);
            for (std::size_t j = 0; j < n; ++j) a(i, j) -= f * a(k, j);
            for (std::size_t j = 0; j < x.cols(); ++j) x(i, j) -= f * x(k, j);
        }
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < x.cols(); ++j) x(i, j) /= a(i, i);
}

double distance(const Matrix& a, const Matrix& b) {
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a.data()[i] - b.data()[i]));
    return most;
}

}  // namespace

TEST_CASE("positive definite systems of every size are solved", "[cholesky]") {
    for (std::size_t n : {1u, 2u, 31u, 32u, 33u, 64u, 100u, 161u})
        for (std::size_t columns : {1u, 5u}) {
            Matrix x = random_matrix(n + 20, n, n), a(n, n), rhs = random_matrix(n, columns, 99), plain = rhs;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j)
                    for (std::size_t k = 0; k < x.rows(); ++k) a(i, j) += x(k, i) * x(k, j);
            Matrix c(n, n), full = a;
            gram(x, c.view());
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j <= i; ++j)
                    CHECK(std::abs(c(i, j) - a(i, j)) < 1e-10 * double(n + 20));
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = i + 1; j < n; ++j) a(i, j) = 1e300;  // the upper triangle is not read
            INFO("size " << n);
            REQUIRE(cholesky(a.view()));
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = i + 1; j < n; ++j) REQUIRE(a(i, j) == 1e300);
            cholesky_solve(a, rhs.view());
            eliminate(full, plain);
            CHECK(distance(rhs, plain) < 1e-8);
        }
}

TEST_CASE("what is not positive definite is refused", "[cholesky]") {
    for (std::size_t n : {3u, 70u})
        for (double bad : {-1.0, 0.0, std::nan(""), HUGE_VAL})
            for (std::size_t at : {std::size_t{0}, n - 1}) {
                Matrix a(n, n);
                for (std::size_t i = 0; i < n; ++i) a(i, i) = 1;
                a(at, at) = bad;
                CHECK_FALSE(cholesky(a.view()));
            }
}

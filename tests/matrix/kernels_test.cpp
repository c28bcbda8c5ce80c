// Every fast kernel against the plain one: on integers the two must be equal, on random numbers close, and
// around every output there are sentinels that must stay as they were.
#include "catch.hpp"

#include <thread>

#include "base/error.hpp"
#include "framed.hpp"

using namespace rhm;

namespace {

enum class Kind { nn, nt, tn };

void gemm(Kind kind, View a, View b, View c, real beta) {
    if (kind == Kind::nn)
        gemm_nn(a, b, c, beta);
    else if (kind == Kind::nt)
        gemm_nt(a, b, c, beta);
    else
        gemm_tn(a, b, c, beta);
}

/// The operands of one product, and c as plain computes it from the same start.
struct Product {
    Kind kind;
    size_t m, n, k;
    Framed a, b, c, expected;
    real beta;

    template <class Make>
    Product(Kind kind_, size_t m_, size_t n_, size_t k_, size_t gap, real beta_, Make make)
        : kind(kind_),
          m(m_),
          n(n_),
          k(k_),
          a(kind_ == Kind::tn ? k_ : m_, kind_ == Kind::tn ? m_ : k_, gap),
          b(kind_ == Kind::nt ? n_ : k_, kind_ == Kind::nt ? k_ : n_, gap),
          c(m_, n_, gap),
          expected(m_, n_, gap),
          beta(beta_) {
        a.fill(make);
        b.fill(make);
        c.fill([&] { return beta == real(0) ? std::numeric_limits<real>::quiet_NaN() : real(make()); });
        expected = c;
        const Selected plain("plain");
        gemm(kind, a.view(), b.view(), expected.view(), beta);
    }
};

void check_integers(std::string_view name, Kind kind, size_t m, size_t n, size_t k, size_t gap, real beta,
                    Random& random) {
    Product p(kind, m, n, k, gap, beta, [&] { return double(random.below(9)) - 4; });
    const Selected fast(name);
    gemm(kind, p.a.view(), p.b.view(), p.c.view(), beta);
    CAPTURE(std::string(name), int(kind), m, n, k, gap, beta, sizeof(real));
    REQUIRE(distance(p.c.view(), p.expected.view(), 1) == 0);
    REQUIRE(p.c.frame_intact());
}

const Kind kinds[] = {Kind::nn, Kind::nt, Kind::tn};

/// Rows of register tiles, widths of panels and depths of blocks of kernels_fast.inc, each with its
/// neighbours.
const size_t row_counts[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 19, 23, 24, 25, 37, 64, 72};
const size_t column_counts[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 28, 31, 32, 33, 47, 63, 64, 65, 72};
const size_t depths[] = {0, 1, 2, 3, 8, 17, 64};

}  // namespace

TEST_CASE("gemm is exact on integers, for every small shape", "[kernels]") {
    Random random;
    for (std::string_view name : fast_names())
        for (size_t m : row_counts)
            for (size_t n : column_counts) {
                const size_t k = depths[random.below(std::size(depths))],
                             gap = random.below(2) * random.below(40);
                for (Kind kind : kinds)
                    check_integers(name, kind, m, n, k, gap, real(int(random.below(3)) - 1), random);
            }
}

TEST_CASE("gemm is exact on integers across the blocks of k and n", "[kernels]") {
    Random random;
    for (std::string_view name : fast_names())
        for (Kind kind : kinds)
            for (size_t n : Sizes{5, 255, 256, 257, 511, 512, 513, 1030})
                for (size_t k : Sizes{1, 255, 256, 257, 511, 513}) {
                    const size_t m = 1 + random.below(14), gap = random.below(2) * 3;
                    check_integers(name, kind, m, n, k, gap, real(k % 3) / 2, random);
                }
}

TEST_CASE("gemm is exact on integers where the rows of a lie far apart", "[kernels]") {
    Random random;
    for (std::string_view name : fast_names())
        for (Kind kind : kinds)
            for (size_t far : Sizes{255, 256, 511, 512, 517, 1030})
                for (size_t few : Sizes{1, 5, 13, 29})
                    for (size_t n : Sizes{127, 128, 137}) {
                        const bool by_rows = kind != Kind::tn;
                        check_integers(name, kind, by_rows ? few : far, n, by_rows ? far : few,
                                       random.below(2), real(random.below(2)), random);
                    }
}

TEST_CASE("gemm is close to plain on random numbers", "[kernels]") {
    Random random;
    for (std::string_view name : fast_names())
        for (Kind kind : kinds)
            for (int trial = 0; trial < 40; ++trial) {
                const size_t m = random.below(70), n = random.below(140), k = random.below(600);
                Product p(kind, m, n, k, random.below(9), real(random()), random);
                const Selected fast(name);
                gemm(kind, p.a.view(), p.b.view(), p.c.view(), p.beta);
                // Higham, Accuracy and Stability of Numerical Algorithms (2002), eq. 3.5: each error is at
                // most (k + 2) u sum |a| |b|, here with every factor below 1.
                const double bound = double(k + 2) * double(k + 2) * std::numeric_limits<real>::epsilon();
                CAPTURE(std::string(name), int(kind), m, n, k, p.beta);
                REQUIRE(distance(p.c.view(), p.expected.view(), 1) <= bound);
                REQUIRE(p.c.frame_intact());
            }
}

TEST_CASE("splitting the rows of c between threads does not change a bit", "[kernels]") {
    Random random;
    for (std::string_view name : kernel_names())
        for (Kind kind : kinds)
            for (size_t n : Sizes{1, 4, 6, 7, 8, 12, 16, 29, 64, 72, 136})
                for (size_t k : Sizes{1, 2, 64, 300}) {
                    const size_t m = 1 + random.below(100), cut = random.below(m + 1);
                    Product p(kind, m, n, k, random.below(5), real(n % 3) / 3, random);
                    Framed whole = p.c;
                    const Selected fast(name);
                    gemm(kind, p.a.view(), p.b.view(), whole.view(), p.beta);
                    const auto part = [&](size_t from, size_t rows) {
                        const View a = p.a.view(), c = p.c.view().rows_from(from, rows);
                        gemm(kind, kind == Kind::tn ? a.block(0, from, k, rows) : a.rows_from(from, rows),
                             p.b.view(), c, p.beta);
                    };
                    std::thread first([&] { part(0, cut); });
                    part(cut, m - cut);
                    first.join();
                    CAPTURE(std::string(name), int(kind), m, n, k, cut);
                    REQUIRE(same_bits(p.c.view(), whole.view()));
                }
}

TEST_CASE("AVX2 and AVX-512 give the same bits", "[kernels]") {
    Random random;
    const auto names = kernel_names();
    if (std::find(names.begin(), names.end(), "avx512") == names.end()) return;
    for (Kind kind : kinds)
        for (size_t n : Sizes{1, 3, 6, 8, 12, 29, 72})
            for (size_t k : Sizes{1, 64, 300}) {
                Product p(kind, 1 + random.below(60), n, k, 0, real(n % 3) / 3, random);
                Framed narrow = p.c;
                {
                    const Selected avx2("avx2");
                    gemm(kind, p.a.view(), p.b.view(), narrow.view(), p.beta);
                }
                const Selected avx512("avx512");
                gemm(kind, p.a.view(), p.b.view(), p.c.view(), p.beta);
                CAPTURE(int(kind), p.m, n, k);
                REQUIRE(same_bits(p.c.view(), narrow.view()));
            }
    Framed x(9, 53, 1);
    x.fill(random);
    Framed y = x;
    std::vector<real> top(9), sum(9), top2(9), sum2(9), logs(477), slopes(477);
    std::generate(logs.begin(), logs.end(), [&] { return real(9 * random()); });
    std::vector<real> logs2 = logs, slopes2 = slopes;
    {
        const Selected avx2("avx2");
        softmax(x.view(), top, sum);
        softplus(logs, slopes);
    }
    const Selected avx512("avx512");
    softmax(y.view(), top2, sum2);
    softplus(logs2, slopes2);
    REQUIRE(same_bits(x.view(), y.view()));
    REQUIRE((top == top2 && sum == sum2));
    REQUIRE((logs == logs2 && slopes == slopes2));
}

TEST_CASE("kernels are chosen by name", "[kernels]") {
    const auto names = kernel_names();
    REQUIRE(names.size() >= 2);
    REQUIRE(names.back() == "plain");
    REQUIRE(selected_kernels() == names.front());
    for (auto name : names) {
        const Selected s(name);
        REQUIRE(selected_kernels() == name);
    }
    select_kernels("auto");
    REQUIRE(selected_kernels() == names.front());
    REQUIRE_THROWS_AS(select_kernels("sse9"), Error);
    REQUIRE(selected_kernels() == names.front());
}

TEST_CASE("a product of matrices that do not fit is refused", "[kernels]") {
    Matrix a(3, 4), b(4, 5), c(3, 5), wrong(4, 4);
    REQUIRE_NOTHROW(gemm_nn(a, b, c.view()));
    REQUIRE_THROWS_AS(gemm_nn(a, wrong, c.view()), Error);
    REQUIRE_THROWS_AS(gemm_nn(wrong, b, c.view()), Error);
    REQUIRE_THROWS_AS(gemm_nt(a, b, c.view()), Error);
    REQUIRE_THROWS_AS(gemm_tn(a, b, c.view()), Error);
}

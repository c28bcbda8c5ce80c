// Every fast kernel against the plain one: on integers the two must be equal, on random numbers close, and
// around every output there are sentinels that must stay as they were.
#include "catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "matrix/kernels.hpp"
#include "matrix/kernels_plain.hpp"

using namespace rhm;
using std::size_t;

namespace {

/// Selects a kernel for a scope; back to the default afterwards.
struct Selected {
    explicit Selected(std::string_view name) { select_kernels(name); }
    ~Selected() { select_kernels("auto"); }
};

std::vector<std::string_view> fast_names() {
    auto names = kernel_names();
    names.pop_back();
    return names;
}

constexpr double sentinel = 12345;

/// A [rows, cols] view inside a larger allocation: rows are `gap` numbers apart, and the numbers before,
/// between and after them are sentinels. The allocation is exact, so that ASan sees a step over its end.
struct Framed {
    size_t rows, cols, gap;
    std::vector<real> numbers;

    Framed(size_t r, size_t c, size_t g)
        : rows(r), cols(c), gap(g), numbers(g + r * (c + g), real(sentinel)) {}
    View view() { return {numbers.data() + gap, rows, cols, cols + gap}; }

    template <class Make>
    Framed& fill(Make make) {
        for (size_t i = 0; i < rows; ++i)
            for (size_t j = 0; j < cols; ++j) view()(i, j) = real(make());
        return *this;
    }
    bool frame_intact() const {
        for (size_t i = 0; i < numbers.size(); ++i)
            if ((i < gap || (i - gap) % (cols + gap) >= cols) && numbers[i] != real(sentinel)) return false;
        return true;
    }
};

struct Random {
    std::mt19937 engine{20250101};
    double operator()() { return double(engine()) / 2147483648.0 - 1; }  // in [-1, 1)
    size_t below(size_t n) { return engine() % n; }
};

/// The largest |x - y| / scale over two views of one shape; infinite as soon as one of them is not a number.
double distance(View x, View y, double scale) {
    double most = 0;
    for (size_t i = 0; i < x.rows; ++i)
        for (size_t j = 0; j < x.cols; ++j) {
            const double d = std::abs(double(x(i, j)) - double(y(i, j))) / scale;
            most = d <= most ? most : d >= 0 ? d : std::numeric_limits<double>::infinity();
        }
    return most;
}

bool same_bits(View x, View y) {
    for (size_t i = 0; i < x.rows; ++i)
        if (x.cols && std::memcmp(x.row(i), y.row(i), x.cols * sizeof(real)) != 0) return false;
    return true;
}

using Sizes = std::initializer_list<size_t>;

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
    std::vector<real> top(9), sum(9), top2(9), sum2(9);
    {
        const Selected avx2("avx2");
        softmax(x.view(), top, sum);
    }
    const Selected avx512("avx512");
    softmax(y.view(), top2, sum2);
    REQUIRE(same_bits(x.view(), y.view()));
    REQUIRE((top == top2 && sum == sum2));
}

TEST_CASE("gather and scatter equal plain, and are transposes of each other", "[kernels]") {
    Random random;
    for (std::string_view name : fast_names())
        for (size_t group : Sizes{0, 1, 2, 3, 4, 5, 9})
            for (size_t cols : Sizes{0, 1, 3, 8, 17, 64, 72}) {
                const size_t vocab = 1 + random.below(9), rows = random.below(40),
                             stride = group + random.below(3);
                std::vector<std::uint8_t> symbols(rows * stride + 1);
                for (auto& s : symbols) s = static_cast<std::uint8_t>(random.below(vocab));
                Framed w(group * vocab, cols, 2), out(rows, cols, 3), dw(group * vocab, cols, 1);
                w.fill(random);
                dw.fill(random);
                Framed expected_out = out, expected_dw = dw;
                plain::gather(symbols.data(), group, stride, vocab, w.view(), expected_out.view());
                plain::scatter(symbols.data(), group, stride, vocab, expected_out.view(), expected_dw.view());
                const Selected fast(name);
                gather(symbols.data(), group, stride, vocab, w.view(), out.view());
                scatter(symbols.data(), group, stride, vocab, out.view(), dw.view());
                CAPTURE(std::string(name), group, cols, rows, vocab);
                REQUIRE(distance(out.view(), expected_out.view(), 1) == 0);
                REQUIRE(distance(dw.view(), expected_dw.view(), 1) == 0);
                REQUIRE((out.frame_intact() && dw.frame_intact()));
            }
}

TEST_CASE("bias_relu and relu_mask equal plain", "[kernels]") {
    Random random;
    for (std::string_view name : fast_names())
        for (size_t rows : Sizes{0, 1, 2, 9})
            for (size_t cols : Sizes{0, 1, 2, 7, 16, 31, 64, 65, 72}) {
                Framed a(rows, cols, random.below(5)), delta(rows, cols, 3);
                const real zero = 0, odd[] = {-zero, zero, std::numeric_limits<real>::quiet_NaN(),
                                              std::numeric_limits<real>::infinity()};
                a.fill([&] { return random.below(4) ? real(random()) : odd[random.below(4)]; });
                delta.fill(random);
                std::vector<real> bias(cols);
                for (auto& x : bias) x = real(random());
                const Selected fast(name);
                for (bool with_bias : {true, false}) {
                    Framed got = a, expected = a, masked = delta, expected_mask = delta;
                    const std::span<const real> b =
                        with_bias ? std::span<const real>(bias) : std::span<const real>();
                    plain::bias_relu(b, expected.view());
                    plain::relu_mask(a.view(), expected_mask.view());
                    bias_relu(b, got.view());
                    relu_mask(a.view(), masked.view());
                    CAPTURE(std::string(name), rows, cols, with_bias);
                    REQUIRE(same_bits(got.view(), expected.view()));
                    REQUIRE(same_bits(masked.view(), expected_mask.view()));
                    REQUIRE((got.frame_intact() && masked.frame_intact()));
                }
            }
}

TEST_CASE("softmax is close to plain, at all sizes of numbers", "[kernels]") {
    Random random;
    const real never = std::numeric_limits<real>::lowest(),
               no_number = std::numeric_limits<real>::quiet_NaN();
    const double u = std::numeric_limits<real>::epsilon();
    for (std::string_view name : fast_names())
        for (size_t cols : Sizes{1, 2, 3, 15, 16, 17, 31, 33, 100})
            for (double size : {0.1, 10.0, 1000.0}) {
                Framed x(4, cols, 2);
                x.fill([&] { return random.below(9) ? real(size * random()) : never; });
                x.view()(3, cols - 1) = no_number;
                if (cols > 1) x.view()(2, 0) = never;
                x.view()(2, cols - 1) = 3;
                Framed expected = x;
                std::vector<real> top(4), sum(4), expected_top(4), expected_sum(4);
                plain::softmax(expected.view(), expected_top, expected_sum);
                const Selected fast(name);
                softmax(x.view(), top, sum);
                CAPTURE(std::string(name), cols, size);
                for (size_t i = 0; i < 3; ++i) {
                    REQUIRE(top[i] == expected_top[i]);
                    REQUIRE(std::abs(double(sum[i]) / double(expected_sum[i]) - 1) < 4 * u);
                    for (size_t j = 0; j < cols; ++j)
                        REQUIRE(std::abs(double(x.view()(i, j)) - double(expected.view()(i, j)))
                                <= 4 * u * double(expected.view()(i, j)) + 1e-37);
                }
                REQUIRE(x.view()(3, cols - 1) != x.view()(3, cols - 1));
                REQUIRE(x.frame_intact());
            }
}

TEST_CASE("softplus and its slope are close to plain, at all sizes of numbers", "[kernels]") {
    Random random;
    const double u = std::numeric_limits<real>::epsilon();
    for (std::string_view name : fast_names())
        for (size_t n : Sizes{0, 1, 2, 15, 16, 17, 33, 100})
            for (double size : {0.1, 3.0, 30.0, 1000.0}) {
                Framed x(1, n, 1), slope(1, n, 1);
                x.fill([&] { return random.below(9) ? real(size * random()) : real(0); });
                if (n > 2) x.view()(0, 1) = std::numeric_limits<real>::quiet_NaN();
                Framed expected = x, expected_slope = slope;
                const auto row = [&](Framed& numbers) { return std::span(numbers.view().data, n); };
                plain::softplus(row(expected), row(expected_slope));
                const Selected fast(name);
                softplus(row(x), row(slope));
                CAPTURE(std::string(name), n, size);
                for (size_t i = 0; i < n; ++i) {
                    const double wanted = double(expected.view()(0, i)),
                                 wanted_slope = double(expected_slope.view()(0, i));
                    if (n > 2 && i == 1) {
                        REQUIRE((std::isnan(x.view()(0, i)) && std::isnan(slope.view()(0, i))));
                        continue;
                    }
                    REQUIRE(std::abs(double(x.view()(0, i)) - wanted) <= 6 * u * wanted + 1e-37);
                    REQUIRE(std::abs(double(slope.view()(0, i)) - wanted_slope) <= 6 * u * wanted_slope + 1e-37);
                }
                REQUIRE((x.frame_intact() && slope.frame_intact()));
            }
}

TEST_CASE("adam_update is close to plain", "[kernels]") {
    Random random;
    for (std::string_view name : fast_names())
        for (size_t n : Sizes{0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 100, 1000}) {
            Framed g(1, n, 1), mean(1, n, 1), square(1, n, 1), weights(1, n, 1);
            g.fill(random);
            mean.fill(random);
            square.fill([&] { return std::abs(random()); });
            weights.fill(random);
            if (n > 2) g.view()(0, 1) = square.view()(0, 1) = 0;
            Framed mean2 = mean, square2 = square, weights2 = weights;
            const auto row = [&](Framed& x) { return std::span<real>(x.view().row(0), n); };
            for (int step = 0; step < 3; ++step) {
                plain::adam_update(row(g), row(mean2), row(square2), row(weights2), 0.01, 0.9, 0.999, 1e-8,
                                   0.9);
                const Selected fast(name);
                adam_update(row(g), row(mean), row(square), row(weights), 0.01, 0.9, 0.999, 1e-8, 0.9);
            }
            const double u = std::numeric_limits<real>::epsilon();
            CAPTURE(std::string(name), n);
            REQUIRE(distance(mean.view(), mean2.view(), 1) <= 8 * u);
            REQUIRE(distance(square.view(), square2.view(), 1) <= 8 * u);
            for (size_t i = 0; i < n; ++i) {  // a step is 0.01 m / sqrt(v); three of them
                const double size = 0.03 / std::sqrt(double(square2.view()(0, i)) + 1e-16) + 1;
                REQUIRE(std::abs(double(weights.view()(0, i)) - double(weights2.view()(0, i)))
                        <= 8 * u * size);
            }
            REQUIRE((mean.frame_intact() && square.frame_intact() && weights.frame_intact()));
        }
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

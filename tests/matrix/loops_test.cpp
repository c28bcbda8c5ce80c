// The fast kernels that are no products against the plain ones: close, with the sentinels around every output
// as they were.
#include "catch.hpp"
#include "framed.hpp"

using namespace rhm;

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

TEST_CASE("softplus and its slope are what they are in double, at all sizes of numbers", "[kernels]") {
    Random random;
    const double u = std::numeric_limits<real>::epsilon();
    for (std::string_view name : kernel_names())
        for (size_t n : Sizes{0, 1, 2, 15, 16, 17, 33, 1000})
            for (double size : {0.1, 3.0, 30.0, 1000.0}) {
                Framed x(1, n, 1), slope(1, n, 1);
                x.fill([&] { return random.below(9) ? real(size * random()) : real(0); });
                if (n > 2) x.view()(0, 1) = std::numeric_limits<real>::quiet_NaN();
                Framed before = x;
                const Selected kernels(name);
                softplus({x.view().data, n}, {slope.view().data, n});
                for (size_t i = 0; i < n; ++i) {
                    const double y = double(before.view()(0, i)), e = std::exp(-std::abs(y)),
                                 wanted = std::max(y, 0.0) + std::log1p(e),
                                 wanted_slope = (y > 0 ? 1 : e) / (1 + e);
                    CAPTURE(std::string(name), n, y);
                    if (n > 2 && i == 1) {
                        REQUIRE(std::isnan(x.view()(0, i)));
                        REQUIRE(std::isnan(slope.view()(0, i)));
                        continue;
                    }
                    REQUIRE(std::abs(double(x.view()(0, i)) - wanted) <= 2.2 * u * wanted + 1e-37);
                    REQUIRE(std::abs(double(slope.view()(0, i)) - wanted_slope)
                            <= 2.2 * u * wanted_slope + 1e-37);
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

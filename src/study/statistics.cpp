#include "study/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "base/text.hpp"

namespace rhm {

static constexpr double kInf = std::numeric_limits<double>::infinity(),
                        kNaN = std::numeric_limits<double>::quiet_NaN();

double t_quantile(std::size_t freedom) {
    constexpr double kTable[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306,
                                 2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131};
    if (freedom >= 1 && freedom <= std::size(kTable)) return kTable[freedom - 1];
    // Cornish-Fisher expansion around the normal quantile z (Abramowitz & Stegun 26.7.5), better than 1e-3
    // from here on.
    const double z = 1.959964, n = static_cast<double>(freedom), z3 = z * z * z, z5 = z3 * z * z;
    return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n);
}

Estimate estimate(std::span<const double> values) {
    Estimate e{0, kNaN, values.size()};
    const double n = static_cast<double>(values.size());
    for (double x : values) e.mean += x / n;
    if (values.size() < 2) return e;
    double squares = 0;
    for (double x : values) squares += (x - e.mean) * (x - e.mean);
    e.half_width = t_quantile(values.size() - 1) * std::sqrt(squares / (n - 1) / n);
    return e;
}

std::string to_text(const Estimate& e, int digits) {
    if (std::isnan(e.half_width)) return fixed(e.mean, digits);
    return concat(fixed(e.mean, digits), " +- ", fixed(e.half_width, digits));
}

void each_resample(std::size_t n, const std::function<void(std::span<const std::uint32_t>)>& use) {
    if (n < 2) return;
    std::size_t count = 4000;
    if (n <= 5)
        count =
            static_cast<std::size_t>(std::llround(std::pow(static_cast<double>(n), static_cast<double>(n))));
    Rng rng(0, Purpose::bootstrap);
    std::vector<std::uint32_t> draw(n);
    for (std::size_t i = 0; i < count; ++i) {
        std::size_t digits = i;
        for (std::uint32_t& drawn : draw) {
            drawn = static_cast<std::uint32_t>(n <= 5 ? digits % n : rng.below(n));
            digits /= n;
        }
        use(draw);
    }
}

double p_star(const std::vector<std::pair<double, double>>& points, double solved) {
    if (points.empty()) return kNaN;
    std::size_t i = 0;
    while (i < points.size() && points[i].second < solved - 1e-12)
        ++i;  // a mean of 0.925 counts, however it was rounded
    if (i == 0) return 0;
    if (i == points.size()) return kInf;
    auto [p0, a0] = points[i - 1];
    auto [p1, a1] = points[i];
    return std::exp(std::log(p0) + (solved - a0) / (a1 - a0) * (std::log(p1) - std::log(p0)));
}

double slope(const std::vector<double>& x, const std::vector<double>& y) {
    double n = static_cast<double>(x.size()), mx = 0, my = 0, xx = 0, xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) mx += x[i] / n, my += y[i] / n;
    for (std::size_t i = 0; i < x.size(); ++i)
        xx += (x[i] - mx) * (x[i] - mx), xy += (x[i] - mx) * (y[i] - my);
    return xx > 0 ? xy / xx : kNaN;
}

std::pair<double, double> central_interval(std::vector<double> values) {
    std::size_t all = values.size();
    std::erase_if(values, [](double v) { return std::isnan(v); });
    if (values.empty() || 2 * values.size() < all) return {kNaN, kNaN};
    std::sort(values.begin(), values.end());
    double last = static_cast<double>(values.size() - 1);
    return {values[static_cast<std::size_t>(std::floor(0.025 * last))],
            values[static_cast<std::size_t>(std::ceil(0.975 * last))]};
}

}  // namespace rhm

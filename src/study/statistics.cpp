#include "study/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "base/text.hpp"

namespace rhm {

double t_quantile(std::size_t freedom) {
    constexpr double kTable[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306,
                                 2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131};
    if (freedom >= 1 && freedom <= std::size(kTable)) return kTable[freedom - 1];
    // Cornish-Fisher expansion around the normal quantile z (Abramowitz & Stegun 26.7.5), better than 1e-3
    // from here on.
    const double z = 1.959964, n = double(freedom), z3 = z * z * z, z5 = z3 * z * z;
    return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n);
}

Estimate estimate(std::span<const double> values) {
    Estimate e{0, NAN, values.size()};
    const double n = double(values.size());
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

Bounds p_star(const std::vector<std::pair<double, double>>& points, double solved) {
    if (points.empty()) return {0, INFINITY};
    const auto above = std::find_if(points.begin(), points.end(), [&](const auto& point) {
        return point.second >= solved - 1e-12;  // 0.925 counts, however it was rounded
    });
    if (above == points.begin()) return {0, above->first};
    if (above == points.end()) return {points.back().first, INFINITY};
    const auto [p0, a0] = above[-1];
    const auto [p1, a1] = above[0];
    const double p = std::exp(std::log(p0) + (solved - a0) / (a1 - a0) * (std::log(p1) - std::log(p0)));
    return {p, p};
}

void each_resample(std::size_t n, const std::function<void(std::span<const std::uint32_t>)>& use) {
    if (n < 2) return;
    std::size_t count = 4000;
    if (n <= 5) count = std::size_t(std::llround(std::pow(n, n)));
    Rng rng(0, Purpose::bootstrap);
    std::vector<std::uint32_t> draw(n);
    for (std::size_t i = 0; i < count; ++i) {
        std::size_t digits = i;
        for (std::uint32_t& drawn : draw) {
            drawn = std::uint32_t(n <= 5 ? digits % n : rng.below(n));
            digits /= n;
        }
        use(draw);
    }
}

static std::vector<std::uint32_t> indices(std::size_t n) {
    std::vector<std::uint32_t> out(n);
    std::iota(out.begin(), out.end(), 0u);
    return out;
}

/// The seeds themselves, then each resample of them.
static void each_draw(std::size_t n, const std::function<void(std::span<const std::uint32_t>)>& use) {
    use(indices(n));
    each_resample(n, use);
}

std::vector<double> means(std::span<const double> values) {
    std::vector<double> out;
    each_draw(values.size(), [&](std::span<const std::uint32_t> draw) {
        double sum = 0;
        for (std::uint32_t i : draw) sum += values[i];
        out.push_back(sum / double(draw.size()));
    });
    return out;
}

std::vector<Bounds> medians(std::span<const Bounds> values) {
    const std::size_t n = values.size();
    if (n == 0) return {{NAN, NAN}};
    std::vector<std::uint32_t> by_low = indices(n), by_high = by_low, times(n);
    std::sort(by_low.begin(), by_low.end(), [&](auto a, auto b) { return values[a].low < values[b].low; });
    std::sort(by_high.begin(), by_high.end(),
              [&](auto a, auto b) { return values[a].high < values[b].high; });
    // Of a resample it is enough to know how many `times` it has each value: nothing is sorted anew.
    const auto median = [&](double Bounds::*end, const std::vector<std::uint32_t>& ascending) {
        auto at = ascending.begin();
        std::size_t seen = times[*at];
        while (seen < (n + 1) / 2) seen += times[*++at];
        const double lower = values[*at].*end;
        while (seen < n / 2 + 1) seen += times[*++at];
        const double upper = values[*at].*end;
        return lower == upper ? lower : std::sqrt(lower * upper);
    };
    std::vector<Bounds> out;
    each_draw(n, [&](std::span<const std::uint32_t> draw) {
        std::fill(times.begin(), times.end(), 0);
        for (std::uint32_t i : draw) ++times[i];
        out.push_back({median(&Bounds::low, by_low), median(&Bounds::high, by_high)});
    });
    return out;
}

double slope(const std::vector<double>& x, const std::vector<double>& y) {
    const double n = double(x.size());
    const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
    const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
    double xx = 0, xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    return xx > 0 ? xy / xx : NAN;
}

std::pair<double, double> central_interval(std::vector<double> values) {
    std::size_t all = values.size();
    std::erase_if(values, [](double v) { return std::isnan(v); });
    if (values.empty() || 2 * values.size() < all) return {NAN, NAN};
    std::sort(values.begin(), values.end());
    double last = double(values.size() - 1);
    return {values[std::size_t(std::floor(0.025 * last))], values[std::size_t(std::ceil(0.975 * last))]};
}

}  // namespace rhm

#include "study/statistics.hpp"

#include <cmath>
#include <iterator>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"

namespace rhm {

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
    Estimate e{0, std::numeric_limits<double>::quiet_NaN(), values.size()};
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

}  // namespace rhm

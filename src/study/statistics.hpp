// Means over seeds and how far to trust them.
#pragma once
#include <cstddef>
#include <span>
#include <string>

namespace rhm {

/// A mean with the half width of its 95 % confidence interval (Student's t over the seeds); the half width of
/// a single number is NaN.
struct Estimate {
    double mean = 0, half_width = 0;
    std::size_t count = 0;
};

Estimate estimate(std::span<const double> values);
/// "0.981 +- 0.012", or "0.981" of a single number.
std::string to_text(const Estimate& e, int digits = 3);
/// The 97.5 % quantile of Student's t with `freedom` >= 1 degrees of freedom.
double t_quantile(std::size_t freedom);

}  // namespace rhm

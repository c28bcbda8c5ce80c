// Statistics over seeds and how far to trust them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

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

/// What is known of a number: it is not below `low` nor above `high`.
struct Bounds {
    double low, high;
    bool known() const { return low == high; }
    bool operator==(const Bounds&) const = default;
};

/// P* from accuracies by P, ascending: from 0 to the first P when that is solved, from the last P to infinity
/// when none is.
Bounds p_star(const std::vector<std::pair<double, double>>& accuracy_by_p, double solved);

/// n draws with replacement from 0..n-1, in all n^n ways or 4000 random ones; none for n < 2. One after the
/// other into the same memory: those of 20000 seeds would fill gigabytes.
void each_resample(std::size_t n, const std::function<void(std::span<const std::uint32_t>)>& use);
/// The mean of the values themselves ([0]) and of each resample of them ([1..]).
std::vector<double> means(std::span<const double> values);
/// The same of medians, of both ends. Of an even number of values the median is the geometric mean of the
/// middle two; of none it is NaN.
std::vector<Bounds> medians(std::span<const Bounds> values);

/// Least-squares slope of y against x; NaN when all x are equal.
double slope(const std::vector<double>& x, const std::vector<double>& y);
/// The central 95 % of the values that are not NaN, by order statistics (outwards); NaN when fewer than half
/// are numbers.
std::pair<double, double> central_interval(std::vector<double> values);

}  // namespace rhm

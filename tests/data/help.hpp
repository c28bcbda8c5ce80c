// What the tests of the data share.
#pragma once
#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "data/language.hpp"

namespace rhm {

/// How many standard deviations a chi-square statistic lies above its mean (Wilson & Hilferty 1931). Seeds
/// are fixed, so a test that asks for less than 5 passes or fails for good.
inline double chi_square_excess(double statistic, double freedom) {
    return (std::cbrt(statistic / freedom) - (1 - 2 / (9 * freedom))) / std::sqrt(2 / (9 * freedom));
}
/// The same for counts that should all be equal.
inline double uniform_excess(std::span<const double> counts) {
    double total = 0, statistic = 0;
    for (double n : counts) total += n;
    double expected = total / static_cast<double>(counts.size());
    for (double n : counts) statistic += (n - expected) * (n - expected) / expected;
    return chi_square_excess(statistic, static_cast<double>(counts.size() - 1));
}

/// Equal but for rounding (to float). An infinite number is near none.
inline bool near(double x, double y) {
    return std::isfinite(x) && std::abs(x - y) <= 1e-6 * std::max(std::abs(x), std::abs(y));
}

/// The exit code and sentence of the Error that `run` throws; code ok when it throws none.
struct Outcome {
    Exit code = Exit::ok;
    std::string sentence;
    bool one_line() const {
        return !sentence.empty() && sentence.find('\n') == std::string::npos && sentence.size() < 400;
    }
};
template <class F>
Outcome outcome(F run) {
    try {
        run();
    } catch (const Error& error) {
        return {error.code, error.what()};
    }
    return {};
}

/// Small shapes of every kind with P_max at most `most`.
inline std::vector<GrammarShape> small_shapes(u128 most) {
    std::vector<GrammarShape> shapes;
    for (int levels : {1, 2, 3})
        for (int tuple : {2, 3, 4})
            for (int vocab : {2, 3, 4, 6})
                for (int classes : {2, 3, 5})
                    for (int synonyms : {1, 2, 3, 4, 6, 7}) {
                        GrammarShape shape{vocab, classes, synonyms, tuple, levels};
                        if (outcome([&] { check(shape); }).code != Exit::ok) continue;
                        if (auto p = p_max(shape); p && *p <= most) shapes.push_back(shape);
                    }
    return shapes;
}

}  // namespace rhm

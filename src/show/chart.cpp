// Scales and ticks.
#include "show/chart.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/text.hpp"

namespace rhm {
namespace {

/// Of the values that the axis can show, a little wider, or as the axis says.
Range range_of(const std::vector<double>& values, const ChartAxis& axis, double margin) {
    Range range{INFINITY, -INFINITY, axis.log};
    for (double v : values) {
        if (!std::isfinite(v) || (axis.log && v <= 0)) continue;
        range.low = std::min(range.low, v);
        range.high = std::max(range.high, v);
    }
    if (range.low > range.high) {  // no number at all
        range.low = 1;
        range.high = axis.log ? 10 : 2;
    }
    if (axis.log) {
        double wide = std::max(std::pow(range.high / range.low, margin), 1.1);
        range.low /= wide;
        range.high *= wide;
    } else {
        double wide = range.high > range.low ? margin * (range.high - range.low) : 0.5;
        range.low -= wide;
        range.high += wide;
    }
    if (!std::isnan(axis.low)) range.low = axis.low;
    if (!std::isnan(axis.high)) range.high = axis.high;
    return range;
}

}  // namespace

double Range::place(double v) const {
    if (log) return (std::log(std::max(v, 1e-300)) - std::log(low)) / (std::log(high) - std::log(low));
    return (v - low) / (high - low);
}

Range x_range(const Chart& chart) {
    std::vector<double> values;
    std::size_t bars = 0;  // they stand beside each other
    for (const Series& s : chart.series) {
        values.insert(values.end(), s.x.begin(), s.x.end());
        bars += s.bars;
    }
    return range_of(values, chart.x, 0.04 + 0.008 * double(bars));
}

Range y_range(const Chart& chart) {
    std::vector<double> values;
    for (const Series& s : chart.series)
        for (const auto* part : {&s.y, &s.low, &s.high})
            values.insert(values.end(), part->begin(), part->end());
    return range_of(values, chart.y, 0.06);
}

std::vector<double> ticks(const Range& range, std::size_t most, bool whole) {
    std::vector<double> out;
    if (range.log && range.high / range.low >= 20) {
        // the most numerous that fits: 1 2 5 in each decade; powers of ten; every second, third, ... power of
        // ten
        for (int every = 0; every < 40; ++every) {
            out.clear();
            int low = int(std::floor(std::log10(range.low))), high = int(std::ceil(std::log10(range.high)));
            for (int e = low; e <= high; ++e)
                for (double digit : {1.0, 2.0, 5.0}) {
                    double v = digit * std::pow(10.0, e);
                    bool wanted = every == 0 || (digit == 1 && e % every == 0);
                    if (wanted && v >= range.low * (1 - 1e-9) && v <= range.high * (1 + 1e-9))
                        out.push_back(v);
                }
            if (out.size() <= most) return out;
        }
        return out;
    }
    // A logarithmic axis of little more than a decade has 1, 2, 3, 4, ... or as many of them as fit; when
    // that is too little, even steps.
    if (range.log && range.high / range.low >= 2.5) {
        const double ten = std::pow(10.0, std::floor(std::log10(range.low)));
        for (std::string_view firsts : {"123456789", "1235", "125"}) {
            out.clear();
            for (double decade : {1.0, 10.0, 100.0})
                for (char first : firsts)
                    if (double v = (first - '0') * decade * ten; v >= range.low && v <= range.high)
                        out.push_back(v);
            if (out.size() <= most) break;
        }
        if (out.size() > 2) return out;
        out.clear();
    }
    double span = range.high - range.low, rough = span / double(std::max<std::size_t>(most, 1));
    double ten = std::pow(10.0, std::floor(std::log10(rough)));
    double step = 10 * ten;
    for (double digit : {5.0, 2.0, 1.0})
        if (digit * ten >= rough * (1 - 1e-9)) step = digit * ten;
    if (whole) step = std::max(1.0, std::round(step));
    for (double i = std::ceil(range.low / step - 1e-9); i * step <= range.high + 1e-9 * span; ++i)
        out.push_back(i * step);
    return out;
}

std::vector<std::pair<double, std::string>> ticks(const Range& range, std::size_t most,
                                                  const ChartAxis& axis) {
    std::vector<std::pair<double, std::string>> out;
    for (std::size_t i = 0; i < axis.words.size(); ++i) out.emplace_back(double(i), axis.words[i]);
    if (!out.empty()) return out;
    for (double v : ticks(range, most, axis.whole)) out.emplace_back(v, tick_text(v));
    return out;
}

char bound_of(const Series& s, std::size_t i) { return i < s.bound.size() ? s.bound[i] : '='; }

std::size_t stride_of(const Series& s) { return s.x.size() / 24 + 1; }

std::string tick_text(double v) {
    double size = std::abs(v);
    if (size >= 1e6) return number(std::round(v / 1e5) / 10) + "M";
    if (size >= 1e4) return number(std::round(v / 100) / 10) + "k";
    return number(std::round(v * 1e6) / 1e6 + 0.0);  // + 0.0: no -0
}

}  // namespace rhm

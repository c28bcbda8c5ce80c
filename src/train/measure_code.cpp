// Synonym sensitivity and the health of the codes.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "matrix/cholesky.hpp"
#include "matrix/kernels.hpp"
#include "base/rng.hpp"
#include "train/measure.hpp"

namespace rhm {
namespace {

/// |a - b|^2, in four sums that do not wait for each other
double square_distance(const real* a, const real* b, std::size_t size) {
    double sum[4] = {0, 0, 0, 0};
    for (std::size_t i = 0; i < size; ++i) {
        double d = double(a[i]) - double(b[i]);
        sum[i % 4] += d * d;
    }
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

struct Ratio {
    double value, error;
};

/// mean(a) / mean(b) and its standard error: sqrt(sum (a_i - r b_i)^2 / (n (n - 1))) / mean(b).
Ratio ratio_of_means(const std::vector<double>& a, const std::vector<double>& b) {
    const double n = double(a.size());
    double sum_a = std::accumulate(a.begin(), a.end(), 0.0), sum_b = std::accumulate(b.begin(), b.end(), 0.0);
    double r = sum_a / sum_b, residual = 0;  // 0 / 0 is not a number: a dead layer
    for (std::size_t i = 0; i < a.size(); ++i) residual += (a[i] - r * b[i]) * (a[i] - r * b[i]);
    return {r, std::sqrt(residual / (n * (n - 1))) / (sum_b / n)};
}

/// Layer l's code as one row for each time a unit is seen.
ConstView units_of(const Network& net, const Record& record, std::size_t l) {
    return net.shape.hidden[l - 1].shared ? record.h(l) : record.flat(l);
}

}  // namespace

LayerLevel sensitivity(const Network& net, const Grammar& grammar, const Dataset& data, std::size_t n,
                       std::uint64_t seed) {
    n = std::min(n, data.size());
    const std::size_t depth = net.depth(), levels = std::size_t(grammar.shape().levels);
    LayerLevel s{Table(depth, levels), Table(depth, levels)};
    Record record, swapped;
    forward(net, std::span(data.leaves).first(n * data.length), n, record);

    // y: in a shuffled round of the data, each one's next, so that y is never x and its class is as it falls.
    std::vector<std::size_t> round(n);
    std::iota(round.begin(), round.end(), std::size_t{0});
    Rng(seed, Purpose::measure).shuffle(std::span(round));
    std::vector<std::vector<double>> apart(depth, std::vector<double>(n));  // |h_k(x) - h_k(y)|^2
    for (std::size_t k = 1; k <= depth; ++k) {
        ConstView h = record.flat(k);
        for (std::size_t i = 0; i < n; ++i)
            apart[k - 1][round[i]] = square_distance(h.row(round[i]), h.row(round[(i + 1) % n]), h.cols);
    }

    Views views(grammar);
    std::vector<std::uint8_t> strings(n * data.length);
    std::vector<double> moved(n);  // |h_k(x) - h_k(x~l)|^2
    for (std::size_t l = 1; l <= levels; ++l) {
        for (std::size_t i = 0; i < n; ++i)
            views.swap({data.row(i), data.length}, int(l), seed, l, i,
                       std::span(strings).subspan(i * data.length, data.length));
        forward(net, std::span<const std::uint8_t>(strings), n, swapped);
        for (std::size_t k = 1; k <= depth; ++k) {
            ConstView h = record.flat(k), g = swapped.flat(k);
            for (std::size_t i = 0; i < n; ++i) moved[i] = square_distance(h.row(i), g.row(i), h.cols);
            Ratio r = ratio_of_means(moved, apart[k - 1]);
            s.value(k - 1, l - 1) = r.value;
            s.error(k - 1, l - 1) = r.error;
        }
    }
    return s;
}

Health health(const Network& net, const Dataset& data, std::size_t n) {
    n = std::min(n, data.size());
    Record record;
    forward(net, std::span(data.leaves).first(n * data.length), n, record);
    Health out;
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        ConstView h = units_of(net, record, l);
        const double rows = double(h.rows), units = double(h.cols);
        Matrix centred(h.rows, h.cols);
        std::vector<double> sum(h.cols), variance(h.cols), open(h.cols);
        for (std::size_t r = 0; r < h.rows; ++r)
            for (std::size_t u = 0; u < h.cols; ++u) sum[u] += double(h(r, u)), open[u] += h(r, u) > 0;
        for (std::size_t r = 0; r < h.rows; ++r)
            for (std::size_t u = 0; u < h.cols; ++u) {
                centred(r, u) = real(double(h(r, u)) - sum[u] / rows);
                variance[u] += double(centred(r, u)) * double(centred(r, u)) / rows;
            }
        // Brought near 1 by a power of two, or the squares of a layer that is nearly silent would vanish.
        const double trace = std::accumulate(variance.begin(), variance.end(), 0.0);
        const int power = trace > 0 ? std::min(-std::ilogb(trace) / 2, 120) : 0;
        for (real& x : std::span(centred.data(), centred.size())) x = std::ldexp(x, power);
        // tr(C^2) is the sum of C's squared entries; X^T X and X X^T have the same one, so the smaller
        // is made.
        const bool wide = h.cols > h.rows;
        Matrix c(wide ? h.rows : h.cols, wide ? h.rows : h.cols);
        if (wide)
            gemm_nt(centred, centred, c);
        else
            gram(centred, c);
        double squares = 0, deviation = 0;
        for (std::size_t i = 0; i < c.rows(); ++i)
            for (std::size_t j = 0; j <= i; ++j)
                squares += (i == j ? 1 : 2) * double(c(i, j)) * double(c(i, j)) / (rows * rows);
        for (double v : variance) deviation += std::sqrt(v) / units;
        out.deviation.push_back(deviation);
        out.rank.push_back(std::ldexp(trace, 2 * power) * std::ldexp(trace, 2 * power) / squares);
        out.dead.push_back(double(std::count(open.begin(), open.end(), 0.0)) / units);
        out.active.push_back(std::accumulate(open.begin(), open.end(), 0.0) / (rows * units));
    }
    return out;
}

}  // namespace rhm

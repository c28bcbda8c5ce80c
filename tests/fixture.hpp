// A small network in double with one batch, on which rules are proved.
#pragma once
#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "data/dataset.hpp"
#include "net/loss.hpp"
#include "rules/rule.hpp"

namespace rhm {

inline constexpr Arch kArchs[] = {Arch::cnn, Arch::lcn, Arch::fcn};

/// Equal but for rounding, or both missing.
inline bool close(double a, double b) {
    return std::abs(a - b) <= 1e-9 * (1 + std::abs(b)) || (std::isnan(a) && std::isnan(b));
}

inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) sum += a[j] * b[j];
    return sum;
}

struct Fixture {
    static constexpr std::size_t n = 10;  // data, or pairs
    Arch arch;
    GrammarShape task;
    Grammar grammar{task, 7};
    Network net;
    std::vector<std::uint8_t> input, labels;  // 2 n strings, n labels
    Record record;
    Matrix error{n, 3};
    RuleOptions options;

    explicit Fixture(Arch architecture = Arch::cnn, bool bias = false, std::size_t depth = 3,
                     GrammarShape shape = {.vocab = 4, .classes = 3, .synonyms = 2, .tuple = 2, .levels = 3},
                     bool norm = false)
        : arch(architecture), task(shape), net(network_shape(task, arch, depth, 5, bias, norm), 3) {
        Dataset data = draw(grammar, {2 * n, 1}, Split::train, 5);
        input = data.leaves;
        labels.assign(data.labels.begin(), data.labels.begin() + n);
        Rng rng(9, Purpose::test);
        if (bias)
            for (real& w : net.parameters.values())
                w += real(0.1 * rng.normal());  // biases begin at zero: move them
        options.negatives = 3;
        options.head = 4;
        options.decay = 0;  // the readout descends the cross-entropy alone
    }
    static Fixture normalised(Arch arch, bool bias, std::size_t depth = 3) {
        return Fixture(arch, bias, depth, Fixture().task, true);
    }
    std::size_t rows(const Rule& rule) const {
        return rule.wants_pairs() && options.pairing != Pairing::siblings ? 2 * n : n;
    }
    double loss(const Rule& rule) {  // forward pass and cross-entropy of the first views
        std::size_t rows = this->rows(rule);
        forward(net, std::span(input).first(rows * net.shape.length), rows, record, Moments::batch);
        return cross_entropy(record.logits.view().rows_from(0, n), labels, error.view());
    }
    Pass pass() { return {net, record, n, labels, error, 11, 4}; }
    Memory memory(const Rule& rule) { return start(rule, net, options, 13); }
    Parameters gradient(const Rule& rule, Memory& m) {
        loss(rule);
        Parameters g = net.parameters.zeros();
        pseudo_gradient(rule, pass(), options, m, g);
        return g;
    }
};

inline double largest(std::span<const real> a) {
    double most = 0;
    for (double x : a) most = std::max(most, std::abs(x));
    return most;
}

/// In a few words what is wrong with numbers that ought to be `wanted`, "" when nothing is: the first that is
/// off by more than `tolerance`, and whether all are right but for their sign.
inline std::string fault(std::span<const real> got, std::span<const real> wanted, double tolerance) {
    const auto differs = [&](std::size_t i, double sign) {
        return !(std::abs(got[i] - sign * wanted[i]) <= tolerance);  // also when it is not a number
    };
    std::size_t first = 0;
    while (first < got.size() && !differs(first, 1)) ++first;
    if (first == got.size()) return "";
    bool reversed = true;
    for (std::size_t i = 0; i < got.size(); ++i) reversed = reversed && !differs(i, -1);
    std::ostringstream text;
    text << "number " << first << " is " << got[first] << " instead of " << wanted[first]
         << (reversed ? ": the update has the reversed sign" : "");
    return text.str();
}

/// Where a rule failed: "dfa, cnn, layer 2, W2: ...".
inline std::string at_layer(const Rule& rule, const Fixture& f, std::size_t block, const std::string& what) {
    std::size_t layer = 1;
    while (layer <= f.net.depth() && f.net.weight_index(layer + 1) <= block) ++layer;
    std::ostringstream text;
    text << rule.name << ", " << kArchNames[int(f.arch)] << ", layer " << layer << ", "
         << f.net.parameters.block(block).name << ": " << what;
    return text.str();
}

/// The entries of a gradient at (at most) 40 numbers, and the central differences of a function along them.
struct Slopes {
    std::vector<real> analytic, finite;
};

template <class F>
Slopes slopes(std::span<real> x, std::span<const real> analytic, F f) {
    Slopes out;
    const std::size_t stride = x.size() / 40 + 1;
    for (std::size_t i = 0; i < x.size(); i += stride) {
        const real keep = x[i];
        constexpr double h = 1e-5;
        auto at = [&](double step) {
            x[i] = static_cast<real>(keep + step);
            return f();
        };
        const double slope =
            (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);  // error of order h^4
        out.finite.push_back(static_cast<real>(slope));
        out.analytic.push_back(analytic[i]);
        x[i] = keep;
    }
    return out;
}

/// What is wrong with `analytic` as the gradient of f at x, "" when nothing is.
template <class F>
std::string fault_from_finite(std::span<real> x, std::span<const real> analytic, F f) {
    const double scale = largest(analytic);
    const Slopes s = slopes(x, analytic, f);
    if (!(scale > 1e-5)) return "the update is zero";
    return fault(s.analytic, s.finite, 1e-7 * scale);
}

/// Largest difference between `analytic` and central differences of f, relative to the largest gradient
/// entry.
template <class F>
double difference_from_finite(std::span<real> x, std::span<const real> analytic, F f) {
    const Slopes s = slopes(x, analytic, f);
    double worst = 0;
    for (std::size_t i = 0; i < s.finite.size(); ++i)
        worst = std::max(worst, double(std::abs(s.finite[i] - s.analytic[i])));
    return worst / std::max(largest(analytic), 1e-12);
}

inline bool same_bits(std::span<const real> a, std::span<const real> b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace rhm

// A small network in double with one batch, on which rules are proved.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "base/rng.hpp"
#include "data/dataset.hpp"
#include "net/loss.hpp"
#include "rules/rule.hpp"

namespace rhm {

struct Fixture {
    static constexpr std::size_t n = 10;  // data, or pairs
    GrammarShape task;
    Grammar grammar{task, 7};
    Network<double> net;
    std::vector<std::uint8_t> input, labels;  // 2 n strings, n labels
    Record<double> record;
    Matrix<double> error{n, 3};
    RuleOptions options;

    explicit Fixture(Arch arch = Arch::cnn, bool bias = false, std::size_t depth = 3,
                     GrammarShape shape = {.vocab = 4, .classes = 3, .synonyms = 2, .tuple = 2, .levels = 3})
        : task(shape), net(network_shape(task, arch, depth, 5, bias), 3) {
        Dataset data = draw(grammar, {2 * n, 1}, Split::train, 5);
        input = data.leaves;
        labels.assign(data.labels.begin(), data.labels.begin() + n);
        Rng rng(9, Purpose::test);
        if (bias)
            for (double& w : net.parameters.values())
                w += 0.1 * rng.normal();  // biases begin at zero: move them
        options.negatives = 3;
        options.head = 4;
        options.decay = 0;  // the readout descends the cross-entropy alone
    }
    std::size_t rows(const Rule& rule) const {
        return rule.wants_pairs() && options.pairing != Pairing::siblings ? 2 * n : n;
    }
    double loss(const Rule& rule) {  // forward pass and cross-entropy of the first views
        std::size_t rows = this->rows(rule);
        forward<double>(net, std::span(input).first(rows * net.shape.length), rows, record);
        return cross_entropy<double>(record.logits.view().rows_from(0, n), labels, error.view());
    }
    Pass<double> pass() { return {net, record, n, labels, error, 11, 4}; }
    Memory<double> memory(const Rule& rule) {
        Memory<double> m;
        rule.on_double.init(net, options, 13, m);
        return m;
    }
    Parameters<double> gradient(const Rule& rule, Memory<double>& m) {
        loss(rule);
        Parameters<double> g = net.parameters.zeros();
        pseudo_gradient(rule, pass(), options, m, g);
        return g;
    }
};

/// Largest relative difference between `analytic` and central differences of f along each of (at most) 40
/// numbers of `x`, relative to the largest gradient entry in the span.
template <class F>
double difference_from_finite(std::span<double> x, std::span<const double> analytic, F f) {
    double scale = 1e-12, worst = 0;
    for (double g : analytic) scale = std::max(scale, std::abs(g));
    std::size_t stride = x.size() / 40 + 1;
    for (std::size_t i = 0; i < x.size(); i += stride) {
        const double keep = x[i], h = 1e-5;
        auto at = [&](double step) {
            x[i] = keep + step;
            return f();
        };
        const double slope =
            (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);  // error of order h^4
        x[i] = keep;
        worst = std::max(worst, std::abs(slope - analytic[i]) / scale);
    }
    return worst;
}

inline bool same_bits(std::span<const double> a, std::span<const double> b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

inline double largest(std::span<const double> a) {
    double most = 0;
    for (double x : a) most = std::max(most, std::abs(x));
    return most;
}

}  // namespace rhm

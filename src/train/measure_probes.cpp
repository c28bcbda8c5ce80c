// Latent decoding by linear probes.
#include <algorithm>
#include <cmath>

#include "matrix/cholesky.hpp"
#include "base/error.hpp"
#include "train/measure.hpp"

namespace rhm {
namespace {

/// The symbols of every level of the first n data: [l][i * nodes(l) + node], l = 0..L.
std::vector<std::vector<std::uint8_t>> latents(const Grammar& grammar, const Dataset& data, std::size_t n) {
    std::vector<std::vector<std::uint8_t>> out(std::size_t(grammar.shape().levels) + 1);
    Tree tree;
    for (std::size_t i = 0; i < n; ++i) {
        if (auto fault = parse(grammar, {data.row(i), data.length}, tree))
            fail(Exit::input, "datum ", i,
                 " has no latents: ", describe(grammar, {data.row(i), data.length}, *fault));
        for (std::size_t l = 0; l < out.size(); ++l)
            out[l].insert(out[l].end(), tree.symbols[l].begin(), tree.symbols[l].end());
    }
    return out;
}

/// One level that is read from the same inputs as others: `places` nodes a row, `symbols` outputs each, from
/// output `first` on.
struct Target {
    std::size_t level, nodes, places, symbols, first;
};

/// Working memory of the probes, [rows, inputs] and [rows, outputs].
struct Work {
    Matrix x, x_test, y, weights, gram, scores;
};

/// Subtracts the means of the columns of `fit` from both.
std::vector<double> centre(View fit, View test) {
    std::vector<double> mean(fit.cols);
    for (std::size_t r = 0; r < fit.rows; ++r)
        for (std::size_t c = 0; c < fit.cols; ++c) mean[c] += double(fit(r, c));
    for (double& m : mean) m /= double(fit.rows);
    for (View x : {fit, test})
        for (std::size_t r = 0; r < x.rows; ++r)
            for (std::size_t c = 0; c < x.cols; ++c) x(r, c) -= real(mean[c]);
    return mean;
}

/// scores = x_test W + mean of y, with the ridge regression W of y on x. Both are centred here. False when it
/// cannot be solved.
bool regress(Work& w, double ridge) {
    const std::size_t rows = w.x.rows(), inputs = w.x.cols(), outputs = w.y.cols();
    centre(w.x, w.x_test);
    std::vector<double> mean = centre(w.y, View{});
    double trace = 0;
    for (std::size_t i = 0; i < w.x.size(); ++i) trace += double(w.x.data()[i]) * double(w.x.data()[i]);
    const real lambda = real(ridge * trace / double(inputs));

    const bool dual = rows < inputs;
    const std::size_t size = dual ? rows : inputs;
    w.gram.resize(size, size);
    w.weights.resize(inputs, outputs);
    if (dual)
        gemm_nt(w.x, w.x, w.gram);
    else
        gram(w.x, w.gram);
    for (std::size_t i = 0; i < size; ++i) w.gram(i, i) += lambda;
    if (!cholesky(w.gram)) return false;
    if (dual) {  // W = X^T (X X^T + lambda)^{-1} Y
        cholesky_solve(w.gram, w.y);
        gemm_tn(w.x, w.y, w.weights);
    } else {  // W = (X^T X + lambda)^{-1} X^T Y
        gemm_tn(w.x, w.y, w.weights);
        cholesky_solve(w.gram, w.weights);
    }
    w.scores.resize(w.x_test.rows(), outputs);
    for (std::size_t r = 0; r < w.scores.rows(); ++r)
        for (std::size_t c = 0; c < outputs; ++c) w.scores(r, c) = real(mean[c]);
    gemm_nn(w.x_test, w.weights, w.scores, real(1));
    return true;
}

/// What the probes of one layer read: rows of `inputs` numbers, `groups` of them a datum, and who shares a
/// probe.
struct Source {
    ConstView code;  ///< [N, groups * inputs]
    std::size_t groups, inputs;
    bool shared;  ///< one probe for all groups, or one for each

    std::size_t probes() const { return shared ? 1 : groups; }
    std::size_t rows(std::size_t data) const { return shared ? data * groups : data; }
    /// The rows of probe p for the data first, first + 1, ...: out [rows, inputs].
    void read(std::size_t p, std::size_t first, Matrix& out, std::size_t data) const {
        out.resize(rows(data), inputs);
        const std::size_t at = shared ? 0 : p * inputs, count = shared ? groups * inputs : inputs;
        for (std::size_t i = 0; i < data; ++i)
            std::copy_n(code.row(first + i) + at, count, out.data() + i * count);
    }
};

/// Fits and scores the probes of some levels on one source. hits[target][datum]: share of the datum's nodes
/// that are decoded.
bool score(const Source& source, const std::vector<Target>& targets,
           const std::vector<std::vector<std::uint8_t>>& symbols, std::size_t fit, std::size_t test,
           double ridge, Work& w, std::vector<std::vector<double>>& hits) {
    const Target& last = targets.back();
    const std::size_t outputs = last.first + last.places * last.symbols;
    hits.assign(targets.size(), std::vector<double>(test, 0.0));
    const std::size_t per_datum = source.shared ? source.groups : 1;
    for (std::size_t p = 0; p < source.probes(); ++p) {
        // Row r of a datum stands at group p or, with a shared probe, r: its first node of a target is that
        // times `places`.
        auto symbol = [&](const Target& t, std::size_t datum, std::size_t r, std::size_t place) {
            return symbols[t.level][datum * t.nodes + (p + r) * t.places + place];
        };
        source.read(p, 0, w.x, fit);
        source.read(p, fit, w.x_test, test);
        w.y.resize(w.x.rows(), outputs);
        w.y.fill(real(0));
        for (const Target& t : targets)
            for (std::size_t row = 0; row < w.y.rows(); ++row)
                for (std::size_t k = 0; k < t.places; ++k)
                    w.y(row, t.first + k * t.symbols + symbol(t, row / per_datum, row % per_datum, k)) =
                        real(1);
        if (!regress(w, ridge)) return false;
        for (std::size_t i = 0; i < targets.size(); ++i)
            for (std::size_t row = 0; row < w.scores.rows(); ++row)
                for (std::size_t k = 0; k < targets[i].places; ++k) {
                    const Target& t = targets[i];
                    const real* o = w.scores.view().row(row) + t.first + k * t.symbols;
                    auto guess = std::max_element(o, o + t.symbols) - o;
                    hits[i][row / per_datum] += guess == symbol(t, fit + row / per_datum, row % per_datum, k);
                }
    }
    for (std::size_t i = 0; i < targets.size(); ++i)
        for (double& share : hits[i]) share /= double(targets[i].nodes);
    return true;
}

double chance(const std::vector<std::uint8_t>& symbols, std::size_t first) {
    std::vector<double> counts(256);
    for (std::size_t i = first; i < symbols.size(); ++i) ++counts[symbols[i]];
    return *std::max_element(counts.begin(), counts.end()) / double(symbols.size() - first);
}

}  // namespace

Probes probes(const Network& net, const Grammar& grammar, const Dataset& data, std::size_t n, double ridge) {
    n = std::min(n, data.size());
    const GrammarShape& task = grammar.shape();
    const std::size_t depth = net.depth(), levels = std::size_t(task.levels), fit = n / 2, test = n - fit;
    auto symbols = latents(grammar, data, n);
    Record record;
    forward(net, std::span(data.leaves).first(n * data.length), n, record);

    Probes out{{Table(depth, levels), Table(depth, levels)}, {}};
    for (Table* m : {&out.accuracy.value, &out.accuracy.error}) m->fill(std::nan(""));
    for (std::size_t l = 1; l <= levels; ++l)
        out.chance.push_back(chance(symbols[l], fit * std::size_t(task.nodes(int(l)))));
    Work work;
    std::vector<std::vector<double>> hits;
    for (std::size_t k = 1; k <= depth; ++k) {
        const LayerShape& layer = net.shape.hidden[k - 1];
        for (std::size_t l = 1; l <= levels;) {
            // Levels with at least as many nodes as the layer has positions are read from single positions,
            // all at once; each other from the positions below its nodes.
            std::vector<Target> targets;
            std::size_t groups = layer.positions, outputs = 0;
            for (; l <= levels; ++l) {
                std::size_t nodes = std::size_t(task.nodes(int(l))), s = std::size_t(task.symbols(int(l)));
                if (nodes < layer.positions && !targets.empty()) break;
                groups = std::min(layer.positions, nodes);
                targets.push_back({l, nodes, nodes / groups, s, outputs});
                outputs += nodes / groups * s;
                if (nodes < layer.positions) {
                    ++l;
                    break;
                }
            }
            Source source{record.flat(k), groups, layer.units() / groups, layer.shared};
            if (!score(source, targets, symbols, fit, test, ridge, work, hits)) continue;
            for (std::size_t i = 0; i < targets.size(); ++i) {
                double mean = 0, squares = 0;
                for (double x : hits[i]) mean += x;
                mean /= double(test);
                for (double x : hits[i]) squares += (x - mean) * (x - mean);
                out.accuracy.value(k - 1, targets[i].level - 1) = mean;
                out.accuracy.error(k - 1, targets[i].level - 1) =
                    std::sqrt(squares / (double(test) * (double(test) - 1)));
            }
        }
    }
    return out;
}

}  // namespace rhm

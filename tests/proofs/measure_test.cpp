// Every measure against its definition, written with loops over single data, units and pairs.
#include <numeric>

#include "catch.hpp"
#include "fixture.hpp"
#include "train/measure.hpp"

using namespace rhm;

namespace {

/// Layer l's code of one string.
std::vector<double> code(const Network& net, std::span<const std::uint8_t> leaves, std::size_t l) {
    Record record;
    forward(net, leaves, 1, record);
    ConstView h = record.flat(l);
    return {h.data, h.data + h.size()};
}

double apart(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

std::span<const std::uint8_t> string(const Dataset& data, std::size_t i) {
    return {data.row(i), data.length};
}

/// Solves a x = b by Gaussian elimination.
std::vector<std::vector<double>> solve(std::vector<std::vector<double>> a,
                                       std::vector<std::vector<double>> b) {
    for (std::size_t k = 0; k < a.size(); ++k)
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (i == k) continue;
            double f = a[i][k] / a[k][k];
            for (std::size_t j = 0; j < a.size(); ++j) a[i][j] -= f * a[k][j];
            for (std::size_t j = 0; j < b[k].size(); ++j) b[i][j] -= f * b[k][j];
        }
    for (std::size_t i = 0; i < a.size(); ++i)
        for (double& x : b[i]) x /= a[i][i];
    return b;
}

/// What the probe of node `node` of `level` reads of layer k's code: the positions below the node, or the one
/// it is in.
std::vector<double> inputs_of(const Network& net, const Grammar& grammar,
                              std::span<const std::uint8_t> leaves, std::size_t k, int level,
                              std::size_t node) {
    std::vector<double> h = code(net, leaves, k), out;
    const LayerShape& layer = net.shape.hidden[k - 1];
    std::size_t leaves_below = leaves.size() / static_cast<std::size_t>(grammar.shape().nodes(level)),
                leaves_of_position = leaves.size() / layer.positions;
    for (std::size_t q = 0; q < layer.positions; ++q) {
        std::size_t first = q * leaves_of_position, last = first + leaves_of_position,
                    from = node * leaves_below, to = from + leaves_below;
        if (first < to && from < last)
            out.insert(out.end(), h.begin() + std::ptrdiff_t(q * layer.width),
                       h.begin() + std::ptrdiff_t((q + 1) * layer.width));
    }
    return out;
}

/// Held-out accuracy of the probe of one layer and level, each probe fitted and asked by itself. `share`:
/// nodes that share a probe.
double probe_accuracy(const Network& net, const Grammar& grammar, const Dataset& data, std::size_t k,
                      int level, std::size_t n) {
    const std::size_t nodes = static_cast<std::size_t>(grammar.shape().nodes(level)),
                      symbols = static_cast<std::size_t>(grammar.shape().symbols(level));
    const LayerShape& layer = net.shape.hidden[k - 1];
    const std::size_t places =
        nodes > layer.positions ? nodes / layer.positions : 1;  // nodes in one position
    auto shares = [&](std::size_t a, std::size_t b) {
        return layer.shared ? a % places == b % places : a == b;
    };
    std::vector<Tree> trees(n);
    for (std::size_t i = 0; i < n; ++i) parse(grammar, string(data, i), trees[i]);
    std::size_t correct = 0;
    for (std::size_t node = 0; node < nodes; ++node) {
        std::vector<std::vector<double>> x;
        std::vector<std::size_t> y;
        for (std::size_t i = 0; i < n / 2; ++i)
            for (std::size_t other = 0; other < nodes; ++other)
                if (shares(node, other)) {
                    x.push_back(inputs_of(net, grammar, string(data, i), k, level, other));
                    y.push_back(trees[i].symbols[std::size_t(level)][other]);
                }
        const std::size_t inputs = x[0].size();
        std::vector<double> mean(inputs), mean_y(symbols);
        for (std::size_t r = 0; r < x.size(); ++r) {
            for (std::size_t j = 0; j < inputs; ++j) mean[j] += x[r][j] / double(x.size());
            mean_y[y[r]] += 1 / double(x.size());
        }
        std::vector<std::vector<double>> gram(inputs, std::vector<double>(inputs)),
            w(inputs, std::vector<double>(symbols));
        for (std::size_t r = 0; r < x.size(); ++r)
            for (std::size_t i = 0; i < inputs; ++i) {
                for (std::size_t j = 0; j < inputs; ++j)
                    gram[i][j] += (x[r][i] - mean[i]) * (x[r][j] - mean[j]);
                for (std::size_t s = 0; s < symbols; ++s)
                    w[i][s] += (x[r][i] - mean[i]) * (double(y[r] == s) - mean_y[s]);
            }
        double trace = 0;
        for (std::size_t i = 0; i < inputs; ++i) trace += gram[i][i];
        for (std::size_t i = 0; i < inputs; ++i) gram[i][i] += 1e-2 * trace / double(inputs);
        w = solve(gram, w);
        for (std::size_t i = n / 2; i < n; ++i) {
            std::vector<double> in = inputs_of(net, grammar, string(data, i), k, level, node), score = mean_y;
            for (std::size_t j = 0; j < inputs; ++j)
                for (std::size_t s = 0; s < symbols; ++s) score[s] += (in[j] - mean[j]) * w[j][s];
            correct += std::size_t(std::max_element(score.begin(), score.end()) - score.begin())
                       == trees[i].symbols[std::size_t(level)][node];
        }
    }
    return double(correct) / double((n - n / 2) * nodes);
}

/// The units of layer l seen as rows: the positions of a datum when they share weights, else the datum.
std::vector<std::vector<double>> seen_units(const Network& net, const Dataset& data, std::size_t n,
                                            std::size_t l) {
    std::vector<std::vector<double>> rows;
    const LayerShape& layer = net.shape.hidden[l - 1];
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<double> h = code(net, string(data, i), l);
        std::size_t width = layer.shared ? layer.width : layer.units();
        for (std::size_t at = 0; at < h.size(); at += width)
            rows.emplace_back(h.begin() + std::ptrdiff_t(at), h.begin() + std::ptrdiff_t(at + width));
    }
    return rows;
}


}  // namespace

TEST_CASE("synonym sensitivity is its definition", "[measure]") {
    for (Arch arch : kArchs)
        for (std::size_t depth : {3u, 2u}) {
            Fixture f(arch, true, depth,
                      {.vocab = 4,
                       .classes = 3,
                       .synonyms = 3,
                       .tuple = 2,
                       .levels = 3});  // two synonyms to choose from
            Dataset data = draw(f.grammar, {300, 1}, Split::train, 2);
            const std::size_t n = 40;
            LayerLevel s = sensitivity(f.net, f.grammar, data, n, 6),
                       all = sensitivity(f.net, f.grammar, data, 1000, 6);
            REQUIRE((s.value.rows() == depth && s.value.cols() == 3));
            std::vector<std::size_t> round(n);
            std::iota(round.begin(), round.end(), std::size_t{0});
            Rng(6, Purpose::measure).shuffle(std::span(round));
            Views views(f.grammar);
            std::vector<std::uint8_t> other(data.length);
            for (std::size_t k = 1; k <= depth; ++k)
                for (int l = 1; l <= 3; ++l) {
                    std::vector<double> a(n), b(n);
                    for (std::size_t at = 0; at < n; ++at) {
                        std::size_t i = round[at], y = round[at + 1 == n ? 0 : at + 1];
                        views.swap(string(data, i), l, 6, std::uint64_t(l), i, other);
                        a[i] = apart(code(f.net, string(data, i), k), code(f.net, other, k));
                        b[i] = apart(code(f.net, string(data, i), k), code(f.net, string(data, y), k));
                    }
                    double mean_a = 0, mean_b = 0, aa = 0, ab = 0, bb = 0;
                    for (std::size_t i = 0; i < n; ++i) mean_a += a[i] / n, mean_b += b[i] / n;
                    for (std::size_t i = 0; i < n; ++i) {  // variances and covariance of the means
                        aa += (a[i] - mean_a) * (a[i] - mean_a) / (n * (n - 1.0));
                        ab += (a[i] - mean_a) * (b[i] - mean_b) / (n * (n - 1.0));
                        bb += (b[i] - mean_b) * (b[i] - mean_b) / (n * (n - 1.0));
                    }
                    double r = mean_a / mean_b, error = std::sqrt(aa - 2 * r * ab + r * r * bb) / mean_b;
                    INFO(kArchNames[int(arch)] << " layer " << k << " level " << l);
                    CHECK(close(s.value(k - 1, std::size_t(l - 1)), r));
                    CHECK(close(s.error(k - 1, std::size_t(l - 1)), error));
                    // and the definition's average over all pairs, within the error
                    double pairs = 0, swaps = 0;
                    for (std::size_t i = 0; i < n; ++i) {
                        swaps += a[i] / n;
                        for (std::size_t j = 0; j < n; ++j)
                            pairs += apart(code(f.net, string(data, i), k), code(f.net, string(data, j), k))
                                     / double(n * (n - 1));
                    }
                    CHECK(std::abs(swaps / pairs - s.value(k - 1, std::size_t(l - 1))) < 5 * error);
                    CHECK(all.error(k - 1, std::size_t(l - 1)) < error);
                }
        }
}

TEST_CASE("the measures of a network that knows the grammar by heart, and of a dead one", "[measure]") {
    // Layer 1: a unit for each of the 16 tuples, which fires for that tuple alone. Layer 2: a unit for each
    // class.
    GrammarShape task{.vocab = 4, .classes = 4, .synonyms = 4, .tuple = 2, .levels = 1};
    Grammar grammar(task, 1);
    Network net(network_shape(task, Arch::fcn, 2, 16, true), 1);
    net.parameters.zero();
    for (std::size_t unit = 0; unit < 16; ++unit) {
        auto tuple = grammar.rule(1, int(unit / 4), int(unit % 4));
        net.weight(1)(tuple[0], unit) = net.weight(1)(4u + tuple[1], unit) = 1;
        net.parameters.span(1)[unit] = -1;
        net.weight(2)(unit, unit / 4) = 1;
    }
    Dataset data = draw(grammar, {16, 0}, Split::train, 0);  // the whole language
    LayerLevel s = sensitivity(net, grammar, data, 16, 0);
    CHECK(close(s.value(0, 0), 1));
    CHECK(s.value(1, 0) == 0);
    CHECK(close(s.error(0, 0), 0));
    CHECK(probes(net, grammar, data, 16).accuracy.value(1, 0) == 1);
    Health h = health(net, data, 16);
    CHECK(close(h.rank[0], 15));  // one of n with equal shares: C has n - 1 equal eigenvalues
    CHECK(close(h.rank[1], 3));
    CHECK(close(h.active[0], 1 / 16.0));
    CHECK(close(h.dead[1], 12 / 16.0));
    net.parameters.zero();
    CHECK(std::isnan(sensitivity(net, grammar, data, 16, 0).value(0, 0)));  // nothing is measured, not 0
    CHECK(std::isnan(probes(net, grammar, data, 16).accuracy.value(0, 0)));
    CHECK(health(net, data, 16).dead[0] == 1);
    CHECK(std::isnan(health(net, data, 16).rank[0]));
}

TEST_CASE("probes are ridge regressions, fitted one by one", "[measure]") {
    for (Arch arch : kArchs)
        for (std::size_t depth : {3u, 2u})
            for (std::size_t n : {12u, 60u}) {  // with few data the dual form is used
                Fixture f(arch, true, depth);
                Dataset data = draw(f.grammar, {100, 1}, Split::train, 4);
                Probes p = probes(f.net, f.grammar, data, n);
                for (std::size_t k = 1; k <= depth; ++k)
                    for (int l = 1; l <= 3; ++l) {
                        INFO(kArchNames[int(arch)] << " layer " << k << " of " << depth << " level " << l
                                                   << " data " << n);
                        CHECK(close(p.accuracy.value(k - 1, std::size_t(l - 1)),
                                    probe_accuracy(f.net, f.grammar, data, k, l, n)));
                    }
            }
}

TEST_CASE("the error of a probe is that of a mean over data, chance the most frequent symbol", "[measure]") {
    Fixture f;
    Dataset data = draw(f.grammar, {300, 1}, Split::train, 4);
    Probes few = probes(f.net, f.grammar, data, 30), many = probes(f.net, f.grammar, data, 270);
    for (std::size_t k = 0; k < 3; ++k) {
        double p = many.accuracy.value(k, 2);  // one node a datum: a binomial
        CHECK(close(many.accuracy.error(k, 2), std::sqrt(p * (1 - p) / 134)));
        CHECK(many.accuracy.error(k, 1) < 0.8 * few.accuracy.error(k, 1));
    }
    std::size_t counts[4][4] = {};
    for (std::size_t i = 135; i < 270; ++i) {
        Tree tree;
        parse(f.grammar, string(data, i), tree);
        for (std::size_t l = 1; l <= 3; ++l)
            for (std::uint8_t s : tree.symbols[l]) ++counts[l][s];
    }
    for (std::size_t l = 1; l <= 3; ++l)
        CHECK(close(many.chance[l - 1], double(*std::max_element(counts[l], counts[l] + 4))
                                            / double(135 * f.grammar.shape().nodes(int(l)))));
}

TEST_CASE("the health of a code is that of its covariance", "[measure]") {
    for (Arch arch : kArchs)
        for (std::size_t n : {4u, 50u}) {  // fewer rows than units, and more
            Fixture f(arch, true);
            for (std::size_t r = 0; r < f.net.weight(2).rows; ++r)
                f.net.weight(2)(r, 1) = -1;  // h >= 0 below: unit 1 of layer 2 is dead
            f.net.parameters.span(3)[1] = -1;
            Dataset data = draw(f.grammar, {100, 1}, Split::train, 4);
            Health h = health(f.net, data, n);
            for (std::size_t l = 1; l <= 3; ++l) {
                auto rows = seen_units(f.net, data, n, l);
                const std::size_t units = rows[0].size();
                const double m = double(rows.size());
                std::vector<double> mean(units);
                for (auto& row : rows)
                    for (std::size_t u = 0; u < units; ++u) mean[u] += row[u] / m;
                double trace = 0, squares = 0, deviation = 0, dead = 0, active = 0;
                for (std::size_t u = 0; u < units; ++u) {
                    bool fires = false;
                    for (auto& row : rows)
                        fires = fires || row[u] > 0, active += (row[u] > 0) / (m * double(units));
                    dead += !fires / double(units);
                    for (std::size_t v = 0; v < units; ++v) {
                        double c = 0;
                        for (auto& row : rows) c += (row[u] - mean[u]) * (row[v] - mean[v]) / m;
                        squares += c * c;
                        if (u == v) trace += c, deviation += std::sqrt(c) / double(units);
                    }
                }
                INFO(kArchNames[int(arch)] << " layer " << l << " data " << n);
                CHECK(close(h.deviation[l - 1], deviation));
                CHECK(close(h.rank[l - 1], trace * trace / squares));
                CHECK(close(h.dead[l - 1], dead));
                CHECK(close(h.active[l - 1], active));
                if (l == 2) CHECK(dead > 0);
            }
        }
}

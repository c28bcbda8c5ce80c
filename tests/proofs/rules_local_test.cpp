// The losses of the self-supervised rules against plain transcriptions of their equations; what is no
// gradient of a loss (a stopped gradient, a sampled update) against what it claims to be.
#include "catch.hpp"
#include "fixture.hpp"

using namespace rhm;

namespace {

using Labels = std::vector<std::uint8_t>;  // [n]
using Rows = std::vector<std::vector<double>>;  // [n][k]

struct Codes { Rows z1, z2; };

/// z less the mean of its rows.
Rows centred(const Rows& z) {
    Rows out = z;
    for (std::size_t j = 0; j < z[0].size(); ++j) {
        double mean = 0;
        for (const auto& row : z) mean += row[j] / double(z.size());
        for (auto& row : out) row[j] -= mean;
    }
    return out;
}

/// z of both views: h through the head's matrices, which groups of numbers share when they are more than a
/// matrix has rows; between two of them a ReLU; less the mean with --head-centre. `block`: the head's first.
Codes heads(const Fixture& f, std::size_t l, const Memory& memory, std::size_t block) {
    const ConstView h = f.record.flat(l);
    const int depth = f.options.head_hidden ? f.options.head_depth : 0;
    Rows all;
    for (std::size_t i = 0; i < 2 * f.n; ++i) {
        std::vector<double> z(h.row(i), h.row(i) + h.cols);
        for (int d = 0; d <= depth; ++d) {
            const ConstView w = memory.learnt[block + std::size_t(d)];
            if (w.rows == 0) continue;
            for (double& x : z) x = d > 0 ? std::max(0.0, x) : x;
            std::vector<double> next(z.size() / w.rows * w.cols, 0.0);
            for (std::size_t j = 0; j < next.size(); ++j)
                for (std::size_t a = 0; a < w.rows; ++a)
                    next[j] += z[j / w.cols * w.rows + a] * w(a, j % w.cols);
            z = next;
        }
        all.push_back(z);
    }
    if (f.options.head_centre) all = centred(all);
    const auto second = all.begin() + std::ptrdiff_t(f.n);
    return {Rows(all.begin(), second), Rows(second, all.end())};
}

double covariance(const Rows& z, std::size_t a, std::size_t b, double divisor) {
    double mean_a = 0, mean_b = 0, sum = 0;
    for (const auto& row : z) mean_a += row[a] / double(z.size()), mean_b += row[b] / double(z.size());
    for (const auto& row : z) sum += (row[a] - mean_a) * (row[b] - mean_b);
    return sum / divisor;
}

Rows standard(const Rows& z) {
    Rows out = centred(z);
    for (std::size_t j = 0; j < z[0].size(); ++j)
        for (auto& row : out) row[j] /= std::sqrt(covariance(z, j, j, double(z.size())) + 1e-5);
    return out;
}

double cosine(const std::vector<double>& a, const std::vector<double>& b) {
    return dot(a, b) / std::sqrt((dot(a, a) + 1e-12) * (dot(b, b) + 1e-12));
}

/// The mean of term(j) over the pairs that belong to i: i itself, or all of its class.
template <class F>
double over_positives(const RuleOptions& o, const Labels& labels, std::size_t i, F term) {
    if (!o.class_positives) return term(i);
    double sum = 0, count = 0;
    for (std::size_t j = 0; j < labels.size(); ++j)
        if (labels[j] == labels[i]) sum += term(j), ++count;
    return sum / count;
}

/// The mean over the pairs of |z1 - z2|^2 / k.
double distance_of_views(const Codes& c, const RuleOptions& o, const Labels& labels) {
    double sum = 0;
    for (std::size_t i = 0; i < c.z1.size(); ++i)
        for (std::size_t a = 0; a < c.z1[0].size(); ++a)
            sum += over_positives(o, labels, i, [&](std::size_t j) { return std::pow(c.z1[i][a] - c.z2[j][a], 2); });
    return sum / double(c.z1.size() * c.z1[0].size());
}
/// The mean of the rows that belong to each.
Rows partners_of(const RuleOptions& o, const Labels& labels, const Rows& z) {
    Rows out = z;
    for (std::size_t i = 0; i < z.size(); ++i)
        for (std::size_t a = 0; a < z[0].size(); ++a)
            out[i][a] = over_positives(o, labels, i, [&](std::size_t j) { return z[j][a]; });
    return out;
}

double vicreg(const Codes& c, const RuleOptions& o, const Labels& labels) {
    std::size_t n = c.z1.size(), k = c.z1[0].size();
    double v = 0, cov = 0;
    for (const Rows* z : {&c.z1, &c.z2})
        for (std::size_t a = 0; a < k; ++a) {
            v += std::max(0.0, 1 - std::sqrt(covariance(*z, a, a, double(n - 1)) + 1e-4)) / double(k) / 2;
            for (std::size_t b = 0; b < k; ++b)
                if (a != b) cov += std::pow(covariance(*z, a, b, double(n - 1)), 2) / double(k);
        }
    return o.invariance * distance_of_views(c, o, labels) + o.variance * v + o.covariance * cov;
}

double lpl(const Codes& c, const RuleOptions& o, const Labels& labels) {
    double n = double(c.z1.size()), k = double(c.z1[0].size()), push = 0, decorrelation = 0;
    for (const Rows* z : {&c.z1, &c.z2})
        for (std::size_t a = 0; a < c.z1[0].size(); ++a) {
            push -= std::log(covariance(*z, a, a, n - 1) + 1e-4) / k;
            for (std::size_t b = 0; b < c.z1[0].size(); ++b)
                if (a != b) decorrelation += std::pow(covariance(*z, a, b, n - 1), 2) / (k * k - k);
        }
    return o.invariance * distance_of_views(c, o, labels) / 2 + o.variance * push + o.covariance * decorrelation;
}

double barlow(const Codes& c, const RuleOptions& o, const Labels& labels) {
    Rows s1 = standard(c.z1), s2 = partners_of(o, labels, standard(c.z2));
    double loss = 0;
    for (std::size_t a = 0; a < s1[0].size(); ++a)
        for (std::size_t b = 0; b < s1[0].size(); ++b) {
            double corr = 0;
            for (std::size_t i = 0; i < s1.size(); ++i) corr += s1[i][a] * s2[i][b] / double(s1.size());
            loss += a == b ? (1 - corr) * (1 - corr) : o.covariance * corr * corr;
        }
    return loss;
}

/// log sum e^score, stable at any temperature, over all, or with the classes' positives over i's negatives,
/// where it has any.
double repulsion(const RuleOptions& o, const Labels& labels, const std::vector<double>& scores, std::size_t i) {
    std::vector<double> kept;
    for (std::size_t j = 0; j < scores.size(); ++j)
        if (!o.class_positives || labels[j] != labels[i]) kept.push_back(scores[j]);
    if (kept.empty()) kept = scores;
    double sum = 0, top = *std::max_element(kept.begin(), kept.end());
    for (double s : kept) sum += std::exp(s - top);
    return std::log(sum) + top;
}

double infonce(const Codes& c, const RuleOptions& o, const Labels& labels) {
    const std::size_t n = c.z1.size();
    double loss = 0;
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<double> forth(n), back(n);
        for (std::size_t j = 0; j < n; ++j) {
            forth[j] = cosine(c.z1[i], c.z2[j]) / o.temperature;
            back[j] = cosine(c.z1[j], c.z2[i]) / o.temperature;
        }
        const double drawn = over_positives(o, labels, i, [&](std::size_t j) { return forth[j] + back[j]; });
        loss += (repulsion(o, labels, forth, i) + repulsion(o, labels, back, i) - drawn) / (2 * double(n));
    }
    return loss;
}

/// The mean over the positives and the mean over the negatives of `term`(i, j): groups of negatives + 1
/// consecutive data of the 10, and what is left over joins the last group.
template <class F>
double grouped(const RuleOptions& o, const Labels& labels, F term) {
    const std::size_t size = std::size_t(o.negatives) + 1, groups = std::max(std::size_t(1), 10 / size);
    double loss = 0;
    for (std::size_t group = 0; group < groups; ++group) {
        const std::size_t first = group * size, end = group + 1 < groups ? first + size : 10;
        for (std::size_t i = first; i < end; ++i)
            for (std::size_t j = first; j < end; ++j) {
                const auto belongs = [&](std::size_t k) { return o.class_positives ? labels[i] == labels[k] : i == k; };
                int alike = 0;  // to j: how many its mean is over
                for (std::size_t k = first; k < end; ++k) alike += belongs(k) == belongs(j);
                loss += term(i, j, belongs(j)) / (10.0 * alike);
            }
    }
    return loss;
}

double ff(const Codes& c, const RuleOptions& o, const Labels& labels) {
    return grouped(o, labels, [&](std::size_t i, std::size_t j, bool positive) {
        double g = 0;
        for (std::size_t a = 0; a < c.z1[0].size(); ++a)
            g += (c.z1[i][a] + c.z2[j][a]) * (c.z1[i][a] + c.z2[j][a]) / double(c.z1[0].size());
        return std::log(1 + std::exp(positive ? o.threshold - g : g - o.threshold));
    });
}

double clapp(const Codes& c, const RuleOptions& o, const Labels& labels, ConstView b) {
    return grouped(o, labels, [&](std::size_t i, std::size_t j, bool positive) {
        double u = 0;
        for (std::size_t r = 0; r < b.rows; ++r)
            for (std::size_t s = 0; s < b.cols; ++s) u += c.z1[i][r] * b(r, s) * c.z2[j][s];
        return std::max(0.0, positive ? o.margin - u : o.margin + u);
    });
}

/// -1/(2n) sum cos(p1, s2) + cos(p2, s1), the codes they are compared with given apart.
double simsiam(const Codes& c, const Codes& stopped, const RuleOptions& o, const Labels& labels, ConstView predictor) {
    Rows s1 = standard(c.z1), s2 = standard(c.z2), t1 = partners_of(o, labels, standard(stopped.z1)),
         t2 = partners_of(o, labels, standard(stopped.z2));
    double loss = 0;
    for (std::size_t i = 0; i < s1.size(); ++i) {
        std::vector<double> p1(s1[0].size()), p2 = p1;
        for (std::size_t a = 0; a < p1.size(); ++a)
            for (std::size_t b = 0; b < p1.size(); ++b)
                p1[b] += s1[i][a] * predictor(a, b), p2[b] += s2[i][a] * predictor(a, b);
        loss -= (cosine(p1, t2[i]) + cosine(p2, t1[i])) / (2 * double(s1.size()));
    }
    return loss;
}

double own_loss(Fixture& f, const Rule& rule, std::size_t l, Memory& memory) {
    f.loss(rule);
    Matrix unused(2 * f.n, f.net.shape.hidden[l - 1].units());
    return rhm::layer_loss(rule, f.pass(), l, f.options, memory, unused.view());
}

}  // namespace

TEST_CASE("the losses of the self-supervised rules are their equations", "[rules]") {
    for (std::string_view name : {"vicreg", "lpl", "barlow", "infonce", "ff", "clapp", "simsiam"})
        for (auto [hidden, levels, depth] :
             {std::array{0, 20, 1}, {6, 20, 1}, {6, 1, 1}, {6, 0, 1}, {6, 1, 2}, {6, 1, 3}, {6, 0, 2}}) {
            const Rule& rule = find_rule(name);
            Fixture f;
            f.options.head_hidden = hidden;
            f.options.head_levels = levels;
            f.options.head_depth = depth;
            f.options.class_positives = levels == 1;
            f.options.head_centre = depth != 2;
            f.options.invariance = 0.7, f.options.variance = 1.3, f.options.covariance = 0.3,
            f.options.threshold = 0.8, f.options.margin = 0.9;
            f.options.temperature = 0.3;
            Memory memory = f.memory(rule);
            const std::size_t per_layer = memory.learnt.blocks() / 3;
            for (std::size_t l = 1; l <= 3; ++l) {
                double loss = own_loss(f, rule, l, memory);
                const std::size_t block = (l - 1) * per_layer,
                                  predictor = block + (hidden ? std::size_t(depth) + 1 : 1);
                Codes c = heads(f, l, memory, block);
                double wanted =
                    name == "vicreg"    ? vicreg(c, f.options, f.labels)
                    : name == "lpl"     ? lpl(c, f.options, f.labels)
                    : name == "barlow"  ? barlow(c, f.options, f.labels)
                    : name == "infonce" ? infonce(c, f.options, f.labels)
                    : name == "ff"      ? ff(c, f.options, f.labels)
                    : name == "clapp"
                        ? clapp(c, f.options, f.labels, std::as_const(memory.learnt)[predictor])
                        : simsiam(c, c, f.options, f.labels, std::as_const(memory.learnt)[predictor]);
                INFO(name << " layer " << l << ", hidden units of the head " << hidden << ", levels " << levels
                          << ", depth " << depth);
                CHECK(std::abs(loss - wanted) < 1e-9 * std::max(1.0, std::abs(wanted)));
            }
        }
}

TEST_CASE("each positive has the negatives of its group, however many data are left over", "[rules]") {
    for (std::string_view name : {"ff", "clapp"})
        for (int negatives : {1, 2, 3, 4, 5, 8, 9, 10, 100}) {
            Fixture f;
            f.options.negatives = negatives;
            f.options.threshold = 0.8;
            f.options.margin = 0.9;
            const Rule& rule = find_rule(name);
            Memory memory = f.memory(rule);
            const double loss = own_loss(f, rule, 1, memory);
            const Codes c = heads(f, 1, memory, 0);
            const double wanted =
                name == "ff" ? ff(c, f.options, f.labels) : clapp(c, f.options, f.labels, std::as_const(memory.learnt)[1]);
            INFO(name << " with " << negatives << " negatives");
            CHECK(std::abs(loss - wanted) < 1e-9 * std::max(1.0, std::abs(wanted)));
        }
}

TEST_CASE("infonce is its equation at the lowest temperature too, and of a batch of one class", "[rules]") {
    const Rule& rule = find_rule("infonce");
    for (auto [temperature, exact, classes] : {std::tuple{1e-3, 1e-4, 0}, {1e-2, 1e-4, 0}, {1e-3, 1e-4, 3}, {0.2, 1e-7, 1}, {0.2, 1e-7, 3}}) {
        Fixture f;
        f.options.temperature = temperature;
        f.options.class_positives = classes > 0;
        if (classes == 1) std::fill(f.labels.begin(), f.labels.end(), std::uint8_t{2});
        Memory memory = f.memory(rule);
        Parameters g = f.gradient(rule, memory);
        for (std::size_t l = 1; l <= 3; ++l) {
            const double loss = own_loss(f, rule, l, memory);
            const double wanted = infonce(heads(f, l, memory, l - 1), f.options, f.labels);
            INFO("temperature " << temperature << " layer " << l << ": " << loss << ", not " << wanted);
            CHECK(std::abs(loss - wanted) < 1e-9 * std::max(1.0, std::abs(wanted)));
        }
        for (std::size_t l = 1; l <= 3; ++l)
            CHECK(difference_from_finite(f.net.parameters.span(l - 1), g.span(l - 1),
                                         [&] { return own_loss(f, rule, l, memory); })
                  < exact);
    }
}

TEST_CASE(
    "without a head the loss is the mean of the losses of the positions, with siblings of the pairs of "
    "places",
    "[rules]") {
    const Rule& rule = find_rule("infonce");
    Fixture f;
    f.options.head = 0;
    Memory memory = f.memory(rule);
    f.loss(rule);
    const LayerShape& layer = f.net.shape.hidden[0];  // 4 positions, 5 units
    auto units = [&](std::size_t row, std::size_t q) {
        const double* from = f.record.flat(1).row(row) + q * layer.width;
        return std::vector<double>(from, from + layer.width);
    };
    double wanted = 0, wanted_siblings = 0;
    for (std::size_t q = 0; q < 4; ++q) {
        Codes c, pair;
        for (std::size_t i = 0; i < f.n; ++i) {
            c.z1.push_back(units(i, q)), c.z2.push_back(units(f.n + i, q));
            pair.z1.push_back(units(i, q / 2 * 2)), pair.z2.push_back(units(i, q / 2 * 2 + 1));
        }
        wanted += infonce(c, f.options, f.labels) / 4;
        wanted_siblings += infonce(pair, f.options, f.labels) / 4;  // each of the two places twice
    }
    CHECK(std::abs(own_loss(f, rule, 1, memory) - wanted) < 1e-9);
    f.options.pairing = Pairing::siblings;
    Memory of_siblings = f.memory(rule);
    CHECK(std::abs(own_loss(f, rule, 1, of_siblings) - wanted_siblings) < 1e-9);
}

TEST_CASE("simsiam descends its loss with the predicted code held fixed", "[rules]") {
    const Rule& rule = find_rule("simsiam");
    Fixture f;
    Memory memory = f.memory(rule);
    Parameters g = f.gradient(rule, memory), learnt = memory.learnt_gradient;
    for (std::size_t l = 1; l <= 3; ++l) {
        const Codes fixed = heads(f, l, memory, 2 * l - 2);
        auto loss = [&] {
            f.loss(rule);
            return simsiam(heads(f, l, memory, 2 * l - 2), fixed, f.options, f.labels, std::as_const(memory.learnt)[2 * l - 1]);
        };
        INFO("layer " << l);
        CHECK(difference_from_finite(f.net.parameters.span(l - 1), g.span(l - 1), loss) < 1e-7);
        CHECK(difference_from_finite(memory.learnt.span(2 * l - 2), learnt.span(2 * l - 2), loss) < 1e-7);
        CHECK(difference_from_finite(memory.learnt.span(2 * l - 1), learnt.span(2 * l - 1), loss) < 1e-7);
    }
}

TEST_CASE("the Hebbian form of clapp is its gradient in expectation when the weights back are the transpose",
          "[rules]") {
    const Rule& rule = find_rule("clapp");
    for (int head : {4, 0}) {
        Fixture f;
        f.options.head = head;
        Memory synchronous = f.memory(rule);
        Parameters wanted = f.gradient(rule, synchronous), wanted_learnt = synchronous.learnt_gradient;
        f.options.hebbian = true;
        Memory memory = f.memory(rule);  // blocks of a layer: V, B, R
        for (std::size_t l = 0; l < 3; ++l) {
            std::copy_n(synchronous.learnt.span(2 * l).data(), synchronous.learnt.span(2 * l).size(),
                        memory.learnt.span(3 * l).data());
            View b = synchronous.learnt[2 * l + 1], to = memory.learnt[3 * l + 1],
                 r = memory.learnt[3 * l + 2];
            for (std::size_t i = 0; i < b.rows; ++i)
                for (std::size_t j = 0; j < b.cols; ++j)
                    to(i, j) = b(i, j), r(i / b.cols * b.cols + j, i % b.cols) = b(i, j);  // R_q = B_q^T
        }
        f.loss(rule);
        Parameters sum = f.net.parameters.zeros(), once = sum, learnt = memory.learnt.zeros();
        constexpr int kDraws = 6000;
        for (int draw = 0; draw < kDraws; ++draw) {
            Pass pass{f.net, f.record, f.n, f.labels, f.error, 11, std::uint64_t(draw)};
            pseudo_gradient(rule, pass, f.options, memory, once);
            for (std::size_t i = 0; i < sum.size(); ++i) sum.values()[i] += once.values()[i] / kDraws;
            for (std::size_t i = 0; i < learnt.size(); ++i)
                learnt.values()[i] += memory.learnt_gradient.values()[i] / kDraws;
        }
        for (std::size_t l = 0; l < 3; ++l) {
            INFO("head " << head << " layer " << l + 1);
            double scale = largest(wanted.span(l)), worst = 0, worst_b = 0, transposed = 0,
                   scale_b = largest(wanted_learnt.span(2 * l + 1));
            for (std::size_t i = 0; i < wanted.span(l).size(); ++i)
                worst = std::max(worst, std::abs(sum.span(l)[i] - wanted.span(l)[i]) / scale);
            View b = learnt[3 * l + 1], r = learnt[3 * l + 2];
            for (std::size_t i = 0; i < b.rows; ++i)
                for (std::size_t j = 0; j < b.cols; ++j) {
                    worst_b = std::max(worst_b, std::abs(b(i, j) - wanted_learnt[2 * l + 1](i, j)) / scale_b);
                    transposed = std::max(
                        transposed, std::abs(b(i, j) - r(i / b.cols * b.cols + j, i % b.cols)) / scale_b);
                }
            CHECK(worst < 0.08);  // about 4 standard errors of the mean of 6000 draws
            CHECK(worst_b < 0.08);
            CHECK(transposed < 1e-12);
            Parameters other = f.net.parameters.zeros();  // one draw is not the gradient
            pseudo_gradient(rule, f.pass(), f.options, memory, other);
            double apart = 0;
            for (std::size_t i = 0; i < other.span(l).size(); ++i)
                apart = std::max(apart, std::abs(other.span(l)[i] - wanted.span(l)[i]) / scale);
            CHECK(apart > 0.2);
        }
    }
}

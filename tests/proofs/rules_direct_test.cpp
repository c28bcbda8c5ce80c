// The rules with direct feedback, and the controls: each against a plain transcription of its equation.
#include <map>

#include "transcribe.hpp"

using namespace rhm;

namespace {

bool open(const Fixture& f, std::size_t l, std::size_t i, std::size_t u) {
    return f.record.flat(l)(i, u) > 0;
}

std::size_t units(const Fixture& f, std::size_t l) { return f.net.shape.hidden[l - 1].units(); }

/// delta_l,u = open ? sum_c signal(i, c) B_l(c, u) + more(i, l, u) : 0
template <class Signal, class More>
std::vector<Deltas> direct(const Fixture& f, const Parameters& b, Signal signal, More more) {
    std::vector<Deltas> deltas(f.n, Deltas(f.net.depth()));
    for (std::size_t i = 0; i < f.n; ++i)
        for (std::size_t l = 1; l <= f.net.depth(); ++l)
            for (std::size_t u = 0; u < units(f, l); ++u) {
                double sum = more(i, l, u);
                for (std::size_t c = 0; c < f.net.shape.classes; ++c) sum += signal(i, c) * b[l - 1](c, u);
                deltas[i][l - 1].push_back(open(f, l, i, u) ? sum : 0);
            }
    return deltas;
}
template <class Signal>
std::vector<Deltas> direct(const Fixture& f, const Parameters& b, Signal signal) {
    return direct(f, b, signal, [](auto, auto, auto) { return 0.0; });
}

using Transcription = Parameters (*)(Fixture&, const Memory&);

Parameters dfa(Fixture& f, const Memory& m) {
    return gradient_from(f,
                         direct(f, m.feedback, [&](std::size_t i, std::size_t c) { return f.error(i, c); }));
}

Parameters sdfa(Fixture& f, const Memory& m) {
    return gradient_from(f, direct(f, m.feedback, [&](std::size_t i, std::size_t c) {
                             return (c == f.labels[i] ? -1.0 : 1.0) / double(f.n);
                         }));
}

Parameters drtp(Fixture& f, const Memory& m) {
    return gradient_from(f, direct(f, m.feedback, [&](std::size_t i, std::size_t c) {
                             return c == f.labels[i] ? -1.0 / double(f.n) : 0.0;
                         }));
}

Parameters dkp(Fixture& f, const Memory& m) {
    Parameters g =
        gradient_from(f, direct(f, m.learnt, [&](std::size_t i, std::size_t c) { return f.error(i, c); }));
    for (std::size_t l = 1; l <= f.net.depth(); ++l)
        for (std::size_t k = 0; k < f.net.weight(l).size(); ++k)
            g[f.net.weight_index(l)].data[k] += f.options.decay * f.net.weight(l).data[k];
    return g;
}

/// The correlation of errors and codes with this batch in it; with shared feedback its mean over the
/// positions.
Parameters correlation(const Fixture& f, const Memory& m) {
    Parameters r = m.feedback.zeros();
    for (std::size_t l = 1; l <= f.net.depth(); ++l) {
        const LayerShape& layer = f.net.shape.hidden[l - 1];
        for (std::size_t c = 0; c < f.net.shape.classes; ++c)
            for (std::size_t u = 0; u < layer.units(); ++u) {
                auto one = [&](std::size_t at) {
                    double sum = 0;
                    for (std::size_t i = 0; i < f.n; ++i) sum += f.error(i, c) * f.record.flat(l)(i, at);
                    return f.options.forgetting * m.feedback[l - 1](c, at) + (1 - f.options.forgetting) * sum;
                };
                if (!f.options.feedback_shared)
                    r[l - 1](c, u) = one(u);
                else
                    for (std::size_t q = 0; q < layer.positions; ++q)
                        r[l - 1](c, u) += one(q * layer.width + u % layer.width) / double(layer.positions);
            }
    }
    return r;
}

/// Solves a x = b by elimination with pivots.
Vector solve(std::vector<Vector> a, Vector b) {
    const std::size_t n = b.size();
    for (std::size_t p = 0; p < n; ++p) {
        std::size_t best = p;
        for (std::size_t i = p; i < n; ++i)
            if (std::abs(a[i][p]) > std::abs(a[best][p])) best = i;
        std::swap(a[p], a[best]);
        std::swap(b[p], b[best]);
        for (std::size_t i = p + 1; i < n; ++i) {
            double x = a[i][p] / a[p][p];
            for (std::size_t j = p; j < n; ++j) a[i][j] -= x * a[p][j];
            b[i] -= x * b[p];
        }
    }
    for (std::size_t p = n; p-- > 0;) {
        for (std::size_t j = p + 1; j < n; ++j) b[p] -= a[p][j] * b[j];
        b[p] /= a[p][p];
    }
    return b;
}

/// The gradient of ebd's two regularisers with respect to the code of datum i, unit u of layer l.
double regularisers(const Fixture& f, std::size_t i, std::size_t l, std::size_t u) {
    const LayerShape& layer = f.net.shape.hidden[l - 1];
    ConstView h = f.record.h(l);
    const std::size_t row = i * layer.positions + u / layer.width, k = u % layer.width, width = layer.width;
    std::vector<Vector> c(width, Vector(width));
    for (std::size_t a = 0; a < width; ++a)
        for (std::size_t b = 0; b < width; ++b) {
            for (std::size_t r = 0; r < h.rows; ++r) c[a][b] += h(r, a) * h(r, b) / double(h.rows);
            if (a == b) c[a][b] += 1e-3;
        }
    Vector x(width);
    for (std::size_t a = 0; a < width; ++a) x[a] = h(row, a);
    double power = c[k][k] - 1e-3;
    return f.options.power * 4 * (power - f.options.power_target) * h(row, k) / double(h.rows)
           - f.options.entropy * solve(c, x)[k] / double(h.rows);
}

Parameters ebd(Fixture& f, const Memory& m) {
    auto more = [&](std::size_t i, std::size_t l, std::size_t u) { return regularisers(f, i, l, u); };
    return gradient_from(
        f, direct(
               f, correlation(f, m), [&](std::size_t i, std::size_t c) { return f.error(i, c); }, more));
}

Parameters pepita(Fixture& f, const Memory& m) {
    const NetworkShape& shape = f.net.shape;
    // codes[l][i]: layer l of datum i in the second pass, layer 0 the perturbed input
    std::vector<std::vector<Vector>> codes(1, std::vector<Vector>(f.n));
    std::vector<Deltas> deltas(f.n, Deltas(shape.depth()));
    for (std::size_t i = 0; i < f.n; ++i)
        for (std::size_t at = 0; at < shape.length * shape.vocab; ++at) {
            codes[0][i].push_back(input_of(f, i, 1, at));
            for (std::size_t c = 0; c < shape.classes; ++c)
                codes[0][i][at] += double(f.n) * f.error(i, c) * m.feedback[0](c, at);
        }
    auto below = [&](std::size_t i, std::size_t l, std::size_t at) { return codes[l - 1][i][at]; };
    for (std::size_t l = 1; l <= shape.depth(); ++l) {
        const LayerShape& layer = shape.hidden[l - 1];
        std::vector<Vector> h = preactivations(f, l, below);
        if (shape.norm) normalise(layer, h);
        for (std::size_t i = 0; i < f.n; ++i)
            for (std::size_t u = 0; u < layer.units(); ++u) {
                if (shape.bias) h[i][u] += f.net.bias(l)[layer.shared ? u % layer.width : u];
                if (!(h[i][u] > 0)) h[i][u] = 0;
                deltas[i][l - 1].push_back((f.record.flat(l)(i, u) - h[i][u]) / double(f.n));
            }
        codes.push_back(h);
    }
    return gradient_from(f, deltas, below);
}

Parameters gated(Fixture& f, const Memory& m) {
    const std::size_t top = f.net.depth();
    std::vector<Deltas> deltas(f.n, Deltas(top));
    for (std::size_t i = 0; i < f.n; ++i) {
        Vector gate(units(f, top));
        for (std::size_t u = 0; u < gate.size(); ++u)
            for (std::size_t c = 0; c < f.net.shape.classes; ++c)
                gate[u] += open(f, top, i, u) * f.error(i, c) * m.feedback[top - 1](c, u);
        deltas[i][top - 1] = gate;
        for (std::size_t l = 1; l < top; ++l)
            for (std::size_t u = 0; u < units(f, l); ++u) {
                double sum = 0;
                for (std::size_t k = 0; k < gate.size(); ++k) sum += gate[k] * m.feedback[l - 1](k, u);
                deltas[i][l - 1].push_back(open(f, l, i, u) ? sum : 0);
            }
    }
    return gradient_from(f, deltas);
}

Parameters through_chain(Fixture& f, const Parameters& back) {
    return gradient_from(f, chain(f, back, true, [&](std::size_t l, std::size_t i, std::size_t u) {
                             return open(f, l, i, u) ? 1.0 : 0.0;
                         }));
}

Parameters fa(Fixture& f, const Memory& m) { return through_chain(f, m.feedback); }

Parameters sign_symmetry(Fixture& f, const Memory&) {
    Parameters back = f.net.parameters;
    for (std::size_t l = 1; l <= f.net.depth() + 1; ++l) {
        double k =
            double(l <= f.net.depth() ? f.net.shape.hidden[l - 1].inputs : f.net.shape.readout_inputs());
        for (double& w : back.span(f.net.weight_index(l)))
            w = std::copysign(f.options.feedback_scale * std::sqrt((l <= f.net.depth() ? 2 : 1) / k), w);
    }
    return through_chain(f, back);
}

Parameters frozen(Fixture& f, const Memory&) { return f.net.parameters.zeros(); }

const std::map<std::string_view, Transcription> kTranscriptions = {
    {"fa", fa},       {"sign_symmetry", sign_symmetry},
    {"dfa", dfa},     {"sdfa", sdfa},
    {"drtp", drtp},   {"dkp", dkp},
    {"ebd", ebd},     {"pepita", pepita},
    {"gated", gated}, {"frozen", frozen},
};

/// The first difference between a rule and its equation, "" when there is none.
std::string fault_of(const Rule& rule, Transcription equation) {
    for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn})
        for (bool bias : {false, true})
            for (bool shared : {false, true})
                for (bool norm : {false, true})
                    for (std::size_t depth : {3u, 2u}) {
                        Fixture f =
                            norm ? Fixture::normalised(arch, bias, depth) : Fixture(arch, bias, depth);
                        f.options.feedback_scale = rule.name == "pepita" ? 20 : 1.7;
                        f.options.feedback_shared = shared;
                        f.options.decay = 0.03;
                        f.options.forgetting = 0.8;
                        f.options.power = 0.3;
                        f.options.power_target = 0.6;
                        f.options.entropy = 0.2;
                        Memory memory = f.memory(rule);
                        Parameters g = f.gradient(rule, memory), wanted = equation(f, memory);
                        for (std::size_t b = 0; b < f.net.weight_index(depth + 1); ++b) {
                            const double scale = largest(wanted.span(b));
                            if (rule.name != "frozen") REQUIRE(scale > 1e-5);
                            const std::string what = fault(g.span(b), wanted.span(b), 1e-11 * scale);
                            if (!what.empty())
                                return at_layer(rule, f, b, what) + (bias ? ", with biases" : "")
                                       + (shared ? ", shared feedback" : "") + (norm ? ", normalised" : "");
                        }
                    }
    return "";
}

}  // namespace

TEST_CASE("every closed form is its equation, on every architecture", "[rules]") {
    for (const Rule* rule : rules()) {
        if (rule->claim != Claim::closed_form) continue;
        if (rule->is_local()) continue;  // rules_local_test.cpp
        const auto equation = kTranscriptions.find(rule->name);
        if (equation == kTranscriptions.end())
            FAIL_CHECK(rule->name << ": its equation, written once more as plainly as can be, is missing in "
                                     "kTranscriptions above");
        else
            CHECK(fault_of(*rule, equation->second) == "");
    }
}

TEST_CASE("direct feedback is drawn with the scale that is asked for, per position or shared", "[rules]") {
    for (std::string_view name : {"dfa", "sdfa", "drtp", "ebd", "dkp"}) {
        Fixture f;
        f.options.feedback_scale = 3;
        Memory memory = f.memory(find_rule(name));
        const Parameters& b = name == "dkp" ? memory.learnt : memory.feedback;
        double square = 0;
        for (double x : b.values()) square += x * x / double(b.size());
        INFO(name);
        CHECK(std::abs(square - 3) < 1.2);  // 3^2 / C
        CHECK(b[0](0, 0) != b[0](0, 5));
        f.options.feedback_shared = true;
        Memory tied = f.memory(find_rule(name));
        const Parameters& t = name == "dkp" ? tied.learnt : tied.feedback;
        for (std::size_t c = 0; c < 3; ++c)
            for (std::size_t u = 0; u < 20; ++u) CHECK(t[0](c, u) == b[0](c, u % 5));
    }
}

TEST_CASE("dkp: feedback weights receive the readout's own update, and shared ones stay shared", "[rules]") {
    const Rule& rule = find_rule("dkp");
    Fixture f(Arch::cnn, false, 3);
    f.options.decay = 0;
    Memory memory = f.memory(rule);
    Parameters g = f.gradient(rule, memory);
    View out = g[3], b = memory.learnt_gradient[2];
    for (std::size_t c = 0; c < 3; ++c)
        for (std::size_t u = 0; u < 5; ++u) CHECK(std::abs(b(c, u) - out(u, c)) < 1e-15);
    f.options.decay = 0.5;
    f.options.feedback_shared = true;
    memory = f.memory(rule);
    f.gradient(rule, memory);
    for (std::size_t c = 0; c < 3; ++c)
        for (std::size_t k = 0; k < 5; ++k) {
            double sum = 0;
            for (std::size_t q = 0; q < 4; ++q)
                for (std::size_t i = 0; i < f.n; ++i)
                    sum += f.error(i, c) * f.record.flat(1)(i, q * 5 + k) / 4;
            for (std::size_t q = 0; q < 4; ++q)
                CHECK(std::abs(memory.learnt_gradient[0](c, q * 5 + k) - sum - 0.5 * memory.learnt[0](c, k))
                      < 1e-14);
        }
}

TEST_CASE("ebd: adapt keeps the correlation that the gradient used", "[rules]") {
    const Rule& rule = find_rule("ebd");
    for (bool shared : {false, true}) {
        Fixture f;
        f.options.forgetting = 0.8;
        f.options.feedback_shared = shared;
        Memory memory = f.memory(rule);
        f.gradient(rule, memory);
        Parameters expected = correlation(f, memory);
        rule.adapt(f.pass(), f.options, memory);
        for (std::size_t b = 0; b < expected.blocks(); ++b)
            CHECK(distance(memory.feedback, expected, b, b + 1) < 1e-13);
    }
}

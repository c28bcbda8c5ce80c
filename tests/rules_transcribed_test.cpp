// Closed-form rules against plain transcriptions of their equations, unit by unit, with no code in common; and identities between rules.
#include "catch.hpp"
#include "fixture.hpp"

using namespace rhm;

namespace {

using Vector = std::vector<double>;

/// delta for all layers of one datum: delta[l - 1][q * H + k].
using Deltas = std::vector<Vector>;

/// Hidden gradient dW_l = sum over data and positions of x delta^T, written as loops over single synapses.
Parameters<double> gradient_from(const Fixture& f, const std::vector<Deltas>& deltas) {
    Parameters<double> g = f.net.parameters.zeros();
    const NetworkShape& shape = f.net.shape;
    for (std::size_t i = 0; i < f.n; ++i)
        for (std::size_t l = 1; l <= shape.depth(); ++l) {
            const LayerShape& layer = shape.hidden[l - 1];
            for (std::size_t q = 0; q < layer.positions; ++q)
                for (std::size_t j = 0; j < layer.inputs; ++j) {
                    std::size_t at = q * layer.inputs + j;  // input number within the layer below
                    double x = l == 1 ? double(f.input[i * shape.length + at / shape.vocab] == at % shape.vocab) : f.record.flat(l - 1)(i, at);
                    for (std::size_t k = 0; k < layer.width; ++k)
                        g[f.net.weight_index(l)]((layer.shared ? 0 : q * layer.inputs) + j, k) += x * deltas[i][l - 1][q * layer.width + k];
                }
        }
    return g;
}

/// What unit (q, k) of layer l receives from the layer above through the matrices `back`, given the signal there.
Vector send(const Fixture& f, std::size_t l, const Parameters<double>& back, const Vector& above) {
    const NetworkShape& shape = f.net.shape;
    Vector out(shape.hidden[l - 1].units(), 0.0);
    View<const double> w = back[f.net.weight_index(l + 1)];
    for (std::size_t u = 0; u < out.size(); ++u) {
        if (l == shape.depth()) {
            for (std::size_t c = 0; c < shape.classes; ++c) out[u] += w(u, c) * above[c];
            continue;
        }
        const LayerShape& next = shape.hidden[l];
        std::size_t q = u / next.inputs, j = u % next.inputs;
        for (std::size_t k = 0; k < next.width; ++k) out[u] += w((next.shared ? 0 : q * next.inputs) + j, k) * above[q * next.width + k];
    }
    return out;
}

/// Backpropagation by the chain rule, datum by datum. `down(l, i, u)` is the factor on unit u of layer l on the way further down.
template <class Down>
std::vector<Deltas> chain(const Fixture& f, const Parameters<double>& back, bool local, Down down) {
    std::vector<Deltas> all(f.n, Deltas(f.net.depth()));
    for (std::size_t i = 0; i < f.n; ++i) {
        Vector signal(f.net.shape.classes);
        for (std::size_t c = 0; c < signal.size(); ++c) signal[c] = f.error(i, c);
        for (std::size_t l = f.net.depth(); l >= 1; --l) {
            signal = send(f, l, back, signal);
            all[i][l - 1] = signal;
            for (std::size_t u = 0; u < signal.size(); ++u) {
                if (local && !(f.record.flat(l)(i, u) > 0)) all[i][l - 1][u] = 0;
                signal[u] *= down(l, i, u);
            }
        }
    }
    return all;
}

double distance(const Parameters<double>& a, const Parameters<double>& b, std::size_t blocks) {
    double worst = 0, scale = 0;
    for (std::size_t k = 0; k < blocks; ++k)
        for (std::size_t i = 0; i < a[k].size(); ++i) {
            worst = std::max(worst, std::abs(a[k].data[i] - b[k].data[i]));
            scale = std::max(scale, std::abs(b[k].data[i]));
        }
    REQUIRE(scale > 1e-4);
    return worst / scale;
}

}  // namespace

TEST_CASE("bp and fa with every mask are their equations", "[rules]") {
    for (std::string_view name : {"bp", "fa"})
        for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn})
            for (Mask mask : {Mask::exact, Mask::none, Mask::mean, Mask::shuffled})
                for (bool local : {true, false}) {
                    const Rule& rule = find_rule(name);
                    Fixture f(arch);
                    f.options.downstream_mask = mask;
                    f.options.local_mask = local;
                    Memory<double> memory = f.memory(rule);
                    Parameters<double> g = f.gradient(rule, memory);
                    std::vector<std::size_t> other(f.n);
                    for (std::size_t i = 0; i < f.n; ++i) other[i] = i;
                    Rng(11, Purpose::masks, 4).shuffle(std::span(other));
                    auto open = [&](std::size_t l, std::size_t i, std::size_t u) { return f.record.flat(l)(i, u) > 0 ? 1.0 : 0.0; };
                    auto down = [&](std::size_t l, std::size_t i, std::size_t u) {
                        if (mask == Mask::none) return 0.5;
                        if (mask == Mask::shuffled) return open(l, other[i], u);
                        if (mask == Mask::exact) return open(l, i, u);
                        double sum = 0;
                        for (std::size_t k = 0; k < f.n; ++k) sum += open(l, k, u);
                        return sum / double(f.n);
                    };
                    const Parameters<double>& back = name == "bp" ? f.net.parameters : memory.feedback;
                    INFO(name << " " << kArchNames[int(arch)] << " " << kMaskNames[int(mask)] << " local " << local);
                    CHECK(distance(g, gradient_from(f, chain(f, back, local, down)), 3) < 1e-12);
                }
}

TEST_CASE("dfa is its equation", "[rules]") {
    for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn}) {
        const Rule& rule = find_rule("dfa");
        Fixture f(arch);
        Memory<double> memory = f.memory(rule);
        Parameters<double> g = f.gradient(rule, memory);
        std::vector<Deltas> deltas(f.n, Deltas(3));
        for (std::size_t i = 0; i < f.n; ++i)
            for (std::size_t l = 1; l <= 3; ++l)
                for (std::size_t u = 0; u < f.net.shape.hidden[l - 1].units(); ++u) {
                    double sum = 0;
                    for (std::size_t c = 0; c < 3; ++c) sum += f.error(i, c) * memory.feedback[l - 1](c, u);
                    deltas[i][l - 1].push_back(f.record.flat(l)(i, u) > 0 ? sum : 0);
                }
        CHECK(distance(g, gradient_from(f, deltas), 3) < 1e-12);
    }
}

TEST_CASE("fa with F = W is bp, to the bit", "[rules]") {
    for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn}) {
        Fixture f(arch);
        Memory<double> for_bp = f.memory(find_rule("bp")), for_fa = f.memory(find_rule("fa"));
        for_fa.feedback = f.net.parameters;
        Parameters<double> bp = f.gradient(find_rule("bp"), for_bp), fa = f.gradient(find_rule("fa"), for_fa);
        CHECK(same_bits(bp.values(), fa.values()));
        Memory<double> drawn = f.memory(find_rule("fa"));
        CHECK_FALSE(same_bits(bp.values(), f.gradient(find_rule("fa"), drawn).values()));
    }
}

TEST_CASE("dfa with one hidden layer is fa, to the bit", "[rules]") {
    Fixture f(Arch::fcn, false, 1);
    Memory<double> for_dfa = f.memory(find_rule("dfa")), for_fa = f.memory(find_rule("fa"));
    View<double> out = for_fa.feedback[1], direct = for_dfa.feedback[0];  // F_out [H, C] and B_1 [C, H] = F_out^T
    for (std::size_t u = 0; u < out.rows; ++u)
        for (std::size_t c = 0; c < out.cols; ++c) out(u, c) = direct(c, u);
    CHECK(same_bits(f.gradient(find_rule("dfa"), for_dfa).values(), f.gradient(find_rule("fa"), for_fa).values()));
}

TEST_CASE("dfa through the product of the transposed weights is bp without downstream masks", "[rules]") {
    for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn}) {
        Fixture f(arch);
        Memory<double> for_bp = f.memory(find_rule("bp")), for_dfa = f.memory(find_rule("dfa"));
        for (std::size_t c = 0; c < 3; ++c) {  // B_l, row c: what unit error c becomes on the way down, halved at every layer
            Vector signal(3, 0.0);
            signal[c] = 1;
            for (std::size_t l = 3; l >= 1; --l) {
                signal = send(f, l, f.net.parameters, signal);
                for (std::size_t u = 0; u < signal.size(); ++u) for_dfa.feedback[l - 1](c, u) = signal[u];
                for (double& x : signal) x *= 0.5;
            }
        }
        f.options.downstream_mask = Mask::none;
        Parameters<double> bp = f.gradient(find_rule("bp"), for_bp), dfa = f.gradient(find_rule("dfa"), for_dfa);
        CHECK(distance(dfa, bp, 3) < 1e-12);
    }
}

// A rule's update beside bp's: against its definition.
#include "catch.hpp"
#include "fixture.hpp"
#include "train/measure.hpp"

using namespace rhm;

TEST_CASE("alignment compares a rule's gradient with bp's, and leaves the rule alone", "[measure]") {
    for (const Rule* rule : rules())
        for (Arch arch : kArchs)
            for (bool bias : {false, true}) {
                Fixture f(arch, bias);
                Memory memory = f.memory(*rule), of_bp;
                Parameters g = f.gradient(*rule, memory), e = f.net.parameters.zeros();
                for (double& x : memory.learnt_gradient.values()) x += 1;
                std::vector<double> learnt(memory.learnt.values().begin(), memory.learnt.values().end());
                std::vector<double> learnt_gradient(memory.learnt_gradient.values().begin(),
                                                    memory.learnt_gradient.values().end());
                pseudo_gradient(find_rule("bp"), f.pass(), {}, of_bp, e);
                Alignment a = alignment(*rule, f.pass(), f.options, memory);
                CHECK(same_bits(memory.learnt.values(), learnt));
                CHECK(same_bits(memory.learnt_gradient.values(), learnt_gradient));
                CHECK(f.record.signals == nullptr);
                for (std::size_t l = 1; l <= 3; ++l) {
                    double ge = 0, gg = 0, ee = 0, hh = 0, active = 0;
                    for (std::size_t b = f.net.weight_index(l); b < f.net.weight_index(l + 1); ++b)
                        for (std::size_t i = 0; i < g.span(b).size(); ++i) {
                            ge += g.span(b)[i] * e.span(b)[i];
                            gg += g.span(b)[i] * g.span(b)[i];
                            ee += e.span(b)[i] * e.span(b)[i];
                        }
                    ConstView h = f.record.flat(l);
                    for (std::size_t i = 0; i < f.n; ++i)
                        for (std::size_t u = 0; u < h.cols; ++u)
                            hh += h(i, u) * h(i, u), active += h(i, u) > 0;
                    INFO(rule->name << " " << kArchNames[int(arch)] << " layer " << l);
                    CHECK(std::isnan(a.cosine[l - 1]) == (gg == 0));
                    CHECK(close(a.cosine[l - 1], ge / std::sqrt(gg * ee)));
                    CHECK(close(a.update[l - 1], std::sqrt(gg)));
                    CHECK(close(a.bp_gradient[l - 1], std::sqrt(ee)));
                    CHECK(close(a.activity[l - 1], std::sqrt(hh / f.n)));
                    CHECK(close(a.active[l - 1], active / double(f.n * h.cols)));
                    if (rule->name == "bp") CHECK(close(a.cosine[l - 1], 1));
                }
            }
}

TEST_CASE("the teaching signals that are measured are those that make the update", "[measure]") {
    std::size_t checked = 0;
    for (const Rule* rule : rules())
        for (Arch arch : kArchs) {
            Fixture f(arch, false);
            Memory memory = f.memory(*rule);
            f.loss(*rule);
            Signals signals;
            f.record.signals = &signals;
            Parameters g = f.net.parameters.zeros();
            pseudo_gradient(*rule, f.pass(), f.options, memory, g);
            f.record.signals = nullptr;
            Alignment a = alignment(*rule, f.pass(), f.options, memory);
            for (std::size_t l = 1; l <= 3; ++l) {
                ConstView delta = signals.of(l);
                if (delta.empty()) {
                    CHECK(std::isnan(a.signal[l - 1]));
                    continue;
                }
                const LayerShape& layer = f.net.shape.hidden[l - 1];
                Parameters again = f.net.parameters.zeros();  // dW = sum over data and positions of x delta^T
                double squares = 0, same = 0, all = 0;
                for (std::size_t i = 0; i < f.record.n; ++i) {
                    double agree = 0, sent = 0;
                    for (std::size_t q = 0; q < layer.positions; ++q)
                        for (std::size_t k = 0; k < layer.width; ++k) {
                            double d = delta(i * layer.positions + q, k),
                                   h = f.record.flat(l)(i, q * layer.width + k);
                            squares += d * d;
                            sent += d != 0;
                            agree += (d != 0) == (h > 0);
                            for (std::size_t j = 0; j < layer.inputs; ++j) {
                                std::size_t at = q * layer.inputs + j;
                                double x =
                                    l == 1 ? double(f.input[i * f.net.shape.length + at / f.net.shape.vocab]
                                                    == at % f.net.shape.vocab)
                                           : f.record.flat(l - 1)(i, at);
                                again[l - 1]((layer.shared ? 0 : q * layer.inputs) + j, k) += x * d;
                            }
                        }
                    if (sent > 0) same += agree, all += double(layer.units());
                }
                double worst = 0;
                for (std::size_t i = 0; i < g.span(l - 1).size(); ++i)
                    worst = std::max(worst, std::abs(g.span(l - 1)[i] - again.span(l - 1)[i]));
                INFO(rule->name << " " << kArchNames[int(arch)] << " layer " << l);
                // pepita's presynaptic activity is that of its second pass
                CHECK((worst <= 1e-12 * (1 + largest(g.span(l - 1))) || rule->name == "pepita"));
                CHECK(close(a.signal[l - 1], std::sqrt(squares * f.n)));
                CHECK(close(a.mask[l - 1], same / all));
                ++checked;
            }
        }
    CHECK(checked >= 9 * 4);
}

TEST_CASE("without its own mask, bp's implied mask agrees where units are active", "[measure]") {
    Fixture f;
    const Rule& bp = find_rule("bp");
    Memory memory = f.memory(bp);
    f.loss(bp);
    f.options.local_mask = Mask::none;
    Alignment open = alignment(bp, f.pass(), f.options, memory);
    f.options.local_mask = Mask::exact;
    Alignment masked = alignment(bp, f.pass(), f.options, memory);
    CHECK(close(open.mask[2], open.active[2]));
    CHECK(close(masked.mask[2], 1));
    CHECK(open.cosine[2] < 0.999);
    CHECK(close(masked.cosine[2], 1));
}

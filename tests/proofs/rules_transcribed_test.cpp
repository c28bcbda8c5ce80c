// Closed-form rules against plain transcriptions of their equations, unit by unit, with no code in common;
// and identities between rules.
#include "transcribe.hpp"

using namespace rhm;

namespace {

/// The first difference between a rule that sends errors down a chain and its equation, "" when there is
/// none.
std::string fault_of(const Rule& rule, Arch arch, Mask mask, bool local, bool norm) {
    Fixture f = norm ? Fixture::normalised(arch, true) : Fixture(arch);
    f.options.downstream_mask = mask;
    f.options.local_mask = local ? Mask::exact : Mask::none;
    Memory memory = f.memory(rule);
    Parameters g = f.gradient(rule, memory);
    std::vector<std::size_t> other(f.n);
    for (std::size_t i = 0; i < f.n; ++i) other[i] = i;
    Rng(11, Purpose::masks, 4).shuffle(std::span(other));
    auto open = [&](std::size_t l, std::size_t i, std::size_t u) {
        return f.record.flat(l)(i, u) > 0 ? 1.0 : 0.0;
    };
    auto down = [&](std::size_t l, std::size_t i, std::size_t u) {
        if (mask == Mask::none) return 0.5;
        if (mask == Mask::shuffled) return open(l, other[i], u);
        if (mask == Mask::exact) return open(l, i, u);
        double sum = 0;
        for (std::size_t k = 0; k < f.n; ++k) sum += open(l, k, u);
        return sum / double(f.n);
    };
    const Parameters& back = rule.name == "bp" ? f.net.parameters : memory.feedback;
    Parameters wanted = gradient_from(f, chain(f, back, local, down));
    for (std::size_t l = 1; l <= 3; ++l) {
        // (Of W: what came back through a normalisation has the sum zero, and so may have the biases below.)
        const double scale = largest(wanted.span(f.net.weight_index(l)));
        REQUIRE(scale > 1e-5);
        for (std::size_t b = f.net.weight_index(l); b < f.net.weight_index(l + 1); ++b) {
            const std::string what = fault(g.span(b), wanted.span(b), 1e-11 * scale);
            if (!what.empty())
                return at_layer(rule, f, b, what) + ", mask " + std::string(kMaskNames[int(mask)])
                       + (local ? "" : ", no local mask") + (norm ? ", normalised" : "");
        }
    }
    return "";
}

std::string fault_of(const Rule& rule) {
    for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn})
        for (Mask mask : {Mask::exact, Mask::none, Mask::mean, Mask::shuffled})
            for (bool local : {true, false})
                for (bool norm : {false, true})
                    if (std::string what = fault_of(rule, arch, mask, local, norm); !what.empty())
                        return what;
    return "";
}

}  // namespace

TEST_CASE("rules with a chain of feedback are their equations with every mask", "[rules]") {
    std::size_t chains = 0;
    for (const Rule* rule : rules()) {
        if (!rule->chain) continue;
        ++chains;
        CHECK(fault_of(*rule) == "");
    }
    CHECK(chains == 3);
}

TEST_CASE("fa with F = W is bp, to the bit", "[rules]") {
    for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn}) {
        Fixture f(arch);
        Memory for_bp = f.memory(find_rule("bp")), for_fa = f.memory(find_rule("fa"));
        for_fa.feedback = f.net.parameters;
        Parameters bp = f.gradient(find_rule("bp"), for_bp), fa = f.gradient(find_rule("fa"), for_fa);
        CHECK(same_bits(bp.values(), fa.values()));
        Memory drawn = f.memory(find_rule("fa"));
        CHECK_FALSE(same_bits(bp.values(), f.gradient(find_rule("fa"), drawn).values()));
    }
}

TEST_CASE("dfa with one hidden layer is fa, to the bit", "[rules]") {
    Fixture f(Arch::fcn, false, 1);
    Memory for_dfa = f.memory(find_rule("dfa")), for_fa = f.memory(find_rule("fa"));
    View out = for_fa.feedback[1],
                 direct = for_dfa.feedback[0];  // F_out [H, C] and B_1 [C, H] = F_out^T
    for (std::size_t u = 0; u < out.rows; ++u)
        for (std::size_t c = 0; c < out.cols; ++c) out(u, c) = direct(c, u);
    CHECK(same_bits(f.gradient(find_rule("dfa"), for_dfa).values(),
                    f.gradient(find_rule("fa"), for_fa).values()));
}

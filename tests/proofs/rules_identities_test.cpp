// The identities between the rules with direct feedback, and the controls.
#include "transcribe.hpp"

using namespace rhm;

TEST_CASE("identities of the direct rules, to the bit", "[rules]") {
    for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn}) {
        INFO(kArchNames[int(arch)]);
        Fixture f(arch, true);
        const Rule& plain = find_rule("dfa");
        Memory for_dfa = f.memory(plain);
        f.loss(plain);
        Parameters dfa = hidden_gradient(f, plain, for_dfa);

        SECTION("ebd that never learns is dfa") {
            f.options.forgetting = 1;
            Memory m = f.memory(find_rule("ebd"));
            CHECK(same_bits(hidden_gradient(f, find_rule("ebd"), m).values(), dfa.values()));
        }
        SECTION("dkp without decay is dfa through its feedback weights of the moment") {
            f.options.decay = 0;
            Memory m = f.memory(find_rule("dkp"));
            CHECK(same_bits(hidden_gradient(f, find_rule("dkp"), m).values(), dfa.values()));
        }
        SECTION("sdfa and drtp are dfa of another error") {
            Memory m = f.memory(find_rule("sdfa")), t = f.memory(find_rule("drtp"));
            Parameters sdfa = hidden_gradient(f, find_rule("sdfa"), m),
                       drtp = hidden_gradient(f, find_rule("drtp"), t);
            for (std::size_t i = 0; i < f.n; ++i)
                for (std::size_t c = 0; c < 3; ++c)
                    f.error(i, c) = (c == f.labels[i] ? -1.0 : 1.0) / double(f.n);
            CHECK(same_bits(sdfa.values(), hidden_gradient(f, plain, for_dfa).values()));
            for (std::size_t i = 0; i < f.n; ++i)
                for (std::size_t c = 0; c < 3; ++c)
                    f.error(i, c) = (c == f.labels[i] ? -1.0 : 0.0) / double(f.n);
            CHECK(same_bits(drtp.values(), hidden_gradient(f, plain, for_dfa).values()));
        }
        SECTION("sign_symmetry is bp where all weights have one size or are zero") {
            for (std::size_t l = 1; l <= 4; ++l) {
                double k = double(l <= 3 ? f.net.shape.hidden[l - 1].inputs : f.net.shape.readout_inputs());
                for (double& w : f.net.parameters.span(f.net.weight_index(l)))
                    w = std::copysign(std::sqrt((l <= 3 ? 2.0 : 1.0) / k), w);
                f.net.weight(l)(0, 0) = 0;  // the sign of zero is zero
            }
            Memory m = f.memory(find_rule("sign_symmetry")), none;
            f.loss(plain);
            CHECK(same_bits(hidden_gradient(f, find_rule("sign_symmetry"), m).values(),
                            hidden_gradient(f, find_rule("bp"), none).values()));
        }
        SECTION("pepita without a perturbation learns nothing") {
            f.options.feedback_scale = 0;
            Memory m = f.memory(find_rule("pepita"));
            CHECK(largest(hidden_gradient(f, find_rule("pepita"), m).values()) < 1e-15);
        }
    }
}

TEST_CASE("with one hidden layer layerwise is bp, and gated is dfa, to the bit", "[rules]") {
    Fixture f(Arch::fcn, true, 1);
    Memory none, own = f.memory(find_rule("layerwise")), g = f.memory(find_rule("gated")),
                 d = f.memory(find_rule("dfa"));
    for (double& b : f.net.parameters.span(3)) b = 0;  // the layer's own readout has no bias
    for (std::size_t i = 0; i < own.learnt.size(); ++i) own.learnt.values()[i] = f.net.readout().data[i];
    f.loss(find_rule("bp"));
    CHECK(same_bits(hidden_gradient(f, find_rule("layerwise"), own).values(),
                    hidden_gradient(f, find_rule("bp"), none).values()));
    CHECK(same_bits(hidden_gradient(f, find_rule("gated"), g).values(),
                    hidden_gradient(f, find_rule("dfa"), d).values()));
}

TEST_CASE("layerwise trained end to end through a linear head like the readout is bp, to the bit", "[rules]") {
    const Rule &layerwise = find_rule("layerwise"), &bp = find_rule("bp");
    for (Arch arch : kArchs)
        for (bool norm : {false, true}) {
            Fixture f = norm ? Fixture::normalised(arch, false) : Fixture(arch);
            Memory own = f.memory(layerwise), none;
            for (std::size_t i = 0; i < own.learnt.span(2).size(); ++i)  // V of the top layer
                own.learnt.span(2)[i] = f.net.readout().data[i];
            f.loss(bp);
            Pass pass = f.pass();
            pass.end_to_end = true;
            Parameters sent = f.net.parameters.zeros();
            pseudo_gradient(layerwise, pass, f.options, own, sent);
            CHECK(same_bits(sent.values(), f.gradient(bp, none).values()));
            CHECK(same_bits(own.learnt_gradient.span(2), sent.span(f.net.weight_index(4))));
            CHECK(largest(own.learnt_gradient.span(0)) == 0);
        }
}

TEST_CASE("fa and bp without downstream masks are dfa through the product of their matrices", "[rules]") {
    for (std::string_view name : {"bp", "fa"}) {
        Fixture f;
        f.options.downstream_mask = Mask::none;
        Memory for_chain = f.memory(find_rule(name)), for_dfa = f.memory(find_rule("dfa"));
        const Parameters& back = name == "bp" ? f.net.parameters : for_chain.feedback;
        for (std::size_t c = 0; c < 3;
             ++c) {  // B_l, row c: what unit error c becomes on the way down, halved at every layer
            Vector signal(3, 0.0);
            signal[c] = 1;
            for (std::size_t l = 3; l >= 1; --l) {
                signal = send(f, l, back, signal);
                for (std::size_t u = 0; u < signal.size(); ++u) for_dfa.feedback[l - 1](c, u) = signal[u];
                for (double& x : signal) x *= 0.5;
            }
        }
        f.loss(find_rule("dfa"));
        CHECK(distance(hidden_gradient(f, find_rule("dfa"), for_dfa),
                       hidden_gradient(f, find_rule(name), for_chain), 0, 3)
              < 1e-12);
    }
}

TEST_CASE("pass.layer makes one hidden layer learn and leaves its update as it is", "[rules]") {
    const Rule& rule = find_rule("infonce");
    Fixture f;
    Memory memory = f.memory(rule);
    Parameters all = f.gradient(rule, memory), one = f.net.parameters.zeros();
    Pass pass = f.pass();
    pass.layer = 2;
    pseudo_gradient(rule, pass, f.options, memory, one);
    CHECK(largest(one.span(0)) == 0);
    CHECK(same_bits(one.span(1), all.span(1)));
    CHECK(largest(one.span(2)) == 0);
    CHECK(same_bits(one.span(3), all.span(3)));  // the readout
    CHECK(largest(memory.learnt_gradient.span(0)) == 0);
    CHECK(largest(memory.learnt_gradient.span(1)) > 0);
    CHECK(largest(memory.learnt_gradient.span(2)) == 0);
}

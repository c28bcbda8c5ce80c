// Every rule of the table is proved by its claim: finite differences of the loss it descends, in double.
// Closed forms are transcribed in rules_transcribed_test.cpp.
#include "catch.hpp"
#include "fixture.hpp"

using namespace rhm;

static constexpr Arch kArchs[] = {Arch::cnn, Arch::lcn, Arch::fcn};

TEST_CASE("every rule's readout descends the cross-entropy, and global rules' hidden layers too", "[rules]") {
    for (const Rule* rule : rules())
        for (Arch arch : kArchs)
            for (bool bias : {false, true})
                for (std::size_t depth : {3u, 2u}) {
                    Fixture f(arch, bias, depth);
                    Memory<double> memory = f.memory(*rule);
                    Parameters<double> g = f.gradient(*rule, memory);
                    std::size_t first = rule->claim == Claim::global_gradient ? 0 : f.net.weight_index(depth + 1);
                    for (std::size_t b = first; b < g.blocks(); ++b) {
                        INFO(rule->name << " " << kArchNames[int(arch)] << " block " << g.block(b).name);
                        REQUIRE(largest(g.span(b)) > 1e-4);
                        CHECK(difference_from_finite(f.net.parameters.span(b), g.span(b), [&] { return f.loss(*rule); }) < 1e-7);
                    }
                }
}

TEST_CASE("local rules: each layer's update is the gradient of its own loss with its input held fixed", "[rules]") {
    std::size_t checked = 0;
    for (const Rule* rule : rules()) {
        if (rule->claim != Claim::local_gradient) continue;
        for (Arch arch : kArchs)
            for (int head : {4, 0}) {
                Fixture f(arch, arch == Arch::lcn, 3);
                f.options.head = head;
                if (head == 0 && rule->name == "vicreg") continue;  // always has a head
                Memory<double> memory = f.memory(*rule);
                Parameters<double> g = f.gradient(*rule, memory), learnt = memory.learnt_gradient;
                for (std::size_t l = 1; l <= 3; ++l) {
                    Matrix<double> unused;
                    auto layer_loss = [&] {  // the code of layer l with the weights as they are now; codes below do not depend on W_l
                        f.loss(*rule);
                        unused.resize(f.record.n, f.net.shape.hidden[l - 1].units());
                        return rule->on_double.layer_loss(f.pass(), l, f.options, memory, unused.view());
                    };
                    std::size_t from = f.net.weight_index(l), to = f.net.weight_index(l + 1);
                    for (std::size_t b = from; b < to; ++b) {
                        INFO(rule->name << " " << kArchNames[int(arch)] << " head " << head << " layer " << l << " " << g.block(b).name);
                        REQUIRE(largest(g.span(b)) > 1e-5);
                        CHECK(difference_from_finite(f.net.parameters.span(b), g.span(b), layer_loss) < 1e-7);
                        ++checked;
                    }
                }
                // What is learnt besides: the sum of all layers' losses, since each block belongs to one layer.
                auto total = [&] {
                    f.loss(*rule);
                    double sum = 0;
                    for (std::size_t l = 1; l <= 3; ++l) {
                        Matrix<double> unused(f.record.n, f.net.shape.hidden[l - 1].units());
                        sum += rule->on_double.layer_loss(f.pass(), l, f.options, memory, unused.view());
                    }
                    return sum;
                };
                for (std::size_t b = 0; b < learnt.blocks(); ++b) {
                    if (learnt.block(b).rows == 0) continue;
                    INFO(rule->name << " head " << head << " " << learnt.block(b).name);
                    REQUIRE(largest(learnt.span(b)) > 1e-5);
                    CHECK(difference_from_finite(memory.learnt.span(b), learnt.span(b), total) < 1e-7);
                }
            }
    }
    CHECK(checked >= 2 * 3 * 3);
}

TEST_CASE("the pseudo-gradient of a local rule sends nothing from layer to layer", "[rules]") {
    for (const Rule* rule : rules()) {
        if (rule->claim != Claim::local_gradient) continue;
        Fixture f;
        Memory<double> memory = f.memory(*rule);
        Parameters<double> before = f.gradient(*rule, memory);
        for (double& w : f.net.parameters.span(f.net.weight_index(3))) w *= -1.5;  // the top layer changes ...
        for (double& w : f.net.parameters.span(f.net.weight_index(4))) w *= -1.5;
        Parameters<double> after = f.gradient(*rule, memory);
        INFO(rule->name);
        CHECK(same_bits(before.span(0), after.span(0)));  // ... and layers 1 and 2 do not notice
        CHECK(same_bits(before.span(1), after.span(1)));
        CHECK_FALSE(same_bits(before.span(2), after.span(2)));
    }
}

// Every rule of the table is proved by its claim: finite differences of the loss it descends, in double.
// Closed forms are transcribed in rules_transcribed_test.cpp.
#include "catch.hpp"
#include "fixture.hpp"

using namespace rhm;


namespace {

/// The first difference between the cross-entropy's gradient and a rule's update of the readout, and of the
/// hidden layers when it claims that too; "" when there is none.
std::string fault_of_global(const Rule& rule) {
    for (Arch arch : kArchs)
        for (bool bias : {false, true})
            for (bool norm : {false, true})
                for (std::size_t depth : {3u, 2u}) {
                    Fixture f = norm ? Fixture::normalised(arch, bias, depth) : Fixture(arch, bias, depth);
                    Memory memory = f.memory(rule);
                    Parameters g = f.gradient(rule, memory);
                    const bool all = rule.claim == Claim::global_gradient;
                    for (std::size_t b = all ? 0 : f.net.weight_index(depth + 1); b < g.blocks(); ++b) {
                        const std::string what = fault_from_finite(f.net.parameters.span(b), g.span(b),
                                                                   [&] { return f.loss(rule); });
                        if (!what.empty()) return at_layer(rule, f, b, what) + (norm ? ", normalised" : "");
                    }
                }
    return "";
}

}  // namespace

TEST_CASE("every rule's readout descends the cross-entropy, and global rules' hidden layers too", "[rules]") {
    for (const Rule* rule : rules()) CHECK(fault_of_global(*rule) == "");
}

namespace {

/// The rules that descend a loss of their own in each layer (simsiam: when nothing is stopped, see
/// rules_local_test.cpp).
std::vector<const Rule*> local_rules() {
    std::vector<const Rule*> list;
    for (const Rule* rule : rules())
        if (rule->is_local()) list.push_back(rule);
    return list;
}

/// Layer l's own loss with the weights as they are now.
double layer_loss(Fixture& f, const Rule& rule, std::size_t l, Memory& memory) {
    f.loss(rule);
    Matrix unused(f.rows(rule), f.net.shape.hidden[l - 1].units());
    return rhm::layer_loss(rule, f.pass(), l, f.options, memory, unused.view());
}

/// The first difference between a local rule's update and the gradient of its layers' losses, "" when there
/// is none.
std::string fault_of(Fixture& f, const Rule& rule) {
    Memory memory = f.memory(rule);
    Parameters g = f.gradient(rule, memory), learnt = memory.learnt_gradient;
    const std::size_t depth = f.net.depth();
    for (std::size_t l = 1; l <= depth; ++l) {
        auto loss = [&] {
            bool pairs = f.options.pairing != Pairing::siblings || f.net.shape.hidden[l - 1].positions > 1;
            return pairs ? layer_loss(f, rule, l, memory)
                         : f.loss(rule);  // without a sibling: the cross-entropy
        };
        for (std::size_t b = f.net.weight_index(l); b < f.net.weight_index(l + 1); ++b) {
            const std::string what = fault_from_finite(f.net.parameters.span(b), g.span(b), loss);
            if (!what.empty()) return at_layer(rule, f, b, what);
        }
    }
    // What is learnt besides: the sum of all layers' losses, since each block belongs to one layer.
    auto total = [&] {
        double sum = 0;
        for (std::size_t l = 1; l <= depth; ++l) sum += layer_loss(f, rule, l, memory);
        return sum;
    };
    for (std::size_t b = 0; b < learnt.blocks(); ++b) {
        if (learnt.block(b).rows == 0) continue;
        const std::string what = fault_from_finite(memory.learnt.span(b), learnt.span(b), total);
        if (!what.empty())
            return std::string(rule.name) + ", " + std::string(learnt.block(b).name) + ": " + what;
    }
    return "";
}

struct HeadSize {
    int head, hidden, levels, depth;  // RuleOptions
};
constexpr HeadSize kHeads[] = {{4, 0, 20, 1}, {4, 6, 20, 1}, {4, 6, 1, 1}, {4, 6, 1, 3}, {0, 0, 20, 1}};

}  // namespace

TEST_CASE("a rule that claims the gradient of local losses states them, so that it is proved below",
          "[rules]") {
    for (const Rule* rule : rules()) {
        INFO(rule->name);
        CHECK((rule->claim != Claim::local_gradient || rule->is_local()));
        CHECK((rule->claim != Claim::global_gradient || !rule->is_local()));
    }
}

TEST_CASE("local rules: each layer's update is the gradient of its own loss with its input held fixed",
          "[rules]") {
    CHECK(local_rules().size() >= 7);
    const auto first_fault = [](const Rule& rule) -> std::string {
        for (Arch arch : kArchs)
            for (auto [head, hidden, read, depth] : kHeads)
                for (bool norm : {false, true}) {
                    Fixture f = norm ? Fixture::normalised(arch, arch != Arch::fcn)
                                     : Fixture(arch, arch == Arch::lcn);
                    f.options.head = head;
                    f.options.head_hidden = hidden;
                    f.options.head_levels = read;
                    f.options.head_depth = depth;
                    f.options.class_positives = read == 1;
                    f.options.head_centre = norm == (read == 1);
                    f.options.through_both = true;
                    const std::string what = fault_of(f, rule);
                    if (!what.empty())
                        return what + ", head " + std::to_string(head) + " of " + std::to_string(hidden)
                               + " hidden units" + (norm ? ", normalised" : "");
                }
        return "";
    };
    for (const Rule* rule : local_rules()) CHECK(first_fault(*rule) == "");
}

TEST_CASE("local rules on siblings: the same, and the top layer descends the cross-entropy", "[rules]") {
    const auto first_fault = [](const Rule& rule) -> std::string {
        for (auto [head, hidden, read, depth] : kHeads)
            for (bool anywhere : {false, true})
                for (int tuple : {2, 3}) {
                    const int levels = tuple == 2 ? 3 : 2;
                    Fixture f(Arch::cnn, false, std::size_t(levels),
                              {.vocab = 4, .classes = 3, .synonyms = 2, .tuple = tuple, .levels = levels},
                              anywhere == (tuple == 2));  // normalised or not
                    f.options.pairing = Pairing::siblings;
                    f.options.head = head;
                    f.options.head_hidden = hidden;
                    f.options.head_levels = read;
                    f.options.head_depth = depth;
                    f.options.negatives_anywhere = anywhere;
                    f.options.head_centre = hidden == 6;
                    f.options.through_both = true;
                    const std::string what = fault_of(f, rule);
                    if (!what.empty())
                        return what + ", head " + std::to_string(head) + ", tuples of "
                               + std::to_string(tuple) + (anywhere ? ", negatives anywhere" : "");
                }
        return "";
    };
    for (const Rule* rule : local_rules())
        if (rule->wants_pairs()) CHECK(first_fault(*rule) == "");
}

TEST_CASE("end to end: every layer descends the loss of the top layer, and the heads below learn nothing",
          "[rules]") {
    const auto first_fault = [](const Rule& rule) -> std::string {
        for (Arch arch : kArchs)
            for (bool norm : {false, true}) {
                Fixture f = norm ? Fixture::normalised(arch, false) : Fixture(arch);
                f.options.head_hidden = 6;
                f.options.class_positives = f.options.head_centre = norm;
                f.options.through_both = true;
                Memory memory = f.memory(rule);
                const std::size_t top = f.net.depth(), own = memory.learnt.blocks() / top;
                f.loss(rule);
                Pass pass = f.pass();
                pass.end_to_end = true;
                Parameters g = f.net.parameters.zeros();
                const double loss = pseudo_gradient(rule, pass, f.options, memory, g);
                Parameters learnt = memory.learnt_gradient;
                const auto of_top = [&] { return layer_loss(f, rule, top, memory); };
                if (loss != of_top()) return "another loss";
                for (std::size_t b = 0; b < f.net.weight_index(top + 1); ++b) {
                    const std::string what = fault_from_finite(f.net.parameters.span(b), g.span(b), of_top);
                    if (!what.empty()) return at_layer(rule, f, b, what) + (norm ? ", normalised" : "");
                }
                for (std::size_t b = 0; b < learnt.blocks(); ++b) {
                    const bool below = b < own * (top - 1);
                    const std::string what =
                        !below                          ? fault_from_finite(memory.learnt.span(b), learnt.span(b), of_top)
                        : largest(learnt.span(b)) != 0 ? "a head below learns"
                                                        : "";
                    if (!what.empty() && learnt.block(b).rows)
                        return std::string(rule.name) + ", " + std::string(learnt.block(b).name) + ": " + what;
                }
            }
        return "";
    };
    for (const Rule* rule : local_rules()) CHECK(first_fault(*rule) == "");
}

TEST_CASE("the pseudo-gradient of a local rule sends nothing from layer to layer", "[rules]") {
    for (const Rule* rule : local_rules()) {
        Fixture f;
        Memory memory = f.memory(*rule);
        Parameters before = f.gradient(*rule, memory);
        for (double& w : f.net.parameters.span(f.net.weight_index(3)))
            w *= -1.5;  // the top layer changes ...
        for (double& w : f.net.parameters.span(f.net.weight_index(4))) w *= -1.5;
        Parameters after = f.gradient(*rule, memory);
        INFO(rule->name);
        CHECK(same_bits(before.span(0), after.span(0)));  // ... and layers 1 and 2 do not notice
        CHECK(same_bits(before.span(1), after.span(1)));
        CHECK_FALSE(same_bits(before.span(2), after.span(2)));
    }
}

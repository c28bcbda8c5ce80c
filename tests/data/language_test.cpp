#include <cstdlib>

#include "base/rng.hpp"
#include "catch.hpp"
#include "data/language.hpp"
#include "data/help.hpp"

using namespace rhm;

namespace {

/// The leaves below one node, written as the model is defined: a node takes a rule, its children do the same.
void naive(const Grammar& grammar, const Digits& digits, int level, int node, int symbol,
           std::vector<std::uint8_t>& leaves) {
    if (level == 0) return leaves.push_back(static_cast<std::uint8_t>(symbol));
    int before = 1;  // digits of the class and of the levels above
    for (int above = grammar.shape().levels; above > level; --above) before += grammar.shape().nodes(above);
    auto rule =
        grammar.rule(level, symbol, static_cast<int>(digits[static_cast<std::size_t>(before + node)]));
    for (int child = 0; child < grammar.shape().tuple; ++child)
        naive(grammar, digits, level - 1, node * grammar.shape().tuple + child,
              rule[static_cast<std::size_t>(child)], leaves);
}

}  // namespace

TEST_CASE("whole languages by brute force equal the generator, index by index", "[data][language]") {
    auto shapes = small_shapes(100000);
    REQUIRE(shapes.size() >= 50);
    INFO(shapes.size() << " shapes");
    for (const auto& g : shapes) {
        Grammar grammar(g, 11);
        Digits digits(digit_count(g)), back;
        std::vector<std::uint8_t> expected, leaves(static_cast<std::size_t>(g.length()));
        Tree tree, parsed;
        u128 index = 0;
        for (bool more = true; more; ++index) {
            expected.clear();
            naive(grammar, digits, g.levels, 0, static_cast<int>(digits[0]), expected);
            derive(grammar, digits, leaves);
            derive(grammar, digits, tree);
            bool good = leaves == expected && tree.symbols[0] == expected && !parse(grammar, leaves, parsed)
                        && parsed == tree;
            to_digits(parsed, back);
            if (!good || back != digits || to_number(g, digits) != index || to_digits(g, index) != digits)
                FAIL("at index " << decimal(index));
            more = false;  // the next index: an odometer of digits
            for (std::size_t i = digits.size(); i-- > 0 && !more;) {
                more = ++digits[i] < static_cast<std::uint32_t>(i == 0 ? g.classes : g.synonyms);
                if (!more) digits[i] = 0;
            }
        }
        REQUIRE(index == *p_max(g));
        CHECK(outcome([&] { to_digits(g, index); }).code == Exit::input);
    }
}

TEST_CASE("random round trips index -> leaves -> index", "[data][language]") {
    const char* wanted = std::getenv("RHM_ROUND_TRIPS");  // the full check takes 10000000
    long trips = wanted ? std::atol(wanted) : 1000000;
    std::vector<GrammarShape> shapes{{4, 4, 3, 2, 3}, {8, 8, 4, 2, 3},      {32, 10, 8, 4, 2},
                                     {4, 4, 3, 2, 5}, {256, 20, 256, 2, 4}, {6, 5, 6, 3, 2},
                                     {4, 4, 3, 2, 6}};
    long done = 0;
    for (std::size_t k = 0; k < shapes.size(); ++k) {
        const auto& g = shapes[k];
        Grammar grammar(g, k);
        Rng rng(k, Purpose::test);
        std::vector<std::uint8_t> leaves(static_cast<std::size_t>(g.length()));
        Tree tree;
        Digits digits(digit_count(g)), back;
        long share = (trips * (static_cast<long>(k) + 1)) / static_cast<long>(shapes.size());
        for (; done < share; ++done) {
            digits[0] = static_cast<std::uint32_t>(rng.below(static_cast<std::uint64_t>(g.classes)));
            for (std::size_t i = 1; i < digits.size(); ++i)
                digits[i] = static_cast<std::uint32_t>(rng.below(static_cast<std::uint64_t>(g.synonyms)));
            derive(grammar, digits, leaves);
            if (parse(grammar, leaves, tree)) FAIL("not parsed");
            to_digits(tree, back);
            if (back != digits) FAIL("another index");
            if (p_max(g) && to_digits(g, to_number(g, digits)) != digits) FAIL("another number");
        }
    }
    CHECK(done == trips);
}

TEST_CASE("strings outside the language are rejected where they fail", "[data][language]") {
    GrammarShape g{3, 2, 2, 2, 3};
    Grammar grammar(g, 5);
    std::vector<std::uint8_t> x(8);
    Tree tree;
    int members = 0;
    for (int code = 0; code < 6561; ++code) {
        for (int i = 0, rest = code; i < 8; ++i, rest /= 3)
            x[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(rest % 3);
        // level by level, the first tuple that no rule makes, by looking through all rules
        int fault_level = -1, fault_node = -1;
        std::vector<int> row(x.begin(), x.end());
        for (int level = 1; level <= 3 && fault_level < 0; ++level) {
            std::vector<int> up;
            for (int node = 0; node < g.nodes(level) && fault_level < 0; ++node) {
                int parent = -1;
                for (int symbol = 0; symbol < g.symbols(level); ++symbol)
                    for (int choice = 0; choice < 2; ++choice) {
                        auto rule = grammar.rule(level, symbol, choice);
                        if (rule[0] == row[static_cast<std::size_t>(2 * node)]
                            && rule[1] == row[static_cast<std::size_t>(2 * node + 1)])
                            parent = symbol;
                    }
                if (parent < 0) fault_level = level, fault_node = node;
                up.push_back(parent);
            }
            row = up;
        }
        auto fault = parse(grammar, x, tree);
        members += !fault;
        REQUIRE((fault ? fault->level : -1) == fault_level);
        if (fault) REQUIRE(static_cast<int>(fault->node) == fault_node);
    }
    CHECK(members == static_cast<int>(*p_max(g)));

    x.assign(8, 0);
    x[6] = 3;
    auto fault = parse(grammar, x, tree);
    REQUIRE((fault && fault->level == 0 && fault->node == 6));
    CHECK(describe(grammar, x, *fault) == "leaf 6 is 3, but symbols are 0 to 2");
    CHECK(describe(grammar, x, {2, 1})
          == "the string is not in the language: no rule of level 2 makes leaves 4 to 7");
    CHECK(outcome([&] { parse(grammar, std::span(x).first(7), tree); }).code == Exit::input);
}

TEST_CASE("indices beyond 64 bits are exact, beyond 128 bits refused", "[data][language]") {
    CHECK(decimal(*p_max({})) == "2470693585135788");                                    // 4 * 3^31
    CHECK(decimal(*p_max({4, 4, 3, 2, 6})) == "4578245093723349979543798785708");        // 4 * 3^63
    CHECK(decimal(*class_share({4, 4, 3, 2, 6})) == "1144561273430837494885949696427");  // 3^63
    CHECK_FALSE(p_max({4, 4, 3, 2, 7}));
    CHECK(decimal(*p_max({2, 2, 2, 2, 6})) == "18446744073709551616");  // 2 * 2^63 = 2^64
    CHECK_FALSE(p_max({2, 2, 2, 2, 7}));                                // 2^128
    CHECK(decimal(*class_share({2, 2, 2, 2, 7})) == "170141183460469231731687303715884105728");  // 2^127
    CHECK(p_max({4, 4, 1, 2, 20}) == u128{4});
    GrammarShape g{4, 4, 3, 2, 6};
    u128 last = *p_max(g) - 1;
    CHECK(to_number(g, to_digits(g, last)) == last);
    CHECK(to_digits(g, last) == [] {
        Digits all(64, 2);
        all[0] = 3;
        return all;
    }());
    CHECK(outcome([&] { to_digits(g, last + 1); }).code == Exit::input);
    Digits large(digit_count({4, 4, 3, 2, 7}));
    CHECK(outcome([&] { to_number({4, 4, 3, 2, 7}, large); }).code == Exit::input);
    CHECK(parse_decimal("340282366920938463463374607431768211455") == ~u128{0});
    CHECK_FALSE(parse_decimal("340282366920938463463374607431768211456"));
    CHECK_FALSE(parse_decimal(""));
    CHECK_FALSE(parse_decimal("-1"));
    CHECK(decimal(0) == "0");
}

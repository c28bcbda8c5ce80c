#include <cstdio>
#include <fstream>
#include <map>
#include <set>

#include "base/json.hpp"
#include "base/rng.hpp"
#include "catch.hpp"
#include "data/grammar.hpp"
#include "data/help.hpp"

using namespace rhm;

TEST_CASE("Philox4x32-10 gives the published vectors", "[data][rng]") {  // Random123, kat_vectors
    using Words = std::array<std::uint32_t, 4>;
    CHECK(philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    CHECK(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0})
          == Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a grammar has m rules a symbol and no tuple has two parents", "[data][grammar]") {
    auto shapes = small_shapes(100000);
    shapes.insert(shapes.end(), {{256, 10, 256, 2, 2},
                                 {256, 256, 256, 2, 1},
                                 {2, 2, 1000, 20, 2},
                                 {8, 8, 7, 7, 2},
                                 {4, 4, 3, 2, 10}});
    for (const auto& g : shapes) {
        Grammar grammar(g, 7);
        for (int level = 1; level <= g.levels; ++level) {
            std::set<std::string> tuples;
            for (int symbol = 0; symbol < g.symbols(level); ++symbol)
                for (int choice = 0; choice < g.synonyms; ++choice) {
                    auto rule = grammar.rule(level, symbol, choice);
                    if (!tuples.insert(std::string(rule.begin(), rule.end())).second) FAIL("twice");
                    for (int child : rule)
                        if (child >= g.vocab) FAIL("no symbol");
                    if (grammar.find(level, rule.data()) != symbol * g.synonyms + choice) FAIL("not found");
                }
            REQUIRE(static_cast<int>(tuples.size()) == g.symbols(level) * g.synonyms);
        }
        CHECK(Grammar(g, 7) == grammar);
    }
    CHECK_FALSE(Grammar({}, 1) == Grammar({}, 2));
    Grammar one({}, 1);
    CHECK_FALSE(std::equal(one.rules(1), one.rules(1) + 24, one.rules(2)));
}

TEST_CASE("rules are drawn uniformly out of all tuples", "[data][grammar]") {
    GrammarShape g{5, 3, 4, 2, 2};
    std::vector<double> first(25), pairs(625);
    for (std::uint64_t seed = 0; seed < 30000; ++seed) {
        Grammar grammar(g, seed);
        auto a = grammar.rule(1, 0, 0), b = grammar.rule(1, 4, 3);
        std::size_t i = a[0] * 5u + a[1], j = b[0] * 5u + b[1];
        ++first[i];
        ++pairs[i * 25 + j];
    }
    CHECK(uniform_excess(first) < 5);
    std::vector<double> different;  // the two tuples differ, all 600 ordered pairs are equally likely
    for (std::size_t i = 0; i < 25; ++i)
        for (std::size_t j = 0; j < 25; ++j)
            if (i != j)
                different.push_back(pairs[i * 25 + j]);
            else
                CHECK(pairs[i * 25 + j] == 0);
    CHECK(uniform_excess(different) < 5);
}

TEST_CASE("impossible shapes are refused in one sentence", "[data][grammar]") {
    std::vector<GrammarShape> bad{{1, 2, 1, 2, 2},  {257, 2, 1, 2, 2},     {4, 1, 3, 2, 2},
                                  {4, 4, 5, 2, 2},  {4, 6, 3, 2, 2},       {4, 4, 0, 2, 2},
                                  {4, 4, 3, 1, 2},  {4, 4, 3, 2, 0},       {4, 4, 3, 2, 21},
                                  {4, 4, 3, 40, 1}, {256, 2, 65537, 3, 1}, {256, 2, 65537, 4, 1}};
    for (const auto& g : bad) {
        auto result = outcome([&] { Grammar(g, 0); });
        CHECK(result.code == Exit::input);
        CHECK(result.one_line());
    }
}

TEST_CASE("a grammar survives its file", "[data][grammar]") {
    for (const auto& g : small_shapes(2000)) {
        Grammar grammar(g, 3);
        REQUIRE(Grammar::parse(to_json(grammar)) == grammar);
        REQUIRE(to_text(grammar).find("level 1") != std::string::npos);
    }
    Grammar large({256, 4, 256, 2, 3}, 1);
    CHECK(Grammar::parse(to_json(large)) == large);
    std::string path = "data_grammar_test.json";
    std::ofstream(path) << to_json(large);
    CHECK(Grammar::load(path) == large);
    std::ofstream(path) << "{";
    auto bad = outcome([&] { Grammar::load(path); });
    CHECK((bad.code == Exit::input && bad.sentence.find(path) != std::string::npos && bad.one_line()));
    std::remove(path.c_str());
    CHECK(outcome([&] { Grammar::load(path); }).code == Exit::io);
    CHECK(outcome([&] { Grammar::load("."); }).code == Exit::io);
}

TEST_CASE("symbols that no rule names need no rules in a file", "[data][grammar]") {
    auto file = [](const std::string& upper, const std::string& lower) {
        return concat("{\"vocab\":3,\"classes\":2,\"synonyms\":2,\"tuple\":2,\"levels\":2,\"rules\":[", lower,
                      ",", upper, "]}");
    };
    const std::string upper = "[[[0,2],[2,0]],[[0,0],[2,2]]]";
    const Grammar grammar = Grammar::parse(file(upper, "[[[0,0],[0,1]],[],[[2,2],[1,0]]]"));
    const std::vector<int> found{grammar.rule(1, 1, 0)[0], grammar.rule(1, 1, 0)[1],  // the first that are left
                                 grammar.rule(1, 1, 1)[0], grammar.rule(1, 1, 1)[1]};
    CHECK(found == std::vector{0, 2, 1, 1});
    CHECK(grammar.rule(1, 2, 1)[0] == 1);
    CHECK(Grammar::parse(to_json(grammar)) == grammar);
    auto named = outcome([&] { Grammar::parse(file(upper, "[[],[[0,0],[0,1]],[[2,2],[1,0]]]")); });
    CHECK(named.sentence.find("0 rules of symbol 0 at level 1") != std::string::npos);
    CHECK(outcome([&] { Grammar::parse(file("[[[0,2],[2,0]],[]]", "[[[0,0],[0,1]],[],[[2,2],[1,0]]]")); }).code
          == Exit::input);  // classes always occur
}

TEST_CASE("bad grammar files give one sentence and exit code 3", "[data][grammar]") {
    Grammar grammar({3, 2, 2, 2, 2}, 0);
    std::string good = to_json(grammar);
    auto with = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        auto at = text.find(from);
        REQUIRE(at != std::string::npos);
        return text.replace(at, from.size(), to);
    };
    auto rule = [&](int symbol, int choice) {  // as it stands in the file
        auto r = grammar.rule(1, symbol, choice);
        return concat("[", int{r[0]}, ",", int{r[1]}, "]");
    };
    struct Bad {
        std::string text, sentence;
    };  // a file, and what its sentence must say
    std::vector<Bad> bad{
        {with(rule(0, 0) + ",", ""), "1 rules of symbol 0 at level 1 where its numbers ask for 2"},
        {with(rule(0, 0), rule(1, 0)), "ambiguous: at level 1, symbols 0 and 1"},
        {with(rule(0, 0), rule(0, 1)), "ambiguous: at level 1, symbols 0 and 0"},
        {with(rule(0, 0), "[0,1,2]"), "3 symbols in a rule of symbol 0 at level 1"},
        {with(rule(0, 0), "[0]"), "1 symbols in a rule of symbol 0 at level 1"},
        {with(rule(0, 0), "[0,3]"), "produces 3, but symbols are 0 to 2"},
        {with(rule(0, 0), "[0,-1]"), "produces -1, but symbols are 0 to 2"},
        {with(rule(0, 0), "[0,0.5]"), "not a whole number"},
        {with(rule(0, 0), "[0,\"1\"]"), "not a whole number"},
        {with(rule(0, 0), "7"), "not a list"},
        {with("[" + rule(0, 0) + "," + rule(0, 1) + "]", "\"[[0,0],[0,1]]\""), "not a list"},
        {with("[" + rule(0, 0) + "," + rule(0, 1) + "]", "[[0,0],[0;1]]"), "not JSON"},
        {with("\"vocab\":3,", ""), "vocab is missing"},
        {with("\"levels\":2", "\"levels\":3"), "2 levels of rules where its numbers ask for 3"},
        {with("\"classes\":2", "\"classes\":3"),
         "2 symbols with rules at level 2 where its numbers ask for 3"},
        {with("\"synonyms\":2", "\"synonyms\":9"), "m = 9 synonyms are more than"},
        {with("\"levels\":2", "\"levels\":1e300"), "levels is missing or not a whole number"},
        {with("\"levels\":2", "\"levels\":40"), "leaves are more than"},
        {good.substr(0, good.size() / 2), "not JSON"},
        {good + good, "not JSON"},
        {"", "not JSON"},
        {"[1,2]", "JSON object"},
        {"{\"vocab\":3,\"classes\":2,\"synonyms\":2,\"tuple\":2,\"levels\":2}",
         "levels of rules are missing"},
        {std::string("\x7f"
                     "ELF\0\1",
                     6),
         "not JSON"},
        {std::string(100000, '['), "nesting"},
        {std::string(17u << 20, ' '), "larger than"},
    };
    for (const auto& [text, sentence] : bad) {
        INFO(sentence);
        auto result = outcome([&, &file = text] { Grammar::parse(file); });
        INFO(result.sentence);
        CHECK(result.code == Exit::input);
        CHECK(result.one_line());
        CHECK(result.sentence.find(sentence) != std::string::npos);
    }
    for (std::size_t cut = 0; cut + 2 < good.size(); ++cut)
        REQUIRE(outcome([&] { Grammar::parse(good.substr(0, cut)); }).code == Exit::input);
}

TEST_CASE("of a JSON text, arrays nested deeper than asked for are checked and kept as text", "[data][grammar]") {
    const std::string text = R"({"a":[[1, [2 , "]"]],[],3]})";
    const Json a = Json::parse(text, 1)["a"];
    REQUIRE(a.array.size() == 3);
    CHECK((a.array[0].is(Json::Kind::array) && a.array[0].string == R"([1, [2 , "]"]])"));
    CHECK((a.array[0].array.empty() && a.array[1].string.empty() && a.array[2].number == 3));
    CHECK(Json::parse(a.array[0].string).array[1].array[1].string == "]");
    CHECK(outcome([] { Json::parse("[[[1,]]]", 0); }).sentence.find("at byte 5") != std::string::npos);
}

/// For every class, how often each value of the tuple over `leaves` (at most 8 of them) occurs in the whole
/// language.
static bool class_is_independent_of(const Grammar& grammar, unsigned leaves) {
    const GrammarShape& g = grammar.shape();
    std::vector<std::map<std::uint64_t, int>> counts(static_cast<std::size_t>(g.classes));
    std::vector<std::uint8_t> x(static_cast<std::size_t>(g.length()));
    for (u128 i = 0; i < *p_max(g); ++i) {
        Digits digits = to_digits(g, i);
        derive(grammar, digits, x);
        std::uint64_t key = 0;
        for (std::size_t leaf = 0; leaf < x.size(); ++leaf)
            if (leaves >> leaf & 1) key = key * 256 + x[leaf];
        ++counts[digits[0]][key];
    }
    for (const auto& count : counts)
        if (count != counts[0]) return false;
    return true;
}

TEST_CASE("in the control without correlations, tuples and small sets of leaves tell nothing about the class",
          "[data][grammar]") {
    for (GrammarShape g : {GrammarShape{2, 2, 2, 2, 2},
                           {2, 2, 2, 2, 3},
                           {3, 3, 3, 2, 2},
                           {3, 2, 3, 2, 2},
                           {4, 4, 4, 2, 2},
                           {2, 2, 2, 3, 2},
                           {2, 2, 4, 3, 1},
                           {3, 3, 6, 3, 1}}) {
        for (std::uint64_t seed : {0u, 1u, 2u}) {
            Grammar grammar = Grammar::no_correlation(g, seed);
            CHECK(grammar == Grammar::no_correlation(g, seed));
            CHECK(Grammar::parse(to_json(grammar)) == grammar);
            // every rule of every level below the top: equally often under every class, at every position
            std::size_t m = static_cast<std::size_t>(g.synonyms);
            std::map<std::tuple<int, std::size_t>, std::vector<std::vector<int>>>
                counts;  // (level, node) -> [class][rule]
            Tree tree;
            for (u128 i = 0; i < *p_max(g); ++i) {
                derive(grammar, to_digits(g, i), tree);
                for (int level = 1; level < g.levels; ++level)
                    for (std::size_t node = 0; node < static_cast<std::size_t>(g.nodes(level)); ++node) {
                        auto l = static_cast<std::size_t>(level);
                        auto& count = counts[{level, node}];
                        count.resize(static_cast<std::size_t>(g.classes),
                                     std::vector<int>(static_cast<std::size_t>(g.vocab) * m));
                        ++count[static_cast<std::size_t>(tree.label())]
                               [tree.symbols[l][node] * m + tree.choices[l][node]];
                    }
            }
            for (const auto& [place, count] : counts)
                for (const auto& by_rule : count)
                    for (int n : by_rule) REQUIRE(n == count[0][0]);
            if (seed == 0 && *p_max(g) <= 1000)
                for (unsigned leaves = 1; leaves + 1 < 1u << g.length(); ++leaves)
                    if (std::popcount(leaves) < 1 << g.levels)
                        REQUIRE(class_is_independent_of(grammar, leaves));
        }
        CHECK_FALSE(class_is_independent_of(Grammar::no_correlation(g, 0), (1u << g.length()) - 1));
    }
    CHECK_FALSE(
        class_is_independent_of(Grammar({4, 4, 3, 2, 2}, 0), 3));  // an ordinary grammar is not like that
    CHECK_FALSE(Grammar::no_correlation({4, 4, 4, 2, 2}, 0) == Grammar::no_correlation({4, 4, 4, 2, 2}, 1));
    CHECK(outcome([] { Grammar::no_correlation({}, 0); }).code == Exit::input);
}

#include <map>
#include <set>

#include "catch.hpp"
#include "data/dataset.hpp"
#include "data/views.hpp"
#include "data/help.hpp"

using namespace rhm;

static const std::vector<GrammarShape> shapes{
    {}, {4, 4, 2, 2, 3}, {6, 5, 4, 3, 2}, {3, 3, 1, 2, 2}, {256, 7, 200, 2, 2}};

static Tree parsed(const Grammar& grammar, std::span<const std::uint8_t> leaves) {
    Tree tree;
    REQUIRE_FALSE(parse(grammar, leaves, tree));
    return tree;
}

TEST_CASE("re-derivation below level k keeps exactly the symbols from k up", "[data][views]") {
    for (const auto& g : shapes) {
        Grammar grammar(g, 3);
        Views views(grammar);
        std::size_t top = static_cast<std::size_t>(g.levels), m = static_cast<std::size_t>(g.synonyms);
        Dataset data = draw(grammar, {.train = 3}, Split::train, 0);
        std::vector<std::uint8_t> out(data.length), again(data.length);
        for (std::size_t k = 1; k <= top; ++k) {
            std::vector<std::vector<double>> counts(top + 1, std::vector<double>(m));
            std::set<std::string> distinct;
            for (std::uint64_t step = 0; step < 300; ++step)
                for (std::uint64_t index = 0; index < 3; ++index) {
                    std::span<const std::uint8_t> x(data.row(index), data.length);
                    views.synonyms(x, static_cast<int>(k), 8, step, index, out);
                    Tree before = parsed(grammar, x), after = parsed(grammar, out);
                    REQUIRE(after == views.tree());
                    for (std::size_t level = k; level <= top; ++level)
                        REQUIRE(after.symbols[level] == before.symbols[level]);
                    for (std::size_t level = k + 1; level <= top; ++level)
                        REQUIRE(after.choices[level] == before.choices[level]);
                    for (std::size_t level = 1; level <= k; ++level)
                        for (std::uint32_t choice : after.choices[level]) ++counts[level][choice];
                    distinct.insert(std::string(out.begin(), out.end()));
                    Views(grammar).synonyms(x, static_cast<int>(k), 8, step, index, again);
                    REQUIRE(again == out);
                }
            for (std::size_t level = 1; level <= k && m > 1; ++level)
                CHECK(uniform_excess(counts[level]) < 5);
            if (m > 1) CHECK(distinct.size() > 3);
            if (m > 1) {  // seed, step and index all matter
                std::span<const std::uint8_t> x(data.row(0), data.length);
                auto choices = [&](std::uint64_t seed, std::uint64_t step, std::uint64_t index) {
                    Digits all, some;
                    for (std::uint64_t i = 0; i < 20; ++i) {
                        views.synonyms(x, static_cast<int>(k), seed, step + 1000 * i, index, out);
                        to_digits(views.tree(), some);
                        all.insert(all.end(), some.begin(), some.end());
                    }
                    return all;
                };
                CHECK(choices(0, 0, 0) != choices(1, 0, 0));
                CHECK(choices(0, 0, 0) != choices(0, 1, 0));
                CHECK(choices(0, 0, 0) != choices(0, 0, 1));
                CHECK(choices(0, 1, 0) != choices(0, 0, 1));
            }
        }
    }
}

TEST_CASE("the swap at level l gives every level-l symbol another rule and leaves all other choices",
          "[data][views]") {
    for (const auto& g : shapes) {
        Grammar grammar(g, 6);
        Views views(grammar);
        Dataset data = draw(grammar, {.train = 3}, Split::train, 0);
        std::vector<std::uint8_t> out(data.length);
        for (std::size_t l = 1; l <= static_cast<std::size_t>(g.levels); ++l) {
            if (g.synonyms == 1) {
                CHECK(outcome([&] {
                          views.swap({data.row(0), data.length}, static_cast<int>(l), 0, 0, 0, out);
                      }).code
                      == Exit::input);
                continue;
            }
            std::vector<double> steps(static_cast<std::size_t>(g.synonyms));
            for (std::uint64_t step = 0; step < 500; ++step) {
                std::span<const std::uint8_t> x(data.row(step % 3), data.length);
                views.swap(x, static_cast<int>(l), 1, step, 0, out);
                Tree before = parsed(grammar, x), after = parsed(grammar, out);
                for (std::size_t level = l; level < after.symbols.size(); ++level)
                    REQUIRE(after.symbols[level] == before.symbols[level]);
                for (std::size_t level = 1; level < after.choices.size(); ++level)
                    if (level != l) REQUIRE(after.choices[level] == before.choices[level]);
                for (std::size_t node = 0; node < after.choices[l].size(); ++node) {
                    REQUIRE(after.choices[l][node] != before.choices[l][node]);
                    ++steps[(after.choices[l][node] + steps.size() - before.choices[l][node]) % steps.size()];
                }
            }
            if (g.synonyms > 2) CHECK(uniform_excess(std::span(steps).subspan(1)) < 5);
        }
        CHECK(outcome([&] { views.swap({data.row(0), data.length}, 0, 0, 0, 0, out); }).code == Exit::input);
        CHECK(outcome([&] {
                  views.synonyms({data.row(0), data.length}, g.levels + 1, 0, 0, 0, out);
              }).code
              == Exit::input);
        std::vector<std::uint8_t> outside(data.length, static_cast<std::uint8_t>(g.vocab - 1));
        if (Tree tree; parse(grammar, outside, tree))
            CHECK(outcome([&] { views.synonyms(outside, 1, 0, 0, 0, out); }).one_line());
    }
}

TEST_CASE("a partner is another datum of the class, each equally often", "[data][views]") {
    Grammar grammar({}, 0);
    Dataset data = draw(grammar, {.train = 43}, Split::train, 0);
    ClassPartners partners(data, 4);
    std::vector<std::uint32_t> indices(43), drawn(43), again(43), alone(1);
    for (std::uint32_t i = 0; i < 43; ++i) indices[i] = i;
    std::map<std::uint32_t, double> of_first, of_last;
    for (std::uint64_t step = 0; step < 4000; ++step) {
        partners.draw(indices, 2, step, drawn);
        for (std::size_t i = 0; i < 43; ++i)
            REQUIRE((drawn[i] < 43 && drawn[i] != i && data.labels[drawn[i]] == data.labels[i]));
        ++of_first[drawn[0]];
        ++of_last[drawn[42]];
        partners.draw(indices, 2, step, again);
        REQUIRE(again == drawn);
        partners.draw(std::span(indices).first(1), 2, step, alone);
        REQUIRE(alone[0] == drawn[0]);
    }
    for (const auto& counts : {of_first, of_last}) {
        CHECK(counts.size() == 10);
        std::vector<double> values;
        for (auto [index, n] : counts) values.push_back(n);
        CHECK(uniform_excess(values) < 5);
    }
    partners.draw(indices, 3, 0, again);
    partners.draw(indices, 2, 0, drawn);
    CHECK(again != drawn);
    Dataset one = draw(grammar, {.train = 1}, Split::train, 0);
    ClassPartners(one, 4).draw(std::vector<std::uint32_t>{0}, 0, 0, alone);
    CHECK(alone[0] == 0);
}


#include <fstream>
#include <map>
#include <set>

#include "base/digest.hpp"
#include "catch.hpp"
#include "data/dataset.hpp"
#include "data/views.hpp"
#include "data/help.hpp"

using namespace rhm;

namespace {

std::size_t as_index(const Digits& digits, std::size_t first, std::size_t rest) {
    std::size_t x = digits[0] % first;
    for (std::size_t i = 1; i < digits.size(); ++i) x = x * rest + digits[i];
    return x;
}

/// The rows of a part as a sorted list with their labels.
std::multiset<std::string> rows(const Dataset& data) {
    std::multiset<std::string> all;
    for (std::size_t i = 0; i < data.size(); ++i)
        all.insert(std::string(data.row(i), data.row(i) + data.length));
    return all;
}

long status_kib(const std::string& name) {  // a line of /proc/self/status, or -1
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (long value = -1; word == name + ":" && status >> value) return value;
    return -1;
}

}  // namespace

TEST_CASE("the keyed permutation visits everything once", "[data][draw]") {
    struct Case {
        std::size_t digits;
        std::uint32_t first, rest;
    };
    for (auto [n, first, rest] : std::vector<Case>{{1, 1, 1},
                                                   {1, 7, 7},
                                                   {1, 5000, 5000},
                                                   {3, 2, 2},
                                                   {3, 17, 17},
                                                   {12, 2, 2},
                                                   {13, 2, 2},
                                                   {15, 2, 2},
                                                   {16, 5, 2},
                                                   {7, 5, 5},
                                                   {8, 3, 4},
                                                   {4, 9, 9},
                                                   {4, 200, 9},
                                                   {3, 40, 40},
                                                   {2, 70, 80},
                                                   {5, 256, 4}}) {
        std::size_t size = first;
        for (std::size_t i = 1; i < n; ++i) size *= rest;
        for (std::uint64_t seed : {0u, 1u}) {
            Permutation permutation(n, first, rest, seed, 3);
            std::vector<char> front(size), back(size);
            Digits digits(n), mirrored(n);
            for (std::size_t rank = 0; rank < size; ++rank) {
                permutation.at(rank, false, digits);
                for (std::size_t i = 0; i < n; ++i)
                    if (digits[i] >= (i == 0 ? first : rest)) FAIL("no digit");
                if (front[as_index(digits, first, rest)]++) FAIL("twice");
                permutation.at(size - 1 - rank, true, mirrored);
                if (mirrored != digits) FAIL("the back is not the front reversed");
            }
        }
    }
}

TEST_CASE("every element is equally likely at every place of the permutation, and every pair",
          "[data][draw]") {
    struct Case {
        std::size_t digits;
        std::uint32_t first, rest;
        int keys;
    };
    for (auto [n, first, rest, keys] : std::vector<Case>{{3, 3, 3, 60000},
                                                         {3, 3, 2, 30000},
                                                         {1, 5, 5, 20000},
                                                         {3, 17, 17, 60000},
                                                         {13, 2, 2, 60000},
                                                         {3, 100, 7, 60000},
                                                         {4, 9, 9, 60000}}) {
        INFO(n << " digits of radix " << first << ", " << rest);
        std::size_t size = first;
        for (std::size_t i = 1; i < n; ++i) size *= rest;
        std::vector<double> at_front(size), at_back(size), pairs(size < 30 ? size * size : 0),
            difference(size);
        Digits a(n), b(n), c(n);
        for (int key = 0; key < keys; ++key) {
            Permutation permutation(n, first, rest, static_cast<std::uint64_t>(key), 0);
            permutation.at(0, false, a);
            permutation.at(1, false, b);
            permutation.at(0, true, c);
            std::size_t i = as_index(a, first, rest), j = as_index(b, first, rest);
            ++at_front[i];
            ++at_back[as_index(c, first, rest)];
            ++difference[(i + size - j) % size];
            if (!pairs.empty()) ++pairs[i * size + j];
        }
        CHECK(uniform_excess(at_front) < 5);
        CHECK(uniform_excess(at_back) < 5);
        CHECK(difference[0] == 0);
        CHECK(uniform_excess(std::span(difference).subspan(1)) < 5);
        std::vector<double> unequal;
        for (std::size_t i = 0; i < pairs.size(); ++i)
            if (i / size != i % size) unequal.push_back(pairs[i]);
        if (!unequal.empty()) CHECK(uniform_excess(unequal) < 5);
    }
}

TEST_CASE("choices, rules and pairs of choices occur as often as they should", "[data][draw]") {
    for (bool uniform : {false, true})
        for (GrammarShape g : {GrammarShape{},
                               {4, 4, 3, 2, 4},
                               {8, 6, 4, 2, 3},
                               {32, 10, 8, 4, 2},
                               {4, 4, 3, 2, 6},
                               {4, 2, 2, 2, 7}}) {
            SplitSizes sizes{.train = 30000, .test = 0, .validation = 0, .uniform = uniform};
            INFO("v " << g.vocab << " m " << g.synonyms << " L " << g.levels << " uniform " << uniform);
            Sampler sampler(g, sizes, 4);
            Grammar grammar(g, 4);
            std::size_t n = digit_count(g), m = static_cast<std::size_t>(g.synonyms),
                        classes = static_cast<std::size_t>(g.classes);
            std::vector<std::vector<double>> single(n), pair(n);
            auto radix = [&](std::size_t k) { return k ? m : classes; };
            auto other = [&](std::size_t k) {
                return (k * 7 + 3) % n == k ? (k + 1) % n : (k * 7 + 3) % n;
            };  // a digit near or far
            for (std::size_t k = 0; k < n; ++k)
                single[k].resize(radix(k)), pair[k].resize(radix(k) * radix(other(k)));
            std::vector<std::vector<double>> rules;
            for (int level = 1; level <= g.levels; ++level)
                rules.emplace_back(static_cast<std::size_t>(g.symbols(level)) * m);
            Digits digits(n);
            Tree tree;
            for (std::size_t i = 0; i < sizes.train; ++i) {
                sampler.at(Split::train, i, digits);
                if (!uniform && digits[0] != i % classes) FAIL("classes are not in turn");
                derive(grammar, digits, tree);
                for (std::size_t k = 0; k < n; ++k) {
                    ++single[k][digits[k]];
                    ++pair[k][digits[k] * radix(other(k)) + digits[other(k)]];
                }
                for (std::size_t l = 1; l < tree.symbols.size(); ++l)
                    for (std::size_t node = 0; node < tree.choices[l].size(); ++node)
                        ++rules[l - 1][tree.symbols[l][node] * m + tree.choices[l][node]];
            }
            double excess = 0, excess_of_pairs = 0;
            for (std::size_t k = 0; k < n; ++k) {
                CHECK(uniform_excess(single[k]) < 5);
                CHECK(uniform_excess(pair[k]) < 5);
                excess += uniform_excess(single[k]);
                excess_of_pairs += uniform_excess(pair[k]);
            }
            CHECK(excess / std::sqrt(double(n)) < 5);  // many slightly uneven digits would show in the sum
            CHECK(excess_of_pairs / std::sqrt(double(n)) < 5);
            for (const auto& count : rules)  // given its symbol, every rule is equally likely
                for (std::size_t symbol = 0; symbol < count.size() / m; ++symbol)
                    if (count[symbol * m] > 0)
                        CHECK(uniform_excess(std::span(count).subspan(symbol * m, m)) < 5);
        }
}

TEST_CASE("train, test and validation together are the language, each datum once", "[data][draw]") {
    for (const auto& g : small_shapes(20000)) {
        std::size_t most = static_cast<std::size_t>(*p_max(g)), classes = static_cast<std::size_t>(g.classes);
        Grammar grammar(g, 2);
        for (bool uniform : {false, true}) {
            std::size_t test = most / 3 / classes * classes + (uniform ? 1 : 0),
                        validation = most / 5 / classes * classes;
            SplitSizes sizes{most - test - validation, test, validation, uniform};
            std::set<std::string> seen;
            std::size_t total = 0;
            for (Split split : {Split::train, Split::test, Split::validation}) {
                Dataset data = draw(grammar, sizes, split, 9);
                REQUIRE(data.size() == sizes.of(split));
                total += data.size();
                Tree tree;
                for (std::size_t i = 0; i < data.size(); ++i) {
                    seen.insert(std::string(data.row(i), data.row(i) + data.length));
                    if (!uniform && data.labels[i] != i % classes) FAIL("classes are not in turn");
                    if (parse(grammar, {data.row(i), data.length}, tree) || tree.label() != data.labels[i])
                        FAIL("not of its class");
                }
            }
            REQUIRE(total == most);
            REQUIRE(seen.size() == most);
        }
    }
}

TEST_CASE("parts are nested and independent of each other's sizes", "[data][draw]") {
    for (GrammarShape g :
         {GrammarShape{}, {4, 4, 3, 2, 3}, {4, 3, 2, 2, 3}, {4, 4, 3, 2, 7}, {4, 4, 3, 2, 10}})
        for (bool uniform : {false, true}) {
            Grammar grammar(g, 1);
            Dataset large = draw(grammar, {150, 61, 41, uniform}, Split::train, 5),
                    small = draw(grammar, {31, 7, 0, uniform}, Split::train, 5);
            CHECK(std::equal(small.leaves.begin(), small.leaves.end(), large.leaves.begin()));
            CHECK(std::equal(small.labels.begin(), small.labels.end(), large.labels.begin()));
            Dataset test = draw(grammar, {150, 61, 41, uniform}, Split::test, 5),
                    fewer = draw(grammar, {8, 13, 9, uniform}, Split::test, 5);
            CHECK(std::equal(fewer.leaves.begin(), fewer.leaves.end(), test.leaves.begin()));
            Dataset validation = draw(grammar, {150, 61, 41, uniform}, Split::validation, 5),
                    again = draw(grammar, {3, 61, 11, uniform}, Split::validation, 5);
            CHECK(std::equal(again.leaves.begin(), again.leaves.end(), validation.leaves.begin()));
            auto all = rows(large), more = rows(test), rest = rows(validation);
            all.merge(more);
            all.merge(rest);
            CHECK(std::set(all.begin(), all.end()).size() == 252);
            CHECK(draw(grammar, {150, 61, 41, uniform}, Split::train, 6).leaves != large.leaves);
        }
}

TEST_CASE("asking for more data than there are is refused in one sentence", "[data][draw]") {
    GrammarShape g{2, 3, 1, 2, 2};  // P_max = 3
    for (SplitSizes sizes : {SplitSizes{3, 0, 0}, {0, 3, 0}, {0, 0, 3}, {1, 2, 0, true}})
        CHECK_NOTHROW(check(g, sizes));
    for (SplitSizes sizes : {SplitSizes{1, 1, 0}, {1, 0, 1}})
        CHECK(outcome([&] { check(g, sizes); }).sentence.find("a class has a single string")
              != std::string::npos);
    GrammarShape two{2, 2, 2, 2, 1};  // two data of each class
    CHECK_NOTHROW(check(two, {2, 2, 0}));
    CHECK_NOTHROW(check(two, {1, 2, 0}));
    CHECK(outcome([&] { check(two, {1, 1, 1}); }).sentence.find("ask for 3 of class 0") != std::string::npos);
    CHECK(outcome([&] {
              check(two, {3, 1, 1});
          }).sentence.find("only P_max = 4 data, but 5")
          != std::string::npos);
    CHECK(outcome([&] { check(g, {3, 0, 0}); }).code == Exit::ok);
    CHECK(outcome([&] {
              check(g, {1, 2, 0});
          }).code
          == Exit::input);  // both parts begin with class 0, of which there is one datum
    CHECK(outcome([&] { check(g, {1, 2, 0, true}); }).code == Exit::ok);
    for (SplitSizes sizes : {SplitSizes{4, 0, 0},
                             {0, 4, 0},
                             {0, 0, 4, true},
                             {2, 1, 1, true},
                             {1, 1, 1},
                             {~std::size_t{0}, ~std::size_t{0}, 2}}) {
        auto result = outcome([&] { draw(Grammar(g, 0), sizes, Split::train, 0); });
        CHECK(result.code == Exit::input);
        CHECK(result.one_line());
    }
    CHECK(outcome([&] {
              draw(Grammar({4, 4, 3, 2, 7}, 0), {.train = ~std::size_t{0}}, Split::train, 0);
          }).code
          == Exit::input);
}

TEST_CASE("a seed draws these data", "[data][draw]") {
    // Numbers are stored in records under the seed alone: what it draws may not change without a new
    // kResults.
    const auto drawn = [](const GrammarShape& g, bool uniform) {
        Grammar grammar(g, 3);
        Digest digest;
        for (Split split : {Split::train, Split::test, Split::validation}) {
            const Dataset data = draw(grammar, {30, 20, 10, uniform}, split, 5);
            digest.add(std::span<const std::uint8_t>(data.leaves));
            digest.add(std::span<const std::uint8_t>(data.labels));
        }
        return digest.text();
    };
    const GrammarShape small{4, 4, 2, 2, 3}, triples{5, 3, 7, 3, 3}, large{4, 4, 3, 2, 7};
    CHECK(drawn({}, false) == "04cfcacf048f2e12");
    CHECK(drawn({}, true) == "a65472880c42caa1");
    CHECK(drawn(small, true) == "68af582f71af2b67");
    CHECK(drawn(triples, false) == "4756b5d3a7fe6e13");
    CHECK(drawn(large, true) == "d7aaa0479ce52590");
    CHECK(Grammar(triples, 7).digest() == "cdbaefded637b669");
    CHECK(Grammar::no_correlation({4, 4, 4, 2, 2}, 7).digest() == "ce94c2f8b40b6959");
    Grammar grammar({}, 3);
    const Dataset data = draw(grammar, {30, 0, 0}, Split::train, 5);
    Views views(grammar);
    Digest digest;
    std::vector<std::uint8_t> out(data.length);
    std::vector<std::uint32_t> partners(4);
    for (std::uint64_t step : {0u, 1u}) {
        ClassPartners(data, 4).draw(std::vector<std::uint32_t>{1, 5, 2, 29}, 5, step, partners);
        digest.add(std::span<const std::uint32_t>(partners));
        for (std::uint64_t i = 0; i < 3; ++i) {
            views.synonyms({data.row(i), data.length}, 3, 5, step, i, out);
            digest.add(std::span<const std::uint8_t>(out));
            views.swap({data.row(i), data.length}, 2, 5, step, i, out);
            digest.add(std::span<const std::uint8_t>(out));
        }
    }
    CHECK(digest.text() == "75e02dd16a715af8");
}

TEST_CASE("data take one byte a leaf", "[data][draw]") {
    std::ofstream("/proc/self/clear_refs") << "5" << std::flush;  // resets VmHWM to the memory in use
    long before = status_kib("VmRSS");
    GrammarShape g{4, 4, 3, 2, 6};
    std::size_t count = 300000;
    Dataset data = draw(Grammar(g, 0), {.train = count, .test = count}, Split::train, 0);
    [[maybe_unused]] long used = status_kib("VmHWM") - before,
                          asked = static_cast<long>(count * (data.length + 1) / 1024);
    CHECK(data.leaves.size() == count * 64);
#ifndef __SANITIZE_THREAD__  // which keeps some bytes of its own for each of ours
    if (before > 0) CHECK(used < asked * 6 / 5);
#endif
}

TEST_CASE("the speed of drawing is measured", "[data][draw]") {
    CHECK(bench_data({}, 2000) > 0);
}

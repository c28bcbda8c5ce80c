// What leaves the program as text or bytes: generate, show, info.
#include <cmath>
#include <cstring>

#include "base/json.hpp"
#include "base/text.hpp"
#include <map>
#include <numeric>

#include "catch.hpp"
#include "data/dataset.hpp"
#include "data/theory.hpp"
#include "data/help.hpp"
#include "show/data_text.hpp"
#include "io/generate.hpp"
#include "io/npy.hpp"

using namespace rhm;

namespace {

std::string generated(const Grammar& grammar, const GenerateOptions& options) {
    std::string out;
    generate(grammar, options, [&](std::string_view block) { out += block; });
    return out;
}

const GrammarShape kSmall{4, 3, 2, 2, 3};

/// The symbols of a datum's levels as one list: label, leaves, level 1, ..., level L - 1.
std::vector<int> expected(const Grammar& grammar, const Dataset& data, std::size_t i) {
    Tree tree;
    REQUIRE_FALSE(parse(grammar, {data.row(i), data.length}, tree));
    std::vector<int> all{tree.label()};
    for (std::size_t level = 0; level + 1 < tree.symbols.size(); ++level)
        all.insert(all.end(), tree.symbols[level].begin(), tree.symbols[level].end());
    return all;
}

std::vector<double> numbers(std::string_view text) {  // all numbers of a text, in order
    std::vector<double> out;
    std::string digits;
    for (char c : std::string(text) + ' ') {
        if (std::strchr("0123456789.-e", c) && c)
            digits += c;
        else if (auto x = parse_double(digits))
            out.push_back(*x), digits.clear();
        else
            digits.clear();
    }
    return out;
}

std::string plain(const std::string& text) {  // without colours
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\x1b')
            i = text.find('m', i);
        else
            out += text[i];
    }
    return out;
}

}  // namespace

TEST_CASE("npy files hold records of label, leaves, latents and inputs", "[data][export]") {
    Grammar grammar(kSmall, 0);
    Dataset data = draw(grammar, {.train = 50, .test = 20}, Split::test, 1);
    std::string bytes = generated(grammar, {.sizes = {.train = 50, .test = 20},
                                            .split = Split::test,
                                            .seed = 1,
                                            .latents = true,
                                            .inputs = Inputs::whitened});
    REQUIRE(bytes.substr(0, 8) == std::string("\x93NUMPY\1\0", 8));
    std::size_t header =
        10 + static_cast<unsigned char>(bytes[8]) + 256u * static_cast<unsigned char>(bytes[9]);
    CHECK(header % 64 == 0);
    CHECK(bytes[header - 1] == '\n');
    std::string described = bytes.substr(10, header - 10);
    CHECK(described.substr(0, described.find_last_not_of(" \n") + 1) ==
          "{'descr': [('label', '|u1'), ('leaves', '|u1', (8,)), ('latents1', '|u1', (4,)), ('latents2', '|u1', (2,)), ('inputs', '<f4', (8, 4,))], "
          "'fortran_order': False, 'shape': (20,), }");
    std::size_t record = 1 + 8 + 4 + 2 + 32 * 4;
    REQUIRE(bytes.size() == header + 20 * record);
    for (std::size_t i = 0; i < 20; ++i) {
        const char* at = bytes.data() + header + i * record;
        CHECK(std::vector<int>(at, at + 15) == expected(grammar, data, i));
        for (std::size_t k = 0; k < 32; ++k) {
            float x;
            std::memcpy(&x, at + 15 + 4 * k, 4);
            CHECK(near(x, ((data.row(i)[k / 4] == k % 4) - 0.25) / std::sqrt(0.75)));
        }
    }
    std::string one_hot = generated(grammar, {.sizes = {.train = 5}, .inputs = Inputs::one_hot});
    CHECK(one_hot.find("('inputs', '|u1', (8, 4,))") != std::string::npos);
    Dataset train = draw(grammar, {.train = 5}, Split::train, 0);
    const char* last = one_hot.data() + one_hot.size() - 41;
    for (std::size_t k = 0; k < 32; ++k) CHECK(last[9 + k] == (train.row(4)[k / 4] == k % 4));
}

TEST_CASE("an npy header of any length ends with a newline at a multiple of 64", "[data][export]") {
    for (std::size_t length = 1; length < 200; ++length) {
        std::string name(length, 'x');
        std::vector<NpyField> fields{{name, "u1", {}}};
        std::string header = npy_header(fields, 3);
        CHECK(header.size() % 64 == 0);
        CHECK(header.back() == '\n');
        CHECK(header.find(", }") != std::string::npos);
    }
}

TEST_CASE("csv, jsonl and text hold the same numbers", "[data][export]") {
    Grammar grammar(kSmall, 0);
    SplitSizes sizes{.train = 50, .test = 20};
    Dataset data = draw(grammar, sizes, Split::train, 0);
    for (DataFormat format : {DataFormat::csv, DataFormat::jsonl, DataFormat::text}) {
        std::string text = generated(grammar, {.sizes = sizes, .format = format, .latents = true});
        CHECK(text.back() == '\n');
        auto lines = split(text, '\n');
        std::size_t head = format == DataFormat::csv;
        REQUIRE(lines.size() == 50 + head + 1);
        if (head) CHECK(lines[0] == "label,x0,x1,x2,x3,x4,x5,x6,x7,l1_0,l1_1,l1_2,l1_3,l2_0,l2_1");
        for (std::size_t i = 0; i < 50; ++i) {
            auto want = expected(grammar, data, i);
            CHECK(numbers(lines[i + head]) == std::vector<double>(want.begin(), want.end()));
        }
    }
    auto line = Json::parse(split(
        generated(grammar,
                  {.sizes = sizes, .format = DataFormat::jsonl, .latents = true, .inputs = Inputs::one_hot}),
        '\n')[2]);
    CHECK(line["label"].number == 2);
    CHECK(line["leaves"].array.size() == 8);
    CHECK(line["latents"].array[0].array.size() == 4);
    REQUIRE(line["inputs"].array.size() == 8);
    for (std::size_t i = 0; i < 8; ++i)
        for (std::size_t k = 0; k < 4; ++k)
            CHECK(line["inputs"].array[i].array[k].number == (data.row(2)[i] == k));
    auto csv =
        generated(grammar, {.sizes = {.train = 1}, .format = DataFormat::csv, .inputs = Inputs::whitened});
    auto rows = split(csv, '\n');
    CHECK(split(rows[0], ',').size() == 1 + 8 + 32);
    CHECK(split(rows[1], ',').size() == 1 + 8 + 32);
    CHECK(split(rows[0], ',').back() == "x7_3");
    CHECK(outcome([&] {
              generated(grammar, {.sizes = sizes, .format = DataFormat::text, .inputs = Inputs::one_hot});
          }).code
          == Exit::usage);
    CHECK(generated(grammar, {.format = DataFormat::text}).empty());
    CHECK(generated(Grammar({4, 3, 2, 2, 1}, 0),
                    {.sizes = {.train = 1}, .format = DataFormat::jsonl, .latents = true})
              .find("\"latents\":[]}")
          != std::string::npos);
}

TEST_CASE("generate hands on small blocks", "[data][export]") {
    std::size_t largest = 0, total = 0;
    generate(Grammar({}, 0), {.sizes = {.train = 5000}, .inputs = Inputs::whitened},
             [&](std::string_view block) {
                 largest = std::max(largest, block.size());
                 total += block.size();
             });
    CHECK(largest < 70000);
    CHECK(total > 5000 * 32 * 16);
}

TEST_CASE("show draws every leaf, keeps to its width, and colours only when told", "[data][export]") {
    for (GrammarShape g : {GrammarShape{},
                           {4, 4, 3, 2, 3},
                           {4, 4, 3, 2, 6},
                           {12, 3, 5, 3, 2},
                           {3, 2, 1, 2, 2},
                           {256, 5, 100, 3, 3},
                           {4, 4, 3, 2, 8},
                           {40, 12, 8, 4, 2}}) {
        Grammar grammar(g, 0);
        Sampler sampler(g, {.train = 1}, 0);
        Digits digits(digit_count(g));
        sampler.at(Split::train, 0, digits);
        Tree tree;
        derive(grammar, digits, tree);
        for (std::size_t width : {80u, 200u}) {
            std::string text = show(grammar, tree, {.width = width});
            CHECK(text.find('\x1b') == std::string::npos);
            auto lines = split(text, '\n');
            for (std::size_t i = 0; i < lines.size(); ++i) {
                INFO(lines[i]);
                CHECK(columns(lines[i]) <= width);
            }
            for (auto line : lines) CHECK((line.empty() || line.back() != ' '));
            std::string coloured = show(grammar, tree, {.width = width, .colour = true});
            CHECK(coloured.find('\x1b') != std::string::npos);
            CHECK(plain(coloured) == text);
            if (text.find("leaves   ") == std::string::npos) continue;
            auto leaves = numbers(text.substr(
                text.find("leaves   "), text.find('\n', text.find("leaves   ")) - text.find("leaves   ")));
            CHECK(std::equal(leaves.begin(), leaves.end(), tree.symbols[0].begin(), tree.symbols[0].end()));
        }
    }
    Grammar large({4, 4, 3, 2, 11}, 0);
    Tree tree;
    derive(large, Digits(digit_count(large.shape())), tree);
    CHECK(outcome([&] { show(large, tree, {}); }).code == Exit::input);
}

TEST_CASE("show draws this tree", "[data][export]") {  // checked by hand
    Grammar grammar = Grammar::parse(R"({"vocab":2,"classes":2,"synonyms":2,"tuple":2,"levels":2,
        "rules":[[[[0,0],[0,1]],[[1,0],[1,1]]],[[[0,1],[1,0]],[[0,0],[1,1]]]]})");
    Tree tree;
    derive(grammar, Digits{1, 1, 0, 1}, tree);
    CHECK(show(grammar, tree, {}) == R"(class 1   datum 13 of 16   v 2  n_c 2  m 2  s 2  L 2

class             1
            ┌─────┴─────┐
level 1     1           1
         ┌──┴──┐     ┌──┴──┐
leaves   1     0     1     1

synonym swaps, one level at a time  (· unchanged; at the end: leaves changed)
level 1  ·     1     ·     0  2
level 2  0     ·     0     ·  2

the synonyms of its symbols  ([ ] used here)
class    1 →  0 0  [1 1]
level 1  1 → [1 0] [1 1]
)");
}

TEST_CASE("a datum is found by its index or by its leaves", "[data][export]") {
    Grammar grammar(kSmall, 0);
    Tree tree;
    derive(grammar, to_digits(kSmall, 123), tree);
    std::string leaves;
    for (int leaf : tree.leaves()) leaves += concat(leaf, ", ");
    CHECK(find_datum(grammar, "123") == tree);
    CHECK(find_datum(grammar, leaves) == tree);
    for (std::string bad :
         {"99999999", "9 9 9 9 9 9 9 9", "0 1", "x", "", "-1", "1.5", "0 0 0 0 0 0 0 256"}) {
        auto result = outcome([&] { find_datum(grammar, bad); });
        CHECK((result.code == Exit::input && result.one_line()));
    }
}

TEST_CASE("the theory in words", "[data][theory]") {
    CHECK(to_text(theory({}))
          == "Random Hierarchy Model [1]   v = 4  n_c = 4  m = 3  s = 2  L = 5\n"
             "\n"
             "leaves                                 32  d = s^L\n"
             "data in the language              10^15.4  P_max = n_c m^((s^L - 1)/(s - 1))\n"
             "                                           = 2470693585135788\n"
             "entropy of a datum              51.1 bits  of 64.0 bits in d free leaves\n"
             "\n"
             "with labels\n"
             "  sample complexity, deep             972  P* ~ n_c m^L [1]\n"
             "  signal of a low tuple            0.1283  sqrt(v / m^L): its correlation with\n"
             "                                           the class [1]\n"
             "  noise at P = 972                 0.1283  sqrt(v n_c / P): seen where it is\n"
             "                                           below the signal\n"
             "\n"
             "without labels\n"
             "  tokens, level 1                      48  P_l = v m^(2l-1) / (1 - m / v^(s-1))\n"
             "                                           [2]\n"
             "  tokens, level 2                     432\n"
             "  tokens, level 3                    3888\n"
             "  tokens, level 4                   34992\n"
             "  tokens, level 5                  314928\n"
             "  latents, each level                  27  ~ m^3, when the level below is\n"
             "                                           predicted [3]\n"
             "  m < v^(s-1) = 4: strings alone show the rules, so label-free learning has a\n"
             "  signal.\n"
             "\n"
             "[1] Cagnetta, Petrini, Tomasini, Favero, Wyart, PRX 14, 031001 (2024), arXiv\n"
             "    2307.02129\n"
             "[2] Cagnetta, Wyart, NeurIPS 2024, arXiv 2406.00048\n"
             "[3] arXiv 2605.27734\n");
    const std::string other = to_text(theory({4, 3, 4, 2, 3}, 500));
    for (const char* line : {"data in the language                49152  P_max",
                             "entropy of a datum              15.6 bits  of 16.0 bits in d free leaves",
                             "  noise at P = 500                 0.1549  sqrt",
                             "  tokens, every level                 inf  m = v^(s-1): below the top, leaves",
                             "  m = v^(s-1): every tuple of every symbol occurs"}) {
        INFO(line);
        CHECK(other.find(concat("\n", line)) != std::string::npos);
    }
    CHECK(to_text(theory({4, 4, 4, 2, 3})).find("n_c = v: leaves are") != std::string::npos);
    CHECK(to_text(theory({9, 4, 8, 2, 8})).find("sample complexity, deep           6.7e7  P*")
          != std::string::npos);
    CHECK(to_text(theory({4, 4, 3, 2, 7}, 9999999)).find("noise at P = 9999999") != std::string::npos);
    CHECK(to_text(theory({4, 4, 3, 2, 7}, 1e7)).find("noise at P = 1.0e7") != std::string::npos);
    CHECK(to_json(theory({4, 3, 2, 2, 3}, 500))
          == "{\"vocab\":4,\"classes\":3,\"synonyms\":2,\"tuple\":2,\"levels\":3,\"leaves\":8,\"p_max\":\"384"
             "\",\"log10_p_max\":2.584331224367531,\"entropy_bits\":8.584962500721156,\"free_bits\":1"
             "6,\"law\":24,\"train\":500,\"signal\":0.7071067811865476,\"noise\":0.15491933384829668,\""
             "token_thresholds\":[16,64,256],\"latent_threshold\":8,\"label_free_signal\":true,\"tok"
             "ens_independent\":false}");
}

TEST_CASE("a grammar in words", "[data][export]") {
    CHECK(to_text(Grammar({12, 2, 2, 2, 2}, 1), 40)
          == "Random Hierarchy Model: v = 12 symbols,\n"
             "  n_c = 2 classes, m = 2 synonyms, s =\n"
             "  2, L = 2 levels, d = 4 leaves\n"
             "\n"
             "level 2: what a class becomes\n"
             "   0  →  7  0  │  2  1\n"
             "   1  →  0 11  │  1  7\n"
             "\n"
             "level 1: what a symbol becomes (leaves)\n"
             "   0  →  0  3  │  8  0\n"
             "   1  →  3 11  │  3  1\n"
             "   2  →  8  4  │ 11  2\n"
             "   3  →  2 11  │ 10  0\n"
             "   4  →  2 10  │  3  0\n"
             "   5  →  2  2  │  9  8\n"
             "   6  →  5  8  │  4  2\n"
             "   7  →  9  1  │  7  9\n"
             "   8  →  5  7  │  3  2\n"
             "   9  →  5  1  │  6  2\n"
             "  10  → 10 11  │  3  5\n"
             "  11  →  7  3  │ 11  4\n");
}

TEST_CASE("the theory of a task", "[data][theory]") {
    Theory t = theory({});
    CHECK(t.length == 32);
    CHECK(t.p_max == "2470693585135788");
    CHECK(near(t.log10_p_max, std::log10(2470693585135788.0)));
    CHECK(near(t.entropy_bits, std::log2(2470693585135788.0)));
    CHECK(t.free_bits == 64);
    CHECK(t.law == 972);  // P* of task A, science brief section 5
    CHECK(near(t.signal, std::sqrt(4 / 243.0)));
    CHECK(near(t.noise, t.signal));  // by definition of the law, P = P*: v n_c / (n_c m^L) = v / m^L
    CHECK(near(theory({}, 4096).noise, std::sqrt(16 / 4096.0)));
    REQUIRE(t.token_thresholds.size() == 5);
    CHECK(near(t.token_thresholds[0], 4 * 3 / (1 - 3 / 4.0)));
    CHECK(near(t.token_thresholds[2], 4 * 243 / (1 - 3 / 4.0)));
    CHECK(t.latent_threshold == 27);
    CHECK((t.label_free_signal && !t.tokens_independent));
    Theory full = theory({4, 4, 4, 2, 7});
    CHECK((!full.label_free_signal && full.tokens_independent && std::isinf(full.token_thresholds[6])
           && full.p_max.empty()));
    CHECK(full.entropy_bits == full.free_bits);  // every string is in the language
    CHECK_FALSE(theory({4, 3, 4, 2, 3}).tokens_independent);
    Json json = Json::parse(to_json(full));
    CHECK((json["p_max"].is(Json::Kind::null) && json["token_thresholds"].array[0].is(Json::Kind::null)));
    CHECK(Json::parse(to_json(t))["p_max"].string == t.p_max);
    for (const auto& g : small_shapes(100000)) {
        std::string text = to_text(theory(g));
        for (auto line : split(text, '\n')) CHECK(columns(line) <= 100);
        CHECK(near(Json::parse(to_json(theory(g)))["law"].number, theory(g).law));
    }
}

TEST_CASE("a grammar's signal is what counting its low tuples in the whole language gives", "[data][theory]") {
    for (const auto& shape : small_shapes(5000)) {
        const Grammar grammar(shape, 3);
        const int s = shape.tuple, positions = shape.length() / s;
        std::map<std::pair<int, int>, std::vector<double>> counts;  // (position, tuple): of each class
        Tree tree;
        for (u128 i = 0; i < *p_max(shape); ++i) {
            derive(grammar, to_digits(shape, i), tree);
            for (int q = 0; q < positions; ++q) {
                auto& of = counts[{q, grammar.find(1, tree.leaves().data() + q * s)}];
                of.resize(std::size_t(shape.classes));
                of[std::size_t(tree.label())] += 1;
            }
        }
        double sum = 0, all = 0;
        for (const auto& [where, of] : counts) {
            const double n = std::accumulate(of.begin(), of.end(), 0.0);
            all += n;
            for (double x : of) sum += n * std::pow(shape.classes * x / n - 1, 2) / shape.classes;
        }
        INFO(shape.vocab << " " << shape.classes << " " << shape.synonyms << " " << s << " " << shape.levels);
        CHECK(std::abs(low_tuple_signal(grammar) - std::sqrt(sum / all / shape.synonyms)) < 1e-9);
    }
    CHECK(low_tuple_signal(Grammar::no_correlation({4, 4, 4, 2, 4}, 1)) < 1e-12);
    double square = 0;
    const GrammarShape wide{64, 64, 4, 2, 3};
    for (std::uint64_t seed = 0; seed < 20; ++seed) square += std::pow(low_tuple_signal(Grammar(wide, seed)), 2);
    CHECK(std::abs(square / 20 / std::pow(theory(wide).signal, 2) - 1) < 0.1);
    CHECK(std::isnan(low_tuple_signal(Grammar({256, 256, 256, 2, 10}, 1))));
    CHECK(std::isnan(low_tuple_signal(Grammar({256, 256, 1, 2, 12}, 1))));  // tables of 1 GB
}

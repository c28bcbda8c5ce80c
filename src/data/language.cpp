#include "data/language.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace rhm {
namespace {

std::size_t index(int i) { return std::size_t(i); }

std::optional<u128> product(u128 x, u128 factor, int times) {
    for (; times > 0 && factor > 1; --times) {
        if (x > ~u128{0} / factor) return {};
        x *= factor;
    }
    return x;
}

u128 radix(const GrammarShape& shape, std::size_t digit) {
    return u128(digit == 0 ? shape.classes : shape.synonyms);
}

/// Writes the children of `nodes` symbols, from the last to the first, so that `to` may be `from` (then
/// derivation is in place).
template <int fixed_s>
void expand(const std::uint8_t* rules, const std::uint8_t* from, const std::uint32_t* choices,
            std::uint8_t* to, std::size_t nodes, std::size_t m, std::size_t any_s) {
    const std::size_t s = fixed_s ? fixed_s : any_s;
    for (std::size_t i = nodes; i-- > 0;) {
        const std::uint8_t* rule = rules + (from[i] * m + choices[i]) * s;
        std::uint8_t* children = to + i * s;
        for (std::size_t j = 0; j < s; ++j) children[j] = rule[j];
    }
}

void expand_level(const Grammar& grammar, int level, const std::uint8_t* from, const std::uint32_t* choices,
                  std::uint8_t* to) {
    const GrammarShape& g = grammar.shape();
    std::size_t nodes = index(g.nodes(level)), m = index(g.synonyms), s = index(g.tuple);
    if (s == 2)
        expand<2>(grammar.rules(level), from, choices, to, nodes, m, s);
    else
        expand<0>(grammar.rules(level), from, choices, to, nodes, m, s);
}

void shape_tree(const GrammarShape& g, Tree& tree) {
    tree.symbols.resize(index(g.levels) + 1);
    tree.choices.resize(index(g.levels) + 1);
    for (int level = 0; level <= g.levels; ++level) {
        tree.symbols[index(level)].resize(index(g.nodes(level)));
        tree.choices[index(level)].resize(level == 0 ? 0 : index(g.nodes(level)));
    }
}

}  // namespace

std::size_t digit_count(const GrammarShape& shape) { return 1 + index(shape.choices()); }
std::optional<u128> p_max(const GrammarShape& g) {
    return product(u128(g.classes), u128(g.synonyms), g.choices());
}
std::optional<u128> class_share(const GrammarShape& g) { return product(1, u128(g.synonyms), g.choices()); }

u128 to_number(const GrammarShape& shape, std::span<const std::uint32_t> digits) {
    if (!p_max(shape))
        fail(Exit::input,
             "this language has 2^128 data or more, so they have no number; use their choices or their place "
             "in a split");
    u128 number = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) number = number * radix(shape, i) + digits[i];
    return number;
}

Digits to_digits(const GrammarShape& shape, u128 number) {
    auto most = p_max(shape);
    if (most && number >= *most)
        fail(Exit::input, "datum ", decimal(number),
             " does not exist; the language has P_max = ", decimal(*most), " data, numbered from 0");
    Digits digits(digit_count(shape));
    for (std::size_t i = digits.size(); i-- > 0; number /= radix(shape, i))
        digits[i] = std::uint32_t(number % radix(shape, i));
    return digits;
}

std::string decimal(u128 x) {
    std::string text;
    do text += char('0' + int(x % 10));
    while (x /= 10);
    std::reverse(text.begin(), text.end());
    return text;
}

std::optional<u128> parse_decimal(std::string_view text) {
    if (text.empty()) return {};
    u128 x = 0;
    for (char c : text) {
        if (c < '0' || c > '9') return {};
        u128 digit = u128(c - '0');
        if (x > (~u128{0} - digit) / 10) return {};
        x = x * 10 + digit;
    }
    return x;
}

void derive(const Grammar& grammar, std::span<const std::uint32_t> digits, std::span<std::uint8_t> leaves) {
    leaves[0] = std::uint8_t(digits[0]);
    const std::uint32_t* choices = digits.data() + 1;
    for (int level = grammar.shape().levels; level >= 1; --level) {
        expand_level(grammar, level, leaves.data(), choices, leaves.data());
        choices += grammar.shape().nodes(level);
    }
}

void derive(const Grammar& grammar, std::span<const std::uint32_t> digits, Tree& tree) {
    const GrammarShape& g = grammar.shape();
    shape_tree(g, tree);
    tree.symbols.back()[0] = std::uint8_t(digits[0]);
    auto choice = digits.begin() + 1;
    for (int level = g.levels; level >= 1; --level) {
        std::copy_n(choice, g.nodes(level), tree.choices[index(level)].begin());
        choice += g.nodes(level);
    }
    rederive(grammar, tree, g.levels);
}

void rederive(const Grammar& grammar, Tree& tree, int level) {
    for (; level >= 1; --level)
        expand_level(grammar, level, tree.symbols[index(level)].data(), tree.choices[index(level)].data(),
                     tree.symbols[index(level - 1)].data());
}

std::optional<ParseFault> parse(const Grammar& grammar, std::span<const std::uint8_t> leaves, Tree& tree) {
    const GrammarShape& g = grammar.shape();
    if (leaves.size() != index(g.length()))
        fail(Exit::input, "a string of ", leaves.size(),
             " symbols cannot be parsed; this grammar makes strings of d = ", g.length());
    shape_tree(g, tree);
    std::copy(leaves.begin(), leaves.end(), tree.symbols[0].begin());
    for (std::size_t i = 0; i < leaves.size(); ++i)
        if (leaves[i] >= g.vocab) return ParseFault{0, i};
    for (int level = 1; level <= g.levels; ++level) {
        const std::uint8_t* tuple = tree.symbols[index(level - 1)].data();
        std::uint8_t* parents = tree.symbols[index(level)].data();
        std::uint32_t* choices = tree.choices[index(level)].data();
        for (std::size_t node = 0; node < index(g.nodes(level)); ++node, tuple += g.tuple) {
            int row = grammar.find(level, tuple);
            if (row < 0) return ParseFault{level, node};
            parents[node] = std::uint8_t(row / g.synonyms);
            choices[node] = std::uint32_t(row % g.synonyms);
        }
    }
    return {};
}

std::string describe(const Grammar& grammar, std::span<const std::uint8_t> leaves, const ParseFault& fault) {
    const GrammarShape& g = grammar.shape();
    if (fault.level == 0)
        return concat("leaf ", fault.node, " is ", int{leaves[fault.node]}, ", but symbols are 0 to ",
                      g.vocab - 1);
    std::size_t span = index(g.length() / g.nodes(fault.level)), first = fault.node * span;
    return concat("the string is not in the language: no rule of level ", fault.level, " makes leaves ",
                  first, " to ", first + span - 1);
}

void to_digits(const Tree& tree, Digits& digits) {
    digits.assign(1, tree.symbols.back()[0]);
    for (std::size_t level = tree.symbols.size() - 1; level >= 1; --level)
        digits.insert(digits.end(), tree.choices[level].begin(), tree.choices[level].end());
}

}  // namespace rhm

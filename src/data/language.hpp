// The language of a grammar as a bijection: index in [0, P_max) <-> (class, choices) <-> leaves.
// P_max = n_c m^((s^L-1)/(s-1)) outgrows every machine word (task A at L = 6: 4 * 3^63), so the canonical
// form of an index is its digits in mixed radix, most significant first: the class (radix n_c), then the rule
// chosen at every node of the tree (radix m), level by level from the top, left to right. Where P_max fits
// into 128 bits, digits convert to and from numbers.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/grammar.hpp"

namespace rhm {

__extension__ typedef unsigned __int128 u128;

/// (class, choices): see above. Size 1 + shape.choices().
using Digits = std::vector<std::uint32_t>;

std::size_t digit_count(const GrammarShape& shape);
/// P_max, or nothing when it is 2^128 or more.
std::optional<u128> p_max(const GrammarShape& shape);
/// P_max / n_c = m^((s^L-1)/(s-1)), the data of one class, or nothing when it is 2^128 or more.
std::optional<u128> class_share(const GrammarShape& shape);

/// The number with these digits; throws Error(input) when P_max does not fit into 128 bits.
u128 to_number(const GrammarShape& shape, std::span<const std::uint32_t> digits);
/// The digits of an index; throws Error(input) unless index < P_max.
Digits to_digits(const GrammarShape& shape, u128 index);

std::string decimal(u128 x);
/// A decimal number below 2^128, or nothing.
std::optional<u128> parse_decimal(std::string_view text);

/// All symbols of one datum and the rules that made them. The memory is reused when a Tree is filled again.
struct Tree {
    std::vector<std::vector<std::uint8_t>>
        symbols;  ///< symbols[l][node], l = 0 (the leaves) .. L (the class)
    std::vector<std::vector<std::uint32_t>>
        choices;  ///< choices[l][node], l = 1..L: which of its m rules the node took; choices[0] is empty

    std::span<const std::uint8_t> leaves() const { return symbols.front(); }
    int label() const { return symbols.back().front(); }
    bool operator==(const Tree&) const = default;
};

/// Writes the d leaves of the datum with these digits.
void derive(const Grammar& grammar, std::span<const std::uint32_t> digits, std::span<std::uint8_t> leaves);
/// The same, keeping all levels.
void derive(const Grammar& grammar, std::span<const std::uint32_t> digits, Tree& tree);
/// Recomputes the symbols of the levels below `level` (1..L) from the symbols of `level` and the choices at
/// and below it.
void rederive(const Grammar& grammar, Tree& tree, int level);

/// Where a string leaves the language: node `node` of level `level` does not exist because its tuple has no
/// parent; level 0 means that leaf `node` is no symbol at all.
struct ParseFault {
    int level;
    std::size_t node;
};

/// The tree of a string, found from the leaves up (unique, as no tuple has two parents); or the first fault:
/// the lowest level, and there the leftmost node. On a fault the tree is complete below the faulty level.
std::optional<ParseFault> parse(const Grammar& grammar, std::span<const std::uint8_t> leaves, Tree& tree);
/// One sentence about a fault, with the leaves concerned.
std::string describe(const Grammar& grammar, std::span<const std::uint8_t> leaves, const ParseFault& fault);
/// The index of a tree's datum.
void to_digits(const Tree& tree, Digits& digits);

}  // namespace rhm

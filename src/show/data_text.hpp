// `rhm show`: one datum for a lecture, drawn in the terminal.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "data/language.hpp"

namespace rhm {

struct ShowOptions {
    std::size_t width =
        80;  ///< columns of the terminal; a tree that does not fit upright is drawn sideways, one leaf a line
    bool colour = false;     ///< ANSI colours; only for a terminal
    std::uint64_t seed = 0;  ///< of the swaps
};

/// The tree of the datum that a word names: its index (a decimal number below P_max), or its leaves as
/// numbers separated by spaces or commas. Throws Error(input) when the index does not exist or the string is
/// not in the language (with the leaves that fail).
Tree find_datum(const Grammar& grammar, std::string_view text);

/// The derivation tree, what every leaf becomes when all tuples of one level are swapped for synonyms
/// (Views::swap), and the rules of the symbols that occur, those used in brackets. Throws Error(input) for
/// more than 1024 leaves.
std::string show(const Grammar& grammar, const Tree& tree, const ShowOptions& options);

}  // namespace rhm

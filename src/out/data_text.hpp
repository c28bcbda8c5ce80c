// `rhm show`: one datum for a lecture, drawn in the terminal.
#pragma once
#include <cstdint>
#include <string>

#include "data/language.hpp"

namespace rhm {

struct ShowOptions {
    std::size_t width = 80;   ///< columns of the terminal; a tree that does not fit upright is drawn sideways, one leaf a line
    bool colour = false;      ///< ANSI colours; only for a terminal
    std::uint64_t seed = 0;   ///< of the swaps
};

/// The derivation tree, what every leaf becomes when all tuples of one level are swapped for synonyms (Views::swap), and the rules
/// of the symbols that occur, those used in brackets. Throws Error(input) for more than 1024 leaves.
std::string show(const Grammar& grammar, const Tree& tree, const ShowOptions& options);

}  // namespace rhm

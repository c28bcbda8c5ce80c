// The Random Hierarchy Model's grammar (Cagnetta, Petrini, Tomasini, Favero & Wyart, PRX 14, 031001, 2024; arXiv 2307.02129).
// Levels are counted from the leaves: level 0 are the leaves, level L is the class. The rules of level l rewrite a symbol of
// level l into s symbols of level l - 1; each symbol has m such rules (its synonyms), and no tuple has two parents.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rhm {

/// The five numbers of a task. Letters: V, C, M, S, L.
struct GrammarShape {
    int vocab = 4;     ///< v: symbols at every level below the class
    int classes = 4;   ///< n_c
    int synonyms = 3;  ///< m: rules per symbol
    int tuple = 2;     ///< s: symbols a rule produces
    int levels = 5;    ///< L

    int length() const;              ///< d = s^L leaves
    int nodes(int level) const;      ///< symbols of a tree at a level: s^(L - level)
    int symbols(int level) const;    ///< different symbols at a level: v, or n_c at level L
    int choices() const;             ///< rules chosen in one tree: (s^L - 1) / (s - 1)
    bool operator==(const GrammarShape&) const = default;
};

/// Throws Error(input) with the cause and the cure unless the shape can be made: 2 <= v <= 256, n_c >= 2 (<= 256), m >= 1, s >= 2,
/// L >= 1, m <= v^(s-1), n_c m <= v^s, and d within what fits (d <= 2^20).
void check(const GrammarShape& shape);

class Grammar {
public:
    /// Draws the rules: at each level, (number of symbols) * m distinct s-tuples uniformly without replacement out of v^s.
    /// A function of (shape, seed) alone.
    Grammar(const GrammarShape& shape, std::uint64_t seed);

    const GrammarShape& shape() const { return shape_; }
    /// The s symbols of level `level - 1` that `symbol` of `level` (1..L) becomes with its synonym `choice` (0..m-1).
    std::span<const std::uint8_t> rule(int level, int symbol, int choice) const {
        std::size_t at = (static_cast<std::size_t>(symbol) * static_cast<std::size_t>(shape_.synonyms) + static_cast<std::size_t>(choice))
                         * static_cast<std::size_t>(shape_.tuple);
        return {rules_[static_cast<std::size_t>(level - 1)].data() + at, static_cast<std::size_t>(shape_.tuple)};
    }

private:
    GrammarShape shape_;
    std::vector<std::vector<std::uint8_t>> rules_;  ///< rules_[level - 1][symbol][choice][s]
};

}  // namespace rhm

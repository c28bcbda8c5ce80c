// The Random Hierarchy Model's grammar (Cagnetta, Petrini, Tomasini, Favero & Wyart, PRX 14, 031001, 2024;
// arXiv 2307.02129). Levels are counted from the leaves: level 0 are the leaves, level L is the class. The
// rules of level l rewrite a symbol of level l into s symbols of level l - 1; each symbol has m such rules
// (its synonyms), and no tuple has two parents.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rhm {

/// The five numbers of a task. Letters: V, C, M, S, L.
struct GrammarShape {
    int vocab = 4;     ///< v: symbols at every level below the class
    int classes = 4;   ///< n_c
    int synonyms = 3;  ///< m: rules per symbol
    int tuple = 2;     ///< s: symbols a rule produces
    int levels = 5;    ///< L

    int length() const;            ///< d = s^L leaves
    int nodes(int level) const;    ///< symbols of a tree at a level: s^(L - level)
    int symbols(int level) const;  ///< different symbols at a level: v, or n_c at level L
    int choices() const;           ///< rules chosen in one tree: (s^L - 1) / (s - 1)
    bool operator==(const GrammarShape&) const = default;
};

/// Its numbers by the names of their options, which are those in files, too.
inline constexpr std::pair<std::string_view, int GrammarShape::*> kShapeParts[] = {
    {"vocab", &GrammarShape::vocab},       {"classes", &GrammarShape::classes},
    {"synonyms", &GrammarShape::synonyms}, {"tuple", &GrammarShape::tuple},
    {"levels", &GrammarShape::levels},
};

/// Throws Error(input) with the cause and the cure unless the shape can be made: 2 <= v <= 256, n_c >= 2 (<=
/// 256), m >= 1, s >= 2, L >= 1, m <= v^(s-1), n_c m <= v^s, and d, v^s and the number of rules within what
/// fits (2^20, 2^62, 2^24).
void check(const GrammarShape& shape);

class Grammar {
public:
    /// Draws the rules: at each level, (number of symbols) * m distinct s-tuples uniformly without
    /// replacement out of v^s. A function of (shape, seed) alone.
    Grammar(const GrammarShape& shape, std::uint64_t seed);

    /// The negative control: a grammar in which nothing but nearly the whole string tells the class. At every
    /// level, in the m tuples of each symbol, every lower symbol occurs equally often (m / v times) at each
    /// of the s places, so a child alone says nothing about its parent. Two things follow, both tested by
    /// enumeration:
    ///  - every tuple of every level below the top is equally likely under every class at every position (the
    ///  m / v-fold
    ///    occurrence makes each symbol of level L - 1 uniform given the class, and its rule is drawn
    ///    uniformly);
    ///  - the class is independent of any set of fewer than 2^L leaves (of any d - 1 leaves when s = 2): a
    ///  node can only be told
    ///    by two informative children. For s = 2 it is a generalised parity of all leaves.
    /// Needs m to be a multiple of v; throws Error(input) otherwise. A function of (shape, seed) alone.
    static Grammar no_correlation(const GrammarShape& shape, std::uint64_t seed);

    /// Reads what to_json writes. Throws Error(input) with one sentence when the text is not a grammar.
    static Grammar parse(std::string_view json);
    /// Reads a file that holds what to_json writes; Error(io) when it cannot be read, Error(input) naming the
    /// file when it is bad.
    static Grammar load(const std::string& path);

    const GrammarShape& shape() const { return shape_; }

    /// The s symbols of level `level - 1` that `symbol` of `level` (1..L) becomes with its synonym `choice`
    /// (0..m-1).
    std::span<const std::uint8_t> rule(int level, int symbol, int choice) const {
        return {rules(level)
                    + (std::size_t(symbol) * std::size_t(shape_.synonyms) + std::size_t(choice))
                          * std::size_t(shape_.tuple),
                std::size_t(shape_.tuple)};
    }
    /// All rules of a level: [symbol][choice][s]. Row r belongs to symbol r / m and is its choice r % m.
    const std::uint8_t* rules(int level) const { return rules_[std::size_t(level - 1)].data(); }
    /// The row of the rule of `level` that produces this tuple, or -1 when none does.
    int find(int level, const std::uint8_t* tuple) const;

    /// A digest of the shape and the rules: equal grammars have equal ones, however their files are written.
    std::string digest() const;

    bool operator==(const Grammar& other) const { return shape_ == other.shape_ && rules_ == other.rules_; }

private:
    explicit Grammar(const GrammarShape& shape);
    /// Gives symbols that never occur the first tuples that no other has: a table has rules of all.
    void give_unused(int level, const std::vector<std::size_t>& absent);
    void index_tuples();  ///< fills parents_; throws Error(input) when a tuple has two parents
    std::uint64_t code(const std::uint8_t* tuple) const;

    GrammarShape shape_;
    std::vector<std::vector<std::uint8_t>> rules_;  ///< rules_[level - 1][symbol][choice][s]
    std::vector<std::vector<std::int32_t>>
        parents_;  ///< [level - 1][code of a tuple]: row or -1, when v^s is small
    std::vector<std::unordered_map<std::uint64_t, std::int32_t>> parent_map_;  ///< the same when it is not
};

/// The grammar as a table for people.
std::string to_text(const Grammar& grammar, std::size_t width = 80);
/// The grammar as one JSON object, one line a symbol; Grammar::parse reads it back.
std::string to_json(const Grammar& grammar);

}  // namespace rhm

#include "data/grammar.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/error.hpp"
#include "base/rng.hpp"

namespace rhm {

static std::int64_t power(std::int64_t base, int exponent) {  // saturates at 2^62
    std::int64_t x = 1;
    for (int i = 0; i < exponent; ++i) {
        if (x > (std::int64_t{1} << 62) / base) return std::int64_t{1} << 62;
        x *= base;
    }
    return x;
}

int GrammarShape::length() const { return static_cast<int>(power(tuple, levels)); }
int GrammarShape::nodes(int level) const { return static_cast<int>(power(tuple, levels - level)); }
int GrammarShape::symbols(int level) const { return level == levels ? classes : vocab; }
int GrammarShape::choices() const { return (length() - 1) / (tuple - 1); }

void check(const GrammarShape& g) {
    if (g.vocab < 2 || g.vocab > 256) fail(Exit::input, "the vocabulary has ", g.vocab, " symbols; give -v 2..256");
    if (g.classes < 2 || g.classes > 256) fail(Exit::input, "there are ", g.classes, " classes; give -c 2..256");
    if (g.tuple < 2) fail(Exit::input, "the tuple size is ", g.tuple, "; give -s 2 or more");
    if (g.synonyms < 1) fail(Exit::input, "a symbol has ", g.synonyms, " synonyms; give -m 1 or more");
    if (g.levels < 1) fail(Exit::input, "there are ", g.levels, " levels; give -L 1 or more");
    std::int64_t tuples = power(g.vocab, g.tuple), most = power(g.vocab, g.tuple - 1);
    if (g.synonyms > most)
        fail(Exit::input, "m = ", g.synonyms, " synonyms are more than the v^(s-1) = ", most, " tuples each symbol can have; lower -m or raise -v or -s");
    if (std::int64_t{g.classes} * g.synonyms > tuples)
        fail(Exit::input, "n_c m = ", std::int64_t{g.classes} * g.synonyms, " rules of the classes are more than the v^s = ", tuples, " tuples; lower -c or -m, or raise -v");
    if (power(g.tuple, g.levels) > 1 << 20)
        fail(Exit::input, "s^L = ", g.tuple, "^", g.levels, " leaves are more than 1048576; lower -L or -s");
}

Grammar::Grammar(const GrammarShape& shape, std::uint64_t seed) : shape_(shape) {
    check(shape);
    std::uint64_t tuples = static_cast<std::uint64_t>(power(shape.vocab, shape.tuple));
    for (int level = 1; level <= shape.levels; ++level) {
        std::size_t count = static_cast<std::size_t>(shape.symbols(level) * shape.synonyms);
        Rng rng(seed, Purpose::grammar, static_cast<std::uint64_t>(level));
        // The first `count` steps of a Fisher-Yates shuffle of 0..v^s-1, of which only the moved entries are stored.
        std::unordered_map<std::uint64_t, std::uint64_t> moved;
        auto at = [&](std::uint64_t i) { auto found = moved.find(i); return found == moved.end() ? i : found->second; };
        std::vector<std::uint8_t> table;
        for (std::uint64_t i = 0; i < count; ++i) {
            std::uint64_t j = i + rng.below(tuples - i), code = at(j);
            moved[j] = at(i);
            std::vector<std::uint8_t> symbols(static_cast<std::size_t>(shape.tuple));
            for (auto symbol = symbols.rbegin(); symbol != symbols.rend(); ++symbol) {
                *symbol = static_cast<std::uint8_t>(code % static_cast<std::uint64_t>(shape.vocab));
                code /= static_cast<std::uint64_t>(shape.vocab);
            }
            table.insert(table.end(), symbols.begin(), symbols.end());
        }
        rules_.push_back(std::move(table));
    }
}

}  // namespace rhm

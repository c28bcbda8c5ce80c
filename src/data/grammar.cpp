#include "data/grammar.hpp"

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "base/rng.hpp"

namespace rhm {
namespace {

constexpr std::int64_t huge = std::int64_t{1} << 62;
constexpr std::uint64_t direct_table =
    1 << 20;  // tuples are looked up in a table of v^s entries up to this size

std::int64_t power(std::int64_t base, int exponent) {  // saturates at 2^62
    std::int64_t x = 1;
    for (int i = 0; i < exponent; ++i) {
        if (x > huge / base) return huge;
        x *= base;
    }
    return x;
}

/// Draws `count` different numbers below n: the first steps of a Fisher-Yates shuffle of 0..n-1, of which
/// only moved entries are stored.
std::vector<std::uint64_t> draw_distinct(std::size_t count, std::uint64_t n, Rng& rng) {
    std::unordered_map<std::uint64_t, std::uint64_t> moved;
    auto at = [&](std::uint64_t i) {
        auto found = moved.find(i);
        return found == moved.end() ? i : found->second;
    };
    std::vector<std::uint64_t> drawn;
    drawn.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t j = i + rng.below(n - i);
        drawn.push_back(at(j));
        moved[j] = at(i);
    }
    return drawn;
}

/// Appends the digits of `code` in base v, the most significant first.
void append_tuple(std::vector<std::uint8_t>& out, std::uint64_t code, std::size_t digits, std::uint64_t v) {
    out.resize(out.size() + digits);
    for (auto symbol = out.rbegin(); digits--; ++symbol, code /= v) *symbol = std::uint8_t(code % v);
}

}  // namespace

int GrammarShape::length() const { return int(power(tuple, levels)); }
int GrammarShape::nodes(int level) const { return int(power(tuple, levels - level)); }
int GrammarShape::symbols(int level) const { return level == levels ? classes : vocab; }
int GrammarShape::choices() const { return (length() - 1) / (tuple - 1); }

void check(const GrammarShape& g) {
    if (g.vocab < 2 || g.vocab > 256)
        fail(Exit::input, "the vocabulary has ", g.vocab, " symbols; give -v 2..256");
    if (g.classes < 2 || g.classes > 256)
        fail(Exit::input, "there are ", g.classes, " classes; give -c 2..256");
    if (g.tuple < 2) fail(Exit::input, "the tuple size is ", g.tuple, "; give -s 2 or more");
    if (g.synonyms < 1) fail(Exit::input, "a symbol has ", g.synonyms, " synonyms; give -m 1 or more");
    if (g.levels < 1) fail(Exit::input, "there are ", g.levels, " levels; give -L 1 or more");
    std::int64_t tuples = power(g.vocab, g.tuple), most = power(g.vocab, g.tuple - 1);
    if (tuples >= huge)
        fail(Exit::input, "v^s = ", g.vocab, "^", g.tuple, " tuples are more than 2^62; lower -s or -v");
    if (g.synonyms > most)
        fail(Exit::input, "m = ", g.synonyms, " synonyms are more than the v^(s-1) = ", most,
             " tuples each symbol can have; lower -m or raise -v or -s");
    if (std::int64_t{g.classes} * g.synonyms > tuples)
        fail(Exit::input, "n_c m = ", std::int64_t{g.classes} * g.synonyms,
             " rules of the classes are more than the v^s = ", tuples,
             " tuples; lower -c or -m, or raise -v");
    if (power(g.tuple, g.levels) > 1 << 20)
        fail(Exit::input, "s^L = ", g.tuple, "^", g.levels, " leaves are more than 1048576; lower -L or -s");
    if (std::int64_t{g.synonyms} * std::max(g.vocab, g.classes) > 1 << 24)
        fail(Exit::input, "a level would have ", std::int64_t{g.synonyms} * std::max(g.vocab, g.classes),
             " rules, more than 16777216; lower -m, -v or -c");
}

Grammar::Grammar(const GrammarShape& shape) : shape_(shape) {
    check(shape);
    rules_.resize(std::size_t(shape.levels));
}

Grammar::Grammar(const GrammarShape& shape, std::uint64_t seed) : Grammar(shape) {
    std::uint64_t v = std::uint64_t(shape.vocab), tuples = std::uint64_t(power(shape.vocab, shape.tuple));
    for (int level = 1; level <= shape.levels; ++level) {
        Rng rng(seed, Purpose::grammar, std::uint64_t(level));
        auto count = std::size_t(shape.symbols(level)) * std::size_t(shape.synonyms);
        for (std::uint64_t code : draw_distinct(count, tuples, rng))
            append_tuple(rules_[std::size_t(level - 1)], code, std::size_t(shape.tuple), v);
    }
    index_tuples();
}

Grammar Grammar::no_correlation(const GrammarShape& shape, std::uint64_t seed) {
    check(shape);
    if (shape.synonyms % shape.vocab != 0)
        fail(Exit::input,
             "the control without correlations needs m to be a multiple of v, but m = ", shape.synonyms,
             " and v = ", shape.vocab, "; give -m ", shape.vocab, " -v ", shape.vocab);
    Grammar grammar(shape);
    std::size_t v = std::size_t(shape.vocab), s = std::size_t(shape.tuple);
    // The v tuples {(a, a + b_2, ..., a + b_s) mod v : a} of one b hold every symbol once at each place. The
    // v^(s-1) values of b split all tuples into such groups; each symbol gets m / v of them, and a random
    // relabelling at each place hides the pattern.
    for (int level = 1; level <= shape.levels; ++level) {
        Rng rng(seed, Purpose::grammar, std::uint64_t(level));
        std::vector<std::uint8_t> relabel(s * v), group;
        for (std::size_t place = 0; place < s; ++place) {
            std::span<std::uint8_t> labels(relabel.data() + place * v, v);
            std::iota(labels.begin(), labels.end(), std::uint8_t{0});
            rng.shuffle(labels);
        }
        std::size_t groups = std::size_t(shape.symbols(level)) * (std::size_t(shape.synonyms) / v);
        auto& table = grammar.rules_[std::size_t(level - 1)];
        for (std::uint64_t b :
             draw_distinct(groups, std::uint64_t(power(shape.vocab, shape.tuple - 1)), rng)) {
            group.assign(1, 0);
            append_tuple(group, b, s - 1, v);
            for (std::size_t a = 0; a < v; ++a)
                for (std::size_t place = 0; place < s; ++place)
                    table.push_back(relabel[place * v + (a + group[place]) % v]);
        }
    }
    grammar.index_tuples();
    return grammar;
}

std::uint64_t Grammar::code(const std::uint8_t* tuple) const {
    std::uint64_t x = 0;
    for (int i = 0; i < shape_.tuple; ++i) x = x * std::uint64_t(shape_.vocab) + tuple[i];
    return x;
}

void Grammar::index_tuples() {
    std::uint64_t tuples = std::uint64_t(power(shape_.vocab, shape_.tuple));
    parents_.assign(rules_.size(), {});
    parent_map_.assign(rules_.size(), {});
    for (std::size_t level = 0; level < rules_.size(); ++level) {
        if (tuples <= direct_table) parents_[level].assign(std::size_t(tuples), -1);
        std::size_t s = std::size_t(shape_.tuple), rows = rules_[level].size() / s;
        for (std::size_t row = 0; row < rows; ++row) {
            const std::uint8_t* tuple = rules_[level].data() + row * s;
            if (int other = find(int(level) + 1, tuple); other >= 0)
                fail(Exit::input, "the grammar is ambiguous: at level ", level + 1, ", symbols ",
                     other / shape_.synonyms, " and ", row / std::size_t(shape_.synonyms),
                     " share a tuple; give every tuple one parent and list it once");
            auto parent = std::int32_t(row);
            if (tuples <= direct_table)
                parents_[level][std::size_t(code(tuple))] = parent;
            else
                parent_map_[level].emplace(code(tuple), parent);
        }
    }
}

int Grammar::find(int level, const std::uint8_t* tuple) const {
    for (int i = 0; i < shape_.tuple; ++i)
        if (tuple[i] >= shape_.vocab) return -1;
    std::size_t l = std::size_t(level - 1);
    if (!parents_[l].empty()) return parents_[l][std::size_t(code(tuple))];
    auto found = parent_map_[l].find(code(tuple));
    return found == parent_map_[l].end() ? -1 : found->second;
}

}  // namespace rhm

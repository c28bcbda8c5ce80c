#include "show/data_text.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/views.hpp"

namespace rhm {
namespace {

std::size_t index(int i) { return std::size_t(i); }

/// Text in colour, or as it is. Each symbol has its own colour, the same at every level.
struct Ink {
    bool on;
    std::string paint(const std::string& code, const std::string& text) const {
        return on ? concat("\x1b[", code, "m", text, "\x1b[0m") : text;
    }
    std::string dim(const std::string& text) const { return paint("2", text); }
    std::string strong(const std::string& text) const { return paint("1", text); }
    std::string symbol(int s, const std::string& text) const {
        static const char* colours[] = {"39", "208", "40",  "199", "220", "135",
                                        "45", "196", "112", "213", "27",  "172"};
        return paint(std::string("1;38;5;") + colours[s % 12], text);
    }
};

/// A line of terminal columns into which words are written.
class TextLine {
public:
    explicit TextLine(std::size_t width) : cells_(width, " ") {}
    /// Writes `text` of `columns` columns, painted or not, from a column on.
    void put(std::size_t column, const std::string& text, std::size_t columns = 1) {
        cells_[column] = text;
        for (std::size_t i = 1; i < columns; ++i) cells_[column + i].clear();
    }
    std::string text() const {
        std::size_t end = cells_.size();
        while (end > 0 && cells_[end - 1] == " ") --end;
        std::string out;
        for (std::size_t i = 0; i < end; ++i) out += cells_[i];
        return out + '\n';
    }

private:
    std::vector<std::string> cells_;
};

class Drawing {
public:
    Drawing(const Grammar& grammar, const Tree& tree, const ShowOptions& options);
    std::string text() const;

private:
    const Grammar& grammar_;
    const Tree& tree_;
    const GrammarShape& g_;
    ShowOptions options_;
    Ink ink_;
    std::size_t digits_;                              ///< columns of a symbol
    std::size_t length_;                              ///< d
    std::vector<std::vector<std::uint8_t>> swapped_;  ///< [level - 1][leaf]; empty when m = 1
    static constexpr std::size_t margin = 9;          ///< columns of "level 12 "

    std::string number(int s) const { return pad(std::to_string(s), -int(digits_)); }
    std::string symbol(int s) const { return ink_.symbol(s, number(s)); }
    bool changed(std::size_t level, std::size_t leaf) const {
        return swapped_[level][leaf] != tree_.leaves()[leaf];
    }
    std::string count_changed(std::size_t level) const;
    std::string level_name(int level) const {
        return pad(level == 0           ? "leaves"
                   : level == g_.levels ? "class"
                                        : concat("level ", level),
                   int(margin));
    }

    std::string title() const;
    std::string upright(std::size_t pitch) const;
    std::string connectors(int level, const std::vector<std::size_t>& parents,
                           const std::vector<std::size_t>& children, std::size_t width) const;
    std::string sideways() const;
    std::string rules() const;
    std::string rules_of(const std::string& name, int level, int parent, const std::set<int>& used) const;
};

Drawing::Drawing(const Grammar& grammar, const Tree& tree, const ShowOptions& options)
    : grammar_(grammar),
      tree_(tree),
      g_(grammar.shape()),
      options_(options),
      ink_{options.colour},
      digits_(std::to_string(std::max(g_.vocab, g_.classes) - 1).size()),
      length_(index(g_.length())) {
    Views views(grammar);
    for (int level = 1; g_.synonyms > 1 && level <= g_.levels; ++level) {
        swapped_.emplace_back(length_);
        views.swap(tree.leaves(), level, options.seed, 0, std::uint64_t(level), swapped_.back());
    }
}

std::string Drawing::count_changed(std::size_t level) const {
    std::size_t n = 0;
    for (std::size_t leaf = 0; leaf < length_; ++leaf) n += changed(level, leaf);
    return std::to_string(n);
}

std::string Drawing::title() const {
    std::string name = concat("class ", tree_.label()), number, of,
                shape = concat("v ", g_.vocab, "  n_c ", g_.classes, "  m ", g_.synonyms, "  s ", g_.tuple,
                               "  L ", g_.levels);
    if (auto most = p_max(g_)) {
        Digits digits;
        to_digits(tree_, digits);
        number = decimal(to_number(g_, digits));
        of = "of " + decimal(*most);
    }
    bool two_lines = columns(name + number + of + shape) + 13 > options_.width;
    std::string out = ink_.strong(name);
    if (!number.empty()) out += concat(ink_.dim("   datum "), number, two_lines ? "\n" : " ", ink_.dim(of));
    return out + concat("   ", ink_.dim(shape), "\n\n");
}

/// ┌──┴──┐ from each parent's column down to its children's.
std::string Drawing::connectors(int level, const std::vector<std::size_t>& parents,
                                const std::vector<std::size_t>& children, std::size_t width) const {
    TextLine line(width);
    std::size_t s = index(g_.tuple);
    std::vector<bool> is_child(width);
    for (std::size_t column : children) is_child[column] = true;
    for (std::size_t node = 0; node < index(g_.nodes(level)); ++node) {
        std::size_t first = children[node * s], last = children[node * s + s - 1];
        for (std::size_t column = first; column <= last; ++column) {
            bool child = is_child[column], parent = column == parents[node];
            line.put(column, ink_.dim(column == first  ? (parent ? "├" : "┌")
                                      : column == last ? "┐"
                                      : parent         ? (child ? "┼" : "┴")
                                      : child          ? "┬"
                                                       : "─"));
        }
    }
    return line.text();
}

/// The tree from the top down; `pitch` columns from leaf to leaf. Below it, each level's swap under the
/// leaves it changes.
std::string Drawing::upright(std::size_t pitch) const {
    std::size_t width = margin + length_ * pitch + 8, s = index(g_.tuple);
    std::vector<std::vector<std::size_t>> columns(
        1);  // [level][node]: where the last digit of its symbol stands
    for (std::size_t leaf = 0; leaf < length_; ++leaf)
        columns[0].push_back(margin + leaf * pitch + digits_ - 1);
    for (int level = 1; level <= g_.levels; ++level) {
        std::vector<std::size_t> row;
        const auto& below = columns.back();
        for (std::size_t node = 0; node < index(g_.nodes(level)); ++node)
            row.push_back((below[node * s] + below[node * s + s - 1]) / 2);
        columns.push_back(row);
    }
    auto name = [&](TextLine& line, const std::string& text) { line.put(0, ink_.dim(text), margin); };
    auto put = [&](TextLine& line, std::size_t column, int s_) {
        line.put(column + 1 - digits_, symbol(s_), digits_);
    };
    std::string out;
    for (int level = g_.levels; level >= 0; --level) {
        TextLine line(width);
        name(line, level_name(level));
        for (std::size_t node = 0; node < index(g_.nodes(level)); ++node)
            put(line, columns[index(level)][node], tree_.symbols[index(level)][node]);
        out += line.text();
        if (level > 0) out += connectors(level, columns[index(level)], columns[index(level - 1)], width);
    }
    if (swapped_.empty()) return out;
    out += concat("\n", ink_.strong("synonym swaps, one level at a time"),
                  ink_.dim("  (· unchanged; at the end: leaves changed)"), "\n");
    for (std::size_t level = 0; level < swapped_.size(); ++level) {
        TextLine line(width);
        name(line, pad(concat("level ", level + 1), int(margin)));
        for (std::size_t leaf = 0; leaf < length_; ++leaf) {
            if (changed(level, leaf))
                put(line, columns[0][leaf], swapped_[level][leaf]);
            else
                line.put(columns[0][leaf], ink_.dim("·"));
        }
        std::string count = count_changed(level);
        line.put(columns[0].back() + 3, ink_.strong(count), count.size());
        out += line.text();
    }
    return out;
}

/// From a child's parent to the child, five columns or three.
static std::string branch(std::size_t child, bool starts, bool last, bool narrow) {
    std::string line = last ? "   " : " │ ";
    if (starts) line = last ? " └─" : " ├─";
    if (starts && child == 0) line = "─┬─";
    return narrow ? line : " " + line + " ";
}

/// The tree from left to right, one leaf a line; after the leaf, what it becomes when level 1, 2, ... is
/// swapped, for as many levels as there is room for.
std::string Drawing::sideways() const {
    const std::size_t s = index(g_.tuple), levels = index(g_.levels), cell = digits_ + 2;
    const bool narrow = levels * (digits_ + 5) + digits_ > options_.width;
    const std::size_t level_width = digits_ + (narrow ? 3 : 5), used = levels * level_width + digits_ + 4,
                      swaps = std::min(swapped_.size(),
                                       options_.width > used ? (options_.width - used) / cell : 0);
    std::string blank(digits_, ' '), dot = std::string(digits_ - 1, ' ') + "·", out, counts;
    for (int level = g_.levels; level >= 0; --level) {
        std::string title = level == g_.levels ? "class" : level == 0 ? "leaf" : concat("lv ", level);
        if (level > 0) title = title.substr(0, level_width - 1);
        out += ink_.dim(pad(title, int(level == 0 ? digits_ + 4 : level_width)));
    }
    if (swaps > 0)
        out += ink_.strong(concat("  swaps 1-", swaps).substr(0, std::max<std::size_t>(swaps * cell, 7)));
    out += '\n';
    for (std::size_t leaf = 0; leaf < length_; ++leaf) {
        for (int level = g_.levels; level >= 0; --level) {
            std::size_t span = length_ / index(g_.nodes(level)), node = leaf / span;
            out += leaf % span == 0 ? symbol(tree_.symbols[index(level)][node]) : blank;
            if (level == 0) break;
            std::size_t child_span = span / s, child = leaf / child_span % s;
            out += ink_.dim(branch(child, leaf % child_span == 0, child == s - 1, narrow));
        }
        if (swaps > 0) out += "    ";
        for (std::size_t level = 0; level < swaps; ++level)
            out += concat("  ", changed(level, leaf) ? symbol(swapped_[level][leaf]) : ink_.dim(dot));
        out += '\n';
    }
    if (swapped_.empty()) return out;
    for (std::size_t level = 0; level < swapped_.size(); ++level)
        counts += (level ? ", " : "") + count_changed(level);
    std::string note = "swaps: all rules of level 1, 2, ... take a synonym (· unchanged)";
    if (swaps < levels) note += concat("; no room for those of level ", swaps + 1, " and above");
    return out + ink_.dim(wrap(note, options_.width, 2)) + "\n" + ink_.dim("leaves changed: ")
           + ink_.strong(counts) + "\n";
}

/// 0 → [0 2]  3 1   2 2, after the name of the level. A tuple that is longer than a line is broken.
std::string Drawing::rules_of(const std::string& name, int level, int parent,
                              const std::set<int>& used) const {
    std::string out = ink_.dim(pad(name, int(margin))) + symbol(parent) + ink_.dim(" →");
    const std::size_t cell = 2 + index(g_.tuple) * (digits_ + 1), begin = margin + digits_ + 2;
    std::size_t column = begin;
    for (int choice = 0; choice < g_.synonyms; ++choice) {
        const bool more = choice + 1 < g_.synonyms;
        if (choice > 0 && column + cell + (more ? 14 : 0) > options_.width)
            return out + ink_.dim(concat("  ... ", g_.synonyms - choice, " more")) + "\n";
        const bool taken = used.contains(choice);
        out += taken ? " [" : "  ";
        column += 2;
        bool first = true;
        for (std::uint8_t child : grammar_.rule(level, parent, choice)) {
            if (!first && column + digits_ + 3 > options_.width) {
                out += concat("\n", std::string(begin + 2, ' '));
                column = begin + 2;
            } else if (!first) {
                out += ' ';
                ++column;
            }
            out += taken ? symbol(child) : ink_.dim(number(child));
            column += digits_;
            first = false;
        }
        out += taken ? "]" : more ? " " : "";
        ++column;
    }
    return out + "\n";
}

std::string Drawing::rules() const {
    constexpr int most_symbols = 12;
    std::string out =
        concat("\n", ink_.strong("the synonyms of its symbols"), ink_.dim("  ([ ] used here)"), "\n");
    for (int level = g_.levels; level >= 1; --level) {
        std::vector<std::set<int>> used(index(g_.symbols(level)));
        for (std::size_t node = 0; node < index(g_.nodes(level)); ++node)
            used[tree_.symbols[index(level)][node]].insert(int(tree_.choices[index(level)][node]));
        int symbols = 0;
        for (int s = 0; s < g_.symbols(level); ++s)
            if (!used[index(s)].empty() && ++symbols <= most_symbols)
                out += rules_of(symbols == 1 ? level_name(level) : "", level, s, used[index(s)]);
        if (symbols > most_symbols)
            out += ink_.dim(concat(std::string(margin, ' '), "... ", symbols - most_symbols, " more symbols"))
                   + "\n";
    }
    return out;
}

std::string Drawing::text() const {
    if (length_ > 1024)
        fail(Exit::input, "a tree of ", length_,
             " leaves is too large to draw; show one with at most 1024 (lower -L or -s)");
    std::size_t least = digits_ + 1, room = options_.width > margin + 5 ? options_.width - margin - 5 : 0;
    std::size_t pitch = std::min(room / length_, digits_ + 5);
    if (g_.tuple % 2 == 0 && pitch > least)
        pitch -= pitch % 2;  // an even distance puts parents exactly in the middle
    return title() + (pitch >= least ? upright(pitch) : sideways()) + rules();
}

}  // namespace

Tree find_datum(const Grammar& grammar, std::string_view text) {
    Tree tree;
    if (auto number = parse_decimal(text)) {
        derive(grammar, to_digits(grammar.shape(), *number), tree);
        return tree;
    }
    std::vector<std::uint8_t> leaves;
    std::string words(text);
    std::replace(words.begin(), words.end(), ',', ' ');
    for (std::string_view word : split(words, ' ')) {
        if (word.empty()) continue;
        auto symbol = parse_integer(word);
        if (!symbol || *symbol < 0 || *symbol > 255)
            fail(Exit::input, "'", word,
                 "' is no symbol; give a datum by its index, or its leaves like \"0 3 1 2\"");
        leaves.push_back(static_cast<std::uint8_t>(*symbol));
    }
    if (auto fault = parse(grammar, leaves, tree)) fail(Exit::input, describe(grammar, leaves, *fault));
    return tree;
}

std::string show(const Grammar& grammar, const Tree& tree, const ShowOptions& options) {
    return Drawing(grammar, tree, options).text();
}

}  // namespace rhm

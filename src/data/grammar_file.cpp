// A grammar as a file: what `rhm grammar --json` prints and what `--grammar FILE` reads. The format is one
// JSON object,
//   {"vocab": v, "classes": n_c, "synonyms": m, "tuple": s, "levels": L, "rules": rules}
// where rules[l - 1][symbol][choice] is the list of the s symbols of level l - 1 that a symbol of level l can
// become. A symbol that no rule of the level above names may have an empty list instead.
#include <algorithm>
#include <set>
#include <utility>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/input.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "data/grammar.hpp"

namespace rhm {
namespace {

constexpr std::size_t largest_file = std::size_t{16} << 20;

/// A member that must be a whole number; `what` names it in the sentence.
int whole(const Json& value, const std::string& what) {
    auto number = value.is(Json::Kind::number) ? parse_integer(value.string) : std::nullopt;
    if (!number || *number < -1000000000 || *number > 1000000000)
        fail(Exit::input, "the grammar's ", what,
             " is missing or not a whole number; write it as `rhm grammar` does");
    return int(*number);
}

const std::vector<Json>& list(const Json& value, int size, const std::string& what) {
    if (!value.is(Json::Kind::array))
        fail(Exit::input, "the grammar's ", what,
             " are missing or not a list; write them as `rhm grammar` does");
    if (value.array.size() != std::size_t(size))
        fail(Exit::input, "the grammar has ", value.array.size(), " ", what, " where its numbers ask for ",
             size, "; complete the list or correct the numbers");
    return value.array;
}

}  // namespace

void Grammar::give_unused(int level, const std::vector<std::size_t>& absent) {
    auto& table = rules_[std::size_t(level - 1)];
    const std::size_t s = std::size_t(shape_.tuple), m = std::size_t(shape_.synonyms);
    std::set<std::uint64_t> used;
    for (std::size_t row = 0; row < table.size() / s; ++row)
        if (!std::binary_search(absent.begin(), absent.end(), row / m))
            used.insert(code(table.data() + row * s));
    std::uint64_t next = 0;
    for (std::size_t symbol : absent)
        for (std::size_t row = symbol * m; row < (symbol + 1) * m; ++row, ++next) {
            while (used.contains(next)) ++next;
            std::uint64_t rest = next;
            for (std::size_t i = s; i-- > 0; rest /= std::uint64_t(shape_.vocab))
                table[row * s + i] = std::uint8_t(rest % std::uint64_t(shape_.vocab));
        }
}

Grammar Grammar::parse(std::string_view text) {
    if (text.size() > largest_file)
        fail(Exit::input, "a grammar of ", bytes_text(double(text.size())), " is larger than the ",
             bytes_text(double(largest_file)), " allowed; give one with fewer rules");
    Json json = Json::parse(text, 2);  // the rules of a symbol stay text until they are needed
    if (!json.is(Json::Kind::object))
        fail(Exit::input,
             "a grammar is a JSON object with vocab, classes, synonyms, tuple, levels and rules");
    GrammarShape shape;
    for (const auto& [name, part] : kShapeParts) shape.*part = whole(json[name], std::string(name));
    Grammar grammar(shape);
    const auto& levels = list(json["rules"], shape.levels, "levels of rules");
    std::vector<bool> named(std::size_t(shape.classes), true);  // by a rule of the level above
    for (int level = shape.levels; level >= 1; --level) {
        std::string at = concat(" at level ", level);
        const auto& symbols =
            list(levels[std::size_t(level - 1)], shape.symbols(level), "symbols with rules" + at);
        auto& table = grammar.rules_[std::size_t(level - 1)];
        std::vector<bool> here = std::exchange(named, std::vector<bool>(std::size_t(shape.vocab)));
        std::vector<std::size_t> absent;
        for (std::size_t symbol = 0; symbol < symbols.size(); ++symbol) {
            std::string of = concat(" of symbol ", symbol, at);
            const Json& kept = symbols[symbol];
            const bool is_list = kept.is(Json::Kind::array);
            const Json rules = is_list && !kept.string.empty() ? Json::parse(kept.string) : kept;
            if (!here[symbol] && is_list && rules.array.empty()) {
                absent.push_back(symbol);
                table.resize(table.size() + std::size_t(shape.synonyms * shape.tuple));
                continue;
            }
            for (const Json& rule : list(rules, shape.synonyms, "rules" + of))
                for (const Json& entry : list(rule, shape.tuple, "symbols in a rule" + of)) {
                    int child = whole(entry, "symbol in a rule" + of);
                    if (child < 0 || child >= shape.vocab)
                        fail(Exit::input, "a rule", of, " produces ", child, ", but symbols are 0 to ",
                             shape.vocab - 1, "; correct the rule or raise vocab");
                    table.push_back(std::uint8_t(child));
                    named[std::size_t(child)] = true;
                }
        }
        if (!absent.empty()) grammar.give_unused(level, absent);
    }
    json = {};  // its memory is wanted for the index
    grammar.index_tuples();
    return grammar;
}

Grammar Grammar::load(const std::string& path) {
    const std::string text = read_file(path, largest_file);
    try {
        return parse(text);
    } catch (const Error& error) {
        fail(error.code, "the grammar '", path, "' cannot be used: ", error.what());
    }
}

std::string to_json(const Grammar& grammar) {
    const GrammarShape& g = grammar.shape();
    std::string out = concat("{\"vocab\":", g.vocab, ",\"classes\":", g.classes, ",\"synonyms\":", g.synonyms,
                             ",\"tuple\":", g.tuple, ",\"levels\":", g.levels, ",\n \"rules\":[");
    for (int level = 1; level <= g.levels; ++level) {
        out += level == 1 ? "\n  [" : ",\n  [";
        for (int symbol = 0; symbol < g.symbols(level); ++symbol) {
            out += symbol == 0 ? "[" : ",\n   [";
            for (int choice = 0; choice < g.synonyms; ++choice) {
                out += choice == 0 ? "[" : ",[";
                for (std::uint8_t child : grammar.rule(level, symbol, choice))
                    out += std::to_string(child) + ',';
                out.back() = ']';
            }
            out += ']';
        }
        out += ']';
    }
    return out + "\n ]}\n";
}

std::string Grammar::digest() const {
    Digest digest;
    for (const auto& [name, part] : kShapeParts) digest.add(std::span<const int>(&(shape_.*part), 1));
    for (const auto& rules : rules_) digest.add(std::span<const std::uint8_t>(rules));
    return digest.text();
}

/// What a symbol becomes, from column `indent` on: whole tuples in a line where they fit.
static std::string rules_text(const Grammar& grammar, int level, int symbol, int digits, std::size_t width,
                              std::size_t indent) {
    std::string out;
    std::size_t column = indent;
    auto add = [&](const std::string& text) {
        if (column > indent && column + columns(text) > width) {
            out += '\n' + std::string(indent, ' ');
            column = indent;
        }
        out += text;
        column += columns(text);
    };
    for (int choice = 0; choice < grammar.shape().synonyms; ++choice) {
        std::string tuple;
        for (std::uint8_t child : grammar.rule(level, symbol, choice))
            tuple += pad(std::to_string(child), -digits - 1);
        if (choice + 1 < grammar.shape().synonyms) tuple += "  │";
        if (indent + columns(tuple) <= width)
            add(tuple);
        else
            for (std::uint8_t child : grammar.rule(level, symbol, choice))
                add(pad(std::to_string(child), -digits - 1));
    }
    return out;
}

std::string to_text(const Grammar& grammar, std::size_t width) {
    const GrammarShape& g = grammar.shape();
    std::string out = wrap(concat("Random Hierarchy Model: v = ", g.vocab, " symbols, n_c = ", g.classes,
                                  " classes, m = ", g.synonyms, " synonyms, s = ", g.tuple,
                                  ", L = ", g.levels, " levels, d = ", g.length(), " leaves"),
                           width, 2)
                      + "\n";
    const int digits = int(std::to_string(std::max(g.vocab, g.classes) - 1).size());
    for (int level = g.levels; level >= 1; --level) {
        out += concat("\nlevel ", level,
                      level == g.levels ? ": what a class becomes" : ": what a symbol becomes",
                      level == 1 ? " (leaves)\n" : "\n");
        for (int symbol = 0; symbol < g.symbols(level); ++symbol) {
            const std::string begin = pad(std::to_string(symbol), -digits - 2) + "  →";
            out += begin + rules_text(grammar, level, symbol, digits, width, columns(begin)) + '\n';
        }
    }
    return out;
}

}  // namespace rhm

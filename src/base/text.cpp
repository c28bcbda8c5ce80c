#include "base/text.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace rhm {

template <class... Format>
static std::string decimal(double x, Format... format) {
    char buffer[400];
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, x, format...).ptr};
}

std::string number(double x) { return std::isnan(x) ? "nan" : decimal(x); }

std::string digits_of(double x, int digits) { return decimal(x, std::chars_format::general, digits); }

std::string fixed(double x, int digits) {
    return std::isfinite(x) ? decimal(x, std::chars_format::fixed, digits) : number(x);
}

std::string count_text(std::size_t n, std::string_view one, std::string_view many) {
    if (n == 1) return concat(n, " ", one);
    return many.empty() ? concat(n, " ", one, "s") : concat(n, " ", many);
}

std::string bytes_text(double bytes) {
    const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    std::size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < std::size(units)) bytes /= 1024, ++unit;
    return fixed(bytes, unit == 0 || bytes >= 100 ? 0 : 1) + " " + units[unit];
}

std::string seconds_text(double seconds) {
    if (seconds < 60) return fixed(seconds, seconds < 10 ? 1 : 0) + " s";
    long long whole = std::llround(seconds);
    if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
    return std::to_string(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

// By strtod, since the standard library of clang and macOS has no from_chars for double; the program never
// sets a locale for numbers. Blanks, hexadecimal digits and a second sign, which strtod would take, are none
// of ours.
std::optional<double> parse_double(std::string_view text) {
    const bool sign = text.starts_with('+') || text.starts_with('-');
    const std::string_view digits = text.substr(sign);
    if (digits.empty() || std::string_view(".0123456789iInN").find(digits[0]) == std::string_view::npos)
        return {};
    if (digits.find_first_of("xX") != std::string_view::npos) return {};
    const std::string copy(text);
    char* end = nullptr;
    errno = 0;
    const double x = std::strtod(copy.c_str(), &end);
    const bool too_large_or_small = errno == ERANGE && (x == 0 || std::isinf(x));
    if (too_large_or_small || end != copy.c_str() + copy.size()) return {};
    return x;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t x = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
    if (error == std::errc() && !text.empty() && end == text.data() + text.size()) return x;
    double scale = text.ends_with('k') ? 1e3 : text.ends_with('M') ? 1e6 : 1;
    if (scale != 1) text.remove_suffix(1);
    auto y = parse_double(text);
    if (!y || !(std::abs(*y * scale) < 9e15) || *y * scale != std::floor(*y * scale)) return {};
    return std::int64_t(*y * scale);
}

static std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before, last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), 0u);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = last;
        last = row;
    }
    return last[b.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, (word.size() + 1) / 3) + 1;
    for (auto candidate : known)
        if (std::size_t d = distance(word, candidate); d < best_distance) best = candidate, best_distance = d;
    return best;
}

bool contains(std::span<const std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t from = 0;;) {
        std::size_t to = text.find(separator, from);
        parts.push_back(text.substr(from, to - from));
        if (to == std::string_view::npos) return parts;
        from = to + 1;
    }
}

std::size_t columns(std::string_view text) {
    return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string pad(std::string_view text, int width) {
    std::size_t want = std::size_t(std::abs(width)), have = columns(text);
    std::string space(want > have ? want - have : 0, ' ');
    return width < 0 ? space + std::string(text) : std::string(text) + space;
}

std::string wrap(std::string_view text, std::size_t width, std::size_t indent, std::size_t column) {
    std::string out;
    bool begins = true;  // a line
    for (auto word : split(text, ' ')) {
        const std::size_t length = columns(word);
        if (!begins && column + 1 + length > width) {
            out += '\n' + std::string(indent, ' ');
            column = indent;
        } else if (!begins) {
            out += ' ';
            ++column;
        }
        out += word;
        column += length;
        begins = false;
    }
    return out;
}

std::string hang(std::string_view text, std::size_t width, std::size_t indent) {
    return wrap(text, width, indent, indent);
}

std::vector<std::string> lines_of(std::string_view text, std::size_t width) {
    std::vector<std::string> out;
    const std::string wrapped = wrap(text, width, 0);
    for (std::string_view line : split(wrapped, '\n')) {
        out.emplace_back();
        for_each_character(line, [&](std::string_view character, bool) {
            if (columns(out.back()) >= width) out.emplace_back();
            out.back() += character;
        });
    }
    return out;
}

/// The length of the UTF-8 character that a text begins with, or 0 when it begins with none.
static std::size_t utf8_length(std::string_view text) {
    const std::uint8_t first = std::uint8_t(text[0]);
    const std::size_t length = std::size_t(std::countl_one(first));
    if (length == 0) return 1;
    if (length < 2 || length > 4 || length > text.size()) return 0;
    std::uint32_t code = first & (0x7Fu >> length);
    for (const char c : text.substr(1, length - 1)) {
        if ((c & 0xC0) != 0x80) return 0;
        code = code << 6 | (c & 0x3F);
    }
    constexpr std::uint32_t kLeast[] = {0x80, 0x800, 0x10000};  // what is less has a shorter form
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    return code < kLeast[length - 2] || code > 0x10FFFF || surrogate ? 0 : length;
}

void for_each_character(std::string_view text, const std::function<void(std::string_view, bool)>& use) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        use(text.substr(0, std::max<std::size_t>(length, 1)), length > 0);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

/// The controls U+0000 to U+001F and U+007F to U+009F, and those that turn the direction of writing or break
/// a line: U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069.
static bool is_control(std::string_view character) {
    auto byte = [&](std::size_t i) { return std::uint8_t(character[i]); };
    if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
    if (character.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;
    if (character.size() != 3 || byte(0) != 0xE2) return false;
    if (byte(1) == 0x80) return byte(2) == 0x8E || byte(2) == 0x8F || (byte(2) >= 0xA8 && byte(2) <= 0xAE);
    return byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;
}

std::string printable(std::string_view text) {
    std::string out;
    for_each_character(text, [&](std::string_view character, bool valid) {
        out += valid && !is_control(character) ? character : "?";
    });
    return out;
}

std::string xml_text(std::string_view text) {
    constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
    constexpr std::pair<std::string_view, std::string_view> kEntities[] = {
        {"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}};
    std::string out;
    for_each_character(text, [&](std::string_view character, bool valid) {
        const bool forbidden = !valid || (is_control(character) && character != "\n" && character != "\t")
                               || character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
        const auto entity = std::find_if(std::begin(kEntities), std::end(kEntities),
                                         [&](const auto& pair) { return pair.first == character; });
        if (entity != std::end(kEntities))
            out += entity->second;
        else
            out += forbidden ? kReplacement : character;  // U+FFFE and U+FFFF are no characters
    });
    return out;
}

/// "$(printf '...')", for what no quotes can hold without showing it.
static std::string shell_octal(std::string_view text) {
    std::string out = "\"$(printf '";
    for_each_character(text, [&](std::string_view character, bool valid) {
        if (valid && !is_control(character) && character != "'" && character != "\"") {
            out += character;
            if (character == "%" || character == "\\") out += character;
            return;
        }
        for (char c : character) {
            const unsigned byte = std::uint8_t(c);
            out += '\\';
            for (unsigned shift : {6u, 3u, 0u}) out += char('0' + (byte >> shift & 7));
        }
    });
    return out + "')\"";
}

std::string shell_word(std::string_view text) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,+@%-";
    if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
    if (printable(text) != text) return shell_octal(text);
    std::string out = "'";
    for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string shell_file(std::string_view path) {
    const bool like_option = path.starts_with('-') && path != "-";
    return shell_word(like_option ? "./" + std::string(path) : std::string(path));
}

std::string shell_lines(std::string_view command, std::size_t width, std::size_t indent) {
    std::string out, word;
    std::size_t column = 0;
    char quote = 0;
    auto end_word = [&] {
        if (column > indent && column + 1 + columns(word) + 2 > width) {  // 2: for the next line's " \"
            out += " \\\n" + std::string(indent, ' ');
            column = indent;
        } else if (column > 0) {
            out += ' ';
            ++column;
        }
        out += word;
        column += columns(word);
        word.clear();
    };
    for (std::size_t i = 0; i < command.size(); ++i) {
        const char c = command[i];
        if (c == ' ' && !quote) {
            end_word();
            continue;
        }
        if (c == '\\' && !quote && i + 1 < command.size())
            word += command[i++];
        else if (quote ? c == quote : c == '\'' || c == '"')
            quote = quote ? '\0' : c;
        word += command[i];
    }
    end_word();
    return out;
}

std::string to_ascii(std::string_view text) {
    constexpr std::pair<std::string_view, std::string_view> kClose[] = {
        {"─", "-"}, {"│", "|"}, {"└", "+"}, {"┘", "+"}, {"┌", "+"}, {"┐", "+"}, {"├", "+"},
        {"┤", "+"}, {"┬", "+"}, {"┴", "+"}, {"┼", "+"}, {"░", "."}, {"▒", ":"}, {"▓", "o"},
        {"█", "#"}, {"●", "o"}, {"■", "#"}, {"▲", "A"}, {"◆", "*"}, {"▼", "V"}, {"×", "x"},
        {"↑", "^"}, {"↓", "v"}, {"→", ">"}, {"·", "."}};
    std::string out;
    for_each_character(text, [&](std::string_view character, bool valid) {
        if (character.size() == 1 && valid) {
            out += character;
            return;
        }
        auto close = std::find_if(std::begin(kClose), std::end(kClose),
                                  [&](const auto& pair) { return pair.first == character; });
        if (close != std::end(kClose))
            out += close->second;
        else
            out += character >= "\u2801" && character <= "\u28FF" ? '.' : '?';  // dots of a line
    });
    return out;
}

}  // namespace rhm

#include "base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace rhm {

std::string number(double x) {
    if (std::isnan(x)) return "nan";
    if (std::isinf(x)) return x < 0 ? "-inf" : "inf";
    char buffer[64];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, x).ptr;
    return {buffer, end};
}

std::string fixed(double x, int digits) {
    if (!std::isfinite(x)) return number(x);
    char buffer[400];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, x, std::chars_format::fixed, digits).ptr;
    return {buffer, end};
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
    return static_cast<std::int64_t>(*y * scale);
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

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
    std::string out;
    std::size_t column = 0;
    for (auto word : split(text, ' ')) {
        std::size_t length = columns(word);
        if (column && column + 1 + length > width) {
            out += '\n' + std::string(indent, ' ');
            column = indent;
        } else if (column) {
            out += ' ';
            ++column;
        }
        out += word;
        column += length;
    }
    return out;
}

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string pad(std::string_view text, int width) {
    std::size_t want = static_cast<std::size_t>(std::abs(width)), have = columns(text);
    std::string space(want > have ? want - have : 0, ' ');
    return width < 0 ? space + std::string(text) : std::string(text) + space;
}

std::string join(std::span<const std::string_view> words, std::string_view separator, std::string_view last) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i) out += i + 1 == words.size() ? last : separator;
        out += words[i];
    }
    return out;
}

}  // namespace rhm

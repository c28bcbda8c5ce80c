// Numbers to text and back, and small helpers on words. Everything here is independent of the locale.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace rhm {

/// Shortest decimal that reads back as the same double: 0.1, 1e-3, 12.
std::string number(double x);
/// With a fixed number of digits after the point: fixed(0.98765, 3) = "0.988".
std::string fixed(double x, int digits);
/// "1 run", "2 runs"; `many` where the plural is not that.
std::string count_text(std::size_t n, std::string_view one, std::string_view many = {});
/// A count of bytes, data or seconds in human units: 1.5 GiB; 3 min 20 s.
std::string bytes_text(double bytes);
std::string seconds_text(double seconds);

/// The whole text as a number, or nothing. Integers also take 4096, 4k, 2M, 1e6 (powers of ten: k = 1000).
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<double> parse_double(std::string_view text);

/// The word of `known` closest to `word` (Damerau-Levenshtein distance at most a third of its length, at
/// least 1), or "".
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

bool contains(std::span<const std::string_view> words, std::string_view word);
std::vector<std::string_view> split(std::string_view text, char separator);
/// Breaks text into lines of at most `width` columns at spaces, never within a word; lines after the first
/// start with `indent` spaces. The first one begins at `column`.
std::string wrap(std::string_view text, std::size_t width, std::size_t indent, std::size_t column = 0);
/// The same beside something that fills the first line up to column `indent`.
std::string hang(std::string_view text, std::size_t width, std::size_t indent);
/// The lines of wrap(), where a word that is too long for one is broken as well.
std::vector<std::string> lines_of(std::string_view text, std::size_t width);
/// Pads to `width` columns; negative aligns right. Counts UTF-8 characters as one column.
std::string pad(std::string_view text, int width);
std::size_t columns(std::string_view text);
/// The UTF-8 characters of a text; a byte that begins none is one of its own, with `valid` false.
void for_each_character(std::string_view text,
                        const std::function<void(std::string_view character, bool valid)>& use);

// Words that come from outside (names of files, records, what was typed) and go to where their characters
// mean something. One function for each place:

/// For the terminal: what would move the cursor, hide text or is no UTF-8 becomes '?'. Line feeds too, as a
/// name is part of a line.
std::string printable(std::string_view text);
/// For XML and HTML: & < > and quotes as entities; what XML 1.0 forbids becomes U+FFFD.
std::string xml_text(std::string_view text);
/// For the shell, one word: as it is, or in quotes. It holds no control character, so it can be printed.
std::string shell_word(std::string_view text);
/// The same for a file that is no value of an option: a leading dash would make it one.
std::string shell_file(std::string_view path);
/// A command of shell words, broken at spaces between words into lines that the shell joins again.
std::string shell_lines(std::string_view command, std::size_t width, std::size_t indent);

/// Text of this program for a terminal that shows ASCII only: lines, blocks, arrows and markers by what comes
/// closest, each of one column as before.
std::string to_ascii(std::string_view text);

/// "a, b or c", of texts or numbers.
template <class Words>
std::string join(const Words& words, std::string_view separator, std::string_view last) {
    std::string out;
    std::size_t left = std::size(words);
    for (const auto& word : words) {
        out += concat(word);
        if (--left > 0) out += left == 1 ? last : separator;
    }
    return out;
}

}  // namespace rhm

// Numbers to text and back, and small helpers on words. Everything here is independent of the locale.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rhm {

/// Shortest decimal that reads back as the same double: 0.1, 1e-3, 12.
std::string number(double x);
/// With a fixed number of digits after the point: fixed(0.98765, 3) = "0.988".
std::string fixed(double x, int digits);
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
/// Breaks text into lines of at most `width` characters at spaces; lines after the first start with `indent`
/// spaces.
std::string wrap(std::string_view text, std::size_t width, std::size_t indent);
/// Pads to `width` columns; negative aligns right. Counts UTF-8 characters as one column.
std::string pad(std::string_view text, int width);
std::size_t columns(std::string_view text);
/// "a, b or c"
std::string join(std::span<const std::string_view> words, std::string_view separator, std::string_view last);

}  // namespace rhm

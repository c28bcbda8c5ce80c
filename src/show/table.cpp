#include "show/table.hpp"

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "base/text.hpp"

namespace rhm {
namespace {

constexpr std::size_t kGap = 2, kLeastWords = 12;

std::size_t longest_word(const std::string& text) {
    std::size_t longest = 0;
    for (std::string_view word : split(text, ' ')) longest = std::max(longest, columns(word));
    return longest;
}

std::size_t total(const std::vector<std::size_t>& widths) {
    return std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
}

}  // namespace

void TextTable::add(std::vector<std::string> cells) {
    for (std::string& cell : cells) cell = printable(cell);
    rows_.push_back(std::move(cells));
}

/// Of the first `shown` columns, at most `width` together where words can be broken so far.
std::vector<std::size_t> TextTable::widths(std::size_t shown, std::size_t width) const {
    std::vector<std::size_t> cells(shown), out(shown);
    for (const auto& row : rows_)
        for (std::size_t c = 0; c < shown; ++c) cells[c] = std::max(cells[c], columns(row[c]));
    for (std::size_t c = 0; c < shown; ++c) out[c] = std::max(cells[c], columns(columns_[c].title));
    if (total(out) <= width) return out;
    for (std::size_t c = 0; c < shown; ++c) out[c] = std::max(cells[c], longest_word(columns_[c].title));
    while (total(out) > width) {
        std::size_t widest = shown;
        for (std::size_t c = 0; c < shown; ++c)
            if (columns_[c].kind == Kind::words && out[c] > kLeastWords
                && (widest == shown || out[c] > out[widest]))
                widest = c;
        if (widest == shown) break;
        --out[widest];
    }
    return out;
}

std::string TextTable::line(const std::vector<std::string>& cells,
                            const std::vector<std::size_t>& widths) const {
    std::vector<std::vector<std::string>> parts;
    std::size_t height = 1;
    for (std::size_t c = 0; c < widths.size(); ++c) {
        parts.push_back(lines_of(cells[c], widths[c]));
        height = std::max(height, parts.back().size());
    }
    std::string out;
    for (std::size_t i = 0; i < height; ++i) {
        for (std::size_t c = 0; c < widths.size(); ++c) {
            const int wide = static_cast<int>(widths[c]);
            const std::string part = i < parts[c].size() ? parts[c][i] : "";
            out += std::string(c ? kGap : 0, ' ') + pad(part, columns_[c].kind == Kind::right ? -wide : wide);
        }
        while (out.ends_with(' ')) out.pop_back();
        out += '\n';
    }
    return out;
}

std::string TextTable::text(std::size_t width) const {
    std::vector<std::size_t> wide = widths(columns_.size(), width);
    while (wide.size() > 1 && total(wide) > width) wide = widths(wide.size() - 1, width);
    std::vector<std::string> titles;
    std::string left_out;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        titles.push_back(columns_[c].title);
        if (c >= wide.size()) left_out += concat(left_out.empty() ? "" : ", ", columns_[c].title);
    }
    std::string out = line(titles, wide);
    for (const auto& row : rows_) out += line(row, wide);
    if (!left_out.empty())
        out += wrap(concat("(no room in ", width, " columns for: ", left_out, ")"), width, 1) + "\n";
    return out;
}

}  // namespace rhm

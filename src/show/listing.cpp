#include "show/listing.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace rhm {
namespace {

using Row = std::vector<std::string>;
using Widths = std::vector<std::size_t>;

constexpr std::size_t kGap = 2, kLeastWords = 12;

std::size_t longest_word(const std::string& text) {
    std::size_t longest = 0;
    for (std::string_view word : split(text, ' ')) longest = std::max(longest, columns(word));
    return longest;
}

std::size_t total(const Widths& widths) {
    return std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
}

/// Of the first `shown` columns, at most `width` together where words can be broken so far.
Widths widths_of(const std::vector<Listing::Column>& titles, const std::vector<Row>& rows, std::size_t shown,
                 std::size_t width) {
    Widths cells(shown), out(shown);
    for (const Row& row : rows)
        for (std::size_t c = 0; c < shown; ++c) cells[c] = std::max(cells[c], columns(row[c]));
    for (std::size_t c = 0; c < shown; ++c) out[c] = std::max(cells[c], columns(titles[c].text));
    if (total(out) <= width) return out;
    for (std::size_t c = 0; c < shown; ++c) out[c] = std::max(cells[c], longest_word(titles[c].text));
    while (total(out) > width) {
        std::size_t widest = shown;
        for (std::size_t c = 0; c < shown; ++c)
            if (titles[c].kind == Listing::Kind::words && out[c] > kLeastWords
                && (widest == shown || out[c] > out[widest]))
                widest = c;
        if (widest == shown) break;
        --out[widest];
    }
    return out;
}

std::string lines(const std::vector<Listing::Column>& titles, const Row& cells, const Widths& widths) {
    std::vector<Row> parts;
    std::size_t height = 1;
    for (std::size_t c = 0; c < widths.size(); ++c) {
        parts.push_back(lines_of(cells[c], widths[c]));
        height = std::max(height, parts.back().size());
    }
    std::string out;
    for (std::size_t i = 0; i < height; ++i) {
        for (std::size_t c = 0; c < widths.size(); ++c) {
            const int wide = int(widths[c]);
            const std::string part = i < parts[c].size() ? parts[c][i] : "";
            out += std::string(c ? kGap : 0, ' ')
                   + pad(part, titles[c].kind == Listing::Kind::right ? -wide : wide);
        }
        while (out.ends_with(' ')) out.pop_back();
        out += '\n';
    }
    return out;
}

std::string csv_quote(std::string_view text) {
    if (text.find_first_of(",\"\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

}  // namespace

Listing::Cell::Cell(double value)
    : text(number(value)), json(json_number(value)), csv(std::isnan(value) ? "" : text) {}
Listing::Cell::Cell(std::string_view words) : text(words), json(json_quote(words)), csv(csv_quote(words)) {}

std::string Listing::text(std::size_t width) const {
    std::vector<Column> titles;
    Row heading;
    for (const Column& column : columns_)
        if (!column.text.empty()) {
            titles.push_back(column);
            heading.push_back(column.text);
        }
    std::vector<Row> rows;
    for (const auto& cells : rows_) {
        rows.emplace_back();
        for (std::size_t c = 0; c < cells.size(); ++c)
            if (!columns_[c].text.empty()) rows.back().push_back(printable(cells[c].text));
    }
    Widths widths = widths_of(titles, rows, titles.size(), width);
    while (widths.size() > 1 && total(widths) > width)
        widths = widths_of(titles, rows, widths.size() - 1, width);
    std::string out = lines(titles, heading, widths), left_out;
    for (const Row& row : rows) out += lines(titles, row, widths);
    for (std::size_t c = widths.size(); c < titles.size(); ++c)
        left_out += concat(left_out.empty() ? "" : ", ", titles[c].text);
    if (!left_out.empty())
        out += wrap(concat("(no room in ", width, " columns for: ", left_out, ")"), width, 1) + "\n";
    return out;
}

std::string Listing::csv() const {
    std::string out;
    const auto line = [&](auto cell) {
        std::string_view comma;
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            if (columns_[c].csv.empty()) continue;
            out.append(comma).append(cell(c));
            comma = ",";
        }
        out += '\n';
    };
    line([&](std::size_t c) { return columns_[c].csv; });
    for (const auto& row : rows_) line([&](std::size_t c) { return std::string_view(row[c].csv); });
    return out;
}

std::string Listing::json() const {
    std::string out;
    for (const auto& cells : rows_) {
        JsonLine line;
        if (!kind_.empty()) line.add("kind", kind_);
        for (std::size_t c = 0; c < cells.size(); ++c)
            if (!columns_[c].json.empty()) line.raw(columns_[c].json, cells[c].json);
        out += line.text() + "\n";
    }
    return out;
}

}  // namespace rhm

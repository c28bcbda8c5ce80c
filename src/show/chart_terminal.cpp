// Charts in the terminal: lines of braille dots (two by four in a character), markers on the points.
#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "show/chart.hpp"

namespace rhm {
namespace {

constexpr const char* kGlyphs[] = {"●", "■", "▲", "◆", "▼", "×", "+"};
constexpr const char* kGuideGlyphs[] = {"-", "=", ":", "~"};
constexpr int kCodes[] = {34, 31, 32, 35, 33, 36, 39};  // close to the colours of the SVG

/// As with the colours, the first is that of the first style alone: those of one panel differ.
const char* glyph_of(std::size_t style) {
    return kGlyphs[style == 0 ? 0 : 1 + (style - 1) % (std::size(kGlyphs) - 1)];
}

std::string painted(const std::string& text, std::size_t style, bool colour) {
    return colour ? concat("\033[", kCodes[style % std::size(kCodes)], "m", text, "\033[0m") : text;
}

/// A grid of characters, each eight dots or a glyph.
class Canvas {
public:
    Canvas(std::size_t width, std::size_t height) : width_(width), height_(height), cells_(width * height) {}
    /// A glyph, or one of a character's dots where `glyph` is null. x and y in 0..1, y upwards.
    void put(double x, double y, const char* glyph, std::size_t style) {
        if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return;
        const std::size_t column = std::min(std::size_t(x * double(2 * width_)), 2 * width_ - 1),
                          row = std::min(std::size_t((1 - y) * double(4 * height_)), 4 * height_ - 1);
        constexpr unsigned kBits[4][2] = {
            {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};  // of the Unicode block
        Cell& cell = cells_[row / 4 * width_ + column / 2];
        if (!glyph) cell.dots |= kBits[row % 4][column % 2];
        cell.glyph = glyph;
        cell.style = style;
    }
    /// In dots.
    void line(double x0, double y0, double x1, double y1, std::size_t style) {
        double steps =
            std::max(std::abs(x1 - x0) * double(2 * width_), std::abs(y1 - y0) * double(4 * height_)) + 1;
        for (std::size_t i = 0; double(i) <= steps; ++i) {
            double t = double(i) / steps;
            put(x0 + t * (x1 - x0), y0 + t * (y1 - y0), nullptr, style);
        }
    }
    /// In one character, in every second column.
    void guide(double x0, double y0, double x1, double y1, const char* glyph, std::size_t style) {
        const std::size_t steps = 2 * std::max(width_, height_);
        for (std::size_t i = 0; i <= steps; ++i) {
            const double t = double(i) / double(steps), x = x0 + t * (x1 - x0);
            const bool upright = std::abs(x1 - x0) < 1e-9;
            if (upright || std::size_t(std::max(x, 0.0) * double(width_)) % 2 == 0)
                put(x, y0 + t * (y1 - y0), glyph, style);
        }
    }
    std::string row(std::size_t r, bool colour) const {
        std::string out;
        for (std::size_t c = 0; c < width_; ++c) {
            const Cell& cell = cells_[r * width_ + c];
            if (cell.glyph)
                out += painted(cell.glyph, cell.style, colour);
            else if (!cell.dots)
                out += ' ';
            else
                out += painted({'\xE2', static_cast<char>(0xA0 | cell.dots >> 6),
                                static_cast<char>(0x80 | (cell.dots & 0x3F))},
                               cell.style, colour);  // U+2800 + dots
        }
        while (out.ends_with(' ')) out.pop_back();
        return out;
    }

private:
    struct Cell {
        unsigned dots = 0;
        const char* glyph = nullptr;
        std::size_t style = 0;
    };
    std::size_t width_, height_;
    std::vector<Cell> cells_;
};

constexpr std::size_t kGuideStyle = 6;

void draw(Canvas& canvas, const Chart& chart, const Range& xr, const Range& yr) {
    for (std::size_t k = 0; k < chart.guides.size(); ++k) {
        const Guide& g = chart.guides[k];
        auto place = [](const Range& range, double v, double end) {
            return std::isnan(v) ? end : range.place(v);
        };
        canvas.guide(place(xr, g.x[0], 0), place(yr, g.y[0], 0), place(xr, g.x[1], 1), place(yr, g.y[1], 1),
                     kGuideGlyphs[k % std::size(kGuideGlyphs)], kGuideStyle);
    }
    for (const Series& s : chart.series)
        for (std::size_t i = 0; i + 1 < s.x.size() && chart.x.words.empty(); ++i)
            canvas.line(xr.place(s.x[i]), yr.place(s.y[i]), xr.place(s.x[i + 1]), yr.place(s.y[i + 1]),
                        s.style);
    for (const Series& s : chart.series)
        for (std::size_t i = 0; i < s.x.size(); i += stride_of(s)) {
            const char bound = bound_of(s, i);
            const char* glyph = glyph_of(s.style);
            if (bound == '>') glyph = "↑";
            if (bound == '<') glyph = "↓";
            canvas.put(xr.place(s.x[i]), yr.place(s.y[i]), glyph, s.style);
        }
}

/// Tick labels under the axis, those that would touch left out.
std::string x_labels(const Range& xr, const ChartAxis& axis, std::size_t width) {
    std::string line;
    for (const auto& [v, text] : ticks(xr, width / 8, axis)) {
        std::size_t at = std::size_t(std::clamp(xr.place(v), 0.0, 1.0) * double(width - 1));
        at -= std::min(at, text.size() / 2);
        at = std::min(at, width - std::min(width, text.size()));
        if (!line.empty() && at < line.size() + 1) continue;
        line += std::string(at - line.size(), ' ') + text;
    }
    return line;
}

/// Whether a guide is in the picture.
bool crosses(const Guide& guide, const Range& xr, const Range& yr) {
    auto inside = [](double v, const Range& range) {
        return std::isnan(v) || (range.place(v) >= 0 && range.place(v) <= 1);
    };
    const bool flat = guide.y[0] == guide.y[1], upright = guide.x[0] == guide.x[1];
    return (!flat || inside(guide.y[0], yr)) && (!upright || inside(guide.x[0], xr));
}

struct Entry {
    std::string mark;
    std::size_t style;
    std::string label;
};

std::vector<Entry> entries_of(const Chart& chart, const Range& xr, const Range& yr) {
    std::vector<Entry> out;
    for (const Series& s : chart.series) out.push_back({glyph_of(s.style), s.style, s.label});
    for (std::size_t k = 0; k < chart.guides.size(); ++k) {
        const Guide& guide = chart.guides[k];
        const std::string mark = kGuideGlyphs[k % std::size(kGuideGlyphs)];
        if (!guide.label.empty() && crosses(guide, xr, yr))
            out.push_back({mark == ":" ? mark : concat(mark, " ", mark), kGuideStyle, guide.label});
    }
    return out;
}

/// A mark and a word each, as many in a line as fit; words too long for a line go on in the next.
std::string legend(const std::vector<Entry>& entries, std::size_t width, bool colour) {
    std::string out;
    std::size_t column = 0;
    for (const Entry& entry : entries) {
        const std::size_t indent = columns(entry.mark) + 3;
        const auto lines = lines_of(printable(entry.label), std::max(width, indent + 8) - indent);
        const std::size_t wide = indent + columns(lines[0]);
        if (column > 0 && (column + wide > width || lines.size() > 1)) {
            out += '\n';
            column = 0;
        }
        out += concat("  ", painted(entry.mark, entry.style, colour), " ", lines[0]);
        column += wide;
        for (std::size_t i = 1; i < lines.size(); ++i) {
            out += concat("\n", std::string(indent, ' '), lines[i]);
            column = width;
        }
    }
    return out + "\n";
}

std::string title_text(const std::string& title, std::size_t width) {
    std::string out;
    for (const std::string& line : lines_of(printable(title), width)) out += line + "\n";
    return out;
}

}  // namespace

std::string to_terminal(const Chart& chart, std::size_t width, bool colour) {
    constexpr std::size_t kLabels = 8, kHeight = 18;
    const std::size_t wide = std::max<std::size_t>(width, 30) - kLabels - 2;
    Canvas canvas(wide, kHeight);
    const Range xr = x_range(chart), yr = y_range(chart);
    draw(canvas, chart, xr, yr);
    std::vector<std::string> labels(kHeight);
    for (double v : ticks(yr, 6, chart.y.whole)) {
        double place = yr.place(v);
        if (place >= 0 && place <= 1)
            labels[std::min(std::size_t((1 - place) * kHeight), kHeight - 1)] = tick_text(v);
    }
    std::string out = title_text(chart.title, width) + title_text(chart.y.title, width);
    for (std::size_t r = 0; r < kHeight; ++r) {
        const std::string_view edge = labels[r].empty() ? " │" : " ┤";
        out += concat(pad(labels[r], -int(kLabels)), edge, canvas.row(r, colour), "\n");
    }
    const std::string indent(kLabels + 2, ' ');
    out += std::string(kLabels + 1, ' ') + "└";
    for (std::size_t i = 0; i < wide; ++i) out += "─";
    out += concat("\n", indent, x_labels(xr, chart.x, wide), "\n", indent, printable(chart.x.title), "\n\n");
    return out + legend(entries_of(chart, xr, yr), width, colour);
}

namespace {

constexpr std::size_t kMapCell = 9;  // columns

std::string cell_text(double value, bool colour) {
    constexpr const char* kShades[] = {" ", "░", "▒", "▓", "█"};
    if (std::isnan(value)) return std::string(kMapCell, ' ');
    const double part = std::clamp(value, 0.0, 1.0);
    const char* block = kShades[std::size_t(part * 4.999)];
    const std::string number_text = pad(fixed(value, 2), -5);
    if (!colour) return concat(" ", block, block, number_text, " ");
    return concat("  \033[48;5;", 255 - int(part * 23), part > 0.5 ? "m\033[97m" : "m\033[30m", number_text,
                  " \033[0m ");
}

/// The columns from..to of the map; `left`: columns of the rows' names.
std::string map_part(const HeatMap& map, std::size_t from, std::size_t to, std::size_t left, bool colour) {
    std::string out = pad(map.row_title, int(left)) + "  ";
    for (std::size_t c = from; c < to; ++c) out += pad(map.columns[c], -int(kMapCell));
    for (std::size_t r = 0; r < map.rows.size(); ++r) {
        const std::vector<std::string> name = lines_of(printable(map.rows[r]), left);
        out += concat("\n", pad(name[0], int(left)), "  ");
        for (std::size_t c = from; c < to; ++c) out += cell_text(map.values[r][c], colour);
        for (std::size_t i = 1; i < name.size(); ++i) out += "\n" + name[i];
    }
    return concat(out, "\n", std::string(left + 2, ' '), map.column_title, "\n");
}

}  // namespace

std::string to_terminal(const HeatMap& map, std::size_t width, bool colour) {
    std::size_t left = columns(map.row_title);
    for (const std::string& row : map.rows) left = std::max(left, columns(printable(row)));
    left = std::min(left, std::max<std::size_t>(12, width / 3));
    const std::size_t most = std::max<std::size_t>(1, (width - std::min(width, left + 2)) / kMapCell);
    std::string out = title_text(map.title, width);
    for (std::size_t from = 0; from < map.columns.size(); from += most)
        out += map_part(map, from, std::min(map.columns.size(), from + most), left, colour);
    return out;
}

}  // namespace rhm

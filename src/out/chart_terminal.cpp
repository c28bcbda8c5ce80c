// Charts in the terminal: lines of braille dots (two by four in a character), markers on the points.
#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "out/chart.hpp"

namespace rhm {
namespace {

constexpr const char* kGlyphs[] = {"●", "■", "▲", "◆", "▼", "×"};
constexpr int kCodes[] = {34, 31, 32, 35, 33, 36, 39};  // close to the colours of the SVG

std::string painted(const std::string& text, std::size_t style, bool colour) {
    return colour ? concat("\033[", kCodes[style % std::size(kCodes)], "m", text, "\033[0m") : text;
}

/// A grid of characters, each eight dots or a glyph.
class Canvas {
public:
    Canvas(std::size_t width, std::size_t height) : width_(width), height_(height), cells_(width * height) {}
    /// x and y in 0..1, y upwards.
    void dot(double x, double y, std::size_t style) {
        if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return;
        std::size_t column =
            std::min(static_cast<std::size_t>(x * static_cast<double>(2 * width_)), 2 * width_ - 1);
        std::size_t row =
            std::min(static_cast<std::size_t>((1 - y) * static_cast<double>(4 * height_)), 4 * height_ - 1);
        constexpr unsigned kBits[4][2] = {
            {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};  // of the Unicode block
        Cell& cell = cells_[row / 4 * width_ + column / 2];
        cell.dots |= kBits[row % 4][column % 2];
        cell.style = style;
    }
    void line(double x0, double y0, double x1, double y1, std::size_t style, std::size_t gap = 1) {
        double steps = std::max(std::abs(x1 - x0) * static_cast<double>(2 * width_),
                                std::abs(y1 - y0) * static_cast<double>(4 * height_))
                       + 1;
        for (std::size_t i = 0; static_cast<double>(i) <= steps; i += gap) {
            double t = static_cast<double>(i) / steps;
            dot(x0 + t * (x1 - x0), y0 + t * (y1 - y0), style);
        }
    }
    void glyph(double x, double y, const char* text, std::size_t style) {
        if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return;
        std::size_t column = std::min(static_cast<std::size_t>(x * static_cast<double>(width_)), width_ - 1);
        std::size_t row =
            std::min(static_cast<std::size_t>((1 - y) * static_cast<double>(height_)), height_ - 1);
        Cell& cell = cells_[row * width_ + column];
        cell.glyph = text;
        cell.style = style;
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
    for (const Guide& g : chart.guides) {
        auto x = [&](std::size_t i) {
            return std::isnan(g.x[i]) ? static_cast<double>(i != 0) : xr.place(g.x[i]);
        };
        auto y = [&](std::size_t i) {
            return std::isnan(g.y[i]) ? static_cast<double>(i != 0) : yr.place(g.y[i]);
        };
        for (std::size_t i = 0; i + 1 < g.x.size(); ++i)
            canvas.line(x(i), y(i), x(i + 1), y(i + 1), kGuideStyle, 4);
    }
    for (const Series& s : chart.series)
        for (std::size_t i = 0; i + 1 < s.x.size(); ++i)
            canvas.line(xr.place(s.x[i]), yr.place(s.y[i]), xr.place(s.x[i + 1]), yr.place(s.y[i + 1]),
                        s.style);
    for (const Series& s : chart.series)
        for (std::size_t i = 0; i < s.x.size(); i += s.x.size() / 24 + 1) {
            char bound = i < s.bound.size() ? s.bound[i] : '=';
            canvas.glyph(xr.place(s.x[i]), yr.place(s.y[i]),
                         bound == '>'   ? "↑"
                         : bound == '<' ? "↓"
                                        : kGlyphs[s.style % std::size(kGlyphs)],
                         s.style);
        }
}

/// Tick labels under the axis, those that would touch left out.
std::string x_labels(const Range& xr, const ChartAxis& axis, std::size_t width) {
    std::string line;
    for (double v : ticks(xr, width / 8, axis.whole)) {
        std::string text = tick_text(v);
        std::size_t at =
            static_cast<std::size_t>(std::clamp(xr.place(v), 0.0, 1.0) * static_cast<double>(width - 1));
        at -= std::min(at, text.size() / 2);
        if (!line.empty() && at < line.size() + 1) continue;
        line += std::string(at - line.size(), ' ') + text;
    }
    return line;
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
            labels[std::min(static_cast<std::size_t>((1 - place) * kHeight), kHeight - 1)] = tick_text(v);
    }
    std::string out = concat(chart.title, "\n", chart.y.title, "\n");
    for (std::size_t r = 0; r < kHeight; ++r)
        out += concat(pad(labels[r], -static_cast<int>(kLabels)), labels[r].empty() ? " │" : " ┤",
                      canvas.row(r, colour), "\n");
    std::string axis;
    for (std::size_t i = 0; i < wide; ++i) axis += "─";
    const std::string indent(kLabels + 2, ' ');
    out += concat(std::string(kLabels + 1, ' '), "└", axis, "\n", indent, x_labels(xr, chart.x, wide), "\n",
                  indent, chart.x.title, "\n\n");
    for (const Series& s : chart.series)
        out += concat("  ", painted(kGlyphs[s.style % std::size(kGlyphs)], s.style, colour), " ", s.label);
    for (const Guide& g : chart.guides)
        if (!g.label.empty()) out += concat("   ⠒⠒ ", g.label);
    return out + "\n";
}

std::string to_terminal(const HeatMap& map, std::size_t width, bool colour) {
    constexpr const char* kShades[] = {" ", "░", "▒", "▓", "█"};
    std::size_t left = columns(map.row_title);
    for (const std::string& row : map.rows) left = std::max(left, columns(row));
    const std::size_t cells =
        std::min(map.columns.size(), (std::max<std::size_t>(width, 30) - std::min(left, width) - 2) / 9);
    std::string out = concat(map.title, "\n", pad(map.row_title, static_cast<int>(left)), "  ");
    for (std::size_t c = 0; c < cells; ++c) out += pad(map.columns[c], -9);
    for (std::size_t r = 0; r < map.rows.size(); ++r) {
        out += concat("\n", pad(map.rows[r], static_cast<int>(left)), "  ");
        for (std::size_t c = 0; c < cells; ++c) {
            double value = map.values[r][c],
                   part = std::clamp((value - map.low) / (map.high - map.low), 0.0, 1.0);
            if (std::isnan(value)) {
                out += std::string(9, ' ');
                continue;
            }
            const char* block = kShades[static_cast<std::size_t>(part * 4.999)];
            std::string number_text = pad(fixed(value, 2), -5);
            if (colour)
                out += concat("  \033[48;5;", 255 - static_cast<int>(part * 23),
                              part > 0.5 ? "m\033[97m" : "m\033[30m", number_text, " \033[0m ");
            else
                out += concat(" ", block, block, number_text, " ");
        }
    }
    return out + concat("\n", std::string(left + 2, ' '), map.column_title, "\n");
}

}  // namespace rhm

// Charts as SVG.
#include <algorithm>
#include <cmath>
#include <span>

#include "base/text.hpp"
#include "show/chart.hpp"
#include "show/svg.hpp"

namespace rhm {
namespace {

// Okabe & Ito 2008, "Color Universal Design", without their yellow, which is too light on white.
constexpr const char* kColours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                    "#e69f00", "#56b4e9", "#000000"};
constexpr const char* kDashes[] = {"", "7 3", "2 3", "9 3 2 3", "4 2"};
constexpr std::size_t kMarkers = 7;  // and six colours: no pair of them comes twice before the 43rd style
constexpr const char *kInk = "#222", *kFaint = "#ddd", *kGuide = "#777";

constexpr double kLeft = 62, kRight = 18, kTop = 34, kBottom = 48, kHeading = 34, kLegendRow = 22,
                 kBeside = 5;
constexpr std::size_t kMostShared = 8;  // entries of a legend that all panels share

/// The first colour is that of the first style alone: what all others are compared with.
const char* colour_of(std::size_t style) {
    return style == 0 ? kColours[0] : kColours[1 + (style - 1) % (std::size(kColours) - 1)];
}
const char* dash_of(std::size_t style) { return kDashes[style % std::size(kDashes)]; }

void marker(Svg& svg, std::size_t style, double x, double y, bool hollow = false) {
    const char* colour = colour_of(style);
    const char* fill = hollow ? "#fff" : colour;
    const double r = 4.2;
    const Points corners[] = {{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}},        // a square
                              {{0, -1.3}, {1.2, 1}, {-1.2, 1}},            // a triangle
                              {{0, -1.4}, {1.4, 0}, {0, 1.4}, {-1.4, 0}},  // a diamond
                              {{0, 1.3}, {1.2, -1}, {-1.2, -1}}};          // a triangle upside down
    const std::size_t kind = style % kMarkers;
    if (kind == 0) return svg.circle(x, y, r, fill, colour);
    if (kind <= std::size(corners)) {
        Points polygon = corners[kind - 1];
        for (auto& [px, py] : polygon) {
            px = x + px * r;
            py = y + py * r;
        }
        return svg.polygon(polygon, fill, 1, colour);
    }
    if (kind == 5) {
        svg.line(x - r, y, x + r, y, colour, 2.5);
        return svg.line(x, y - r, x, y + r, colour, 2.5);
    }
    svg.line(x - r, y - r, x + r, y + r, colour, 2);
    svg.line(x - r, y + r, x + r, y - r, colour, 2);
}

struct Size {
    double width, height;
};

/// The drawing area of a panel and its scales.
struct Frame {
    double x0, y0, x1, y1;  // corners in the picture, y downwards
    Range x, y;
    std::pair<double, double> at(double x_place, double y_place) const {
        return {x0 + x_place * (x1 - x0), y1 - y_place * (y1 - y0)};
    }
    double px(double v) const { return at(std::clamp(x.place(v), -0.02, 1.02), 0).first; }
    double py(double v) const { return at(0, std::clamp(y.place(v), -0.02, 1.02)).second; }
};

void draw_axes(Svg& svg, const Frame& f, const Chart& chart) {
    for (double v : ticks(f.y, 6, chart.y.whole)) {
        svg.line(f.x0, f.py(v), f.x1, f.py(v), kFaint, 1);
        svg.text(f.x0 - 6, f.py(v) + 4, tick_text(v), {"end", 12});
    }
    for (const auto& [v, text] : ticks(f.x, 8, chart.x)) {
        svg.line(f.px(v), f.y1, f.px(v), f.y1 + 5, kInk, 1);
        svg.text(f.px(v), f.y1 + 18, text, {"middle", 12});
    }
    svg.polyline({{f.x0, f.y0}, {f.x0, f.y1}, {f.x1, f.y1}}, kInk, 1);
    svg.text((f.x0 + f.x1) / 2, f.y1 + 37, chart.x.title, {"middle"});
    svg.text(f.x0 - 46, (f.y0 + f.y1) / 2, chart.y.title, {.anchor = "middle", .turn = -90});
    svg.text(f.x0, f.y0 - 10, chart.title, {.bold = true});
}

/// The guide, cut off at the frame.
void draw_guide(Svg& svg, const Frame& f, const Guide& guide) {
    auto value = [](double given, double unset) { return std::isnan(given) ? unset : given; };
    const auto [ax, ay] = f.at(f.x.place(value(guide.x[0], f.x.low)), f.y.place(value(guide.y[0], f.y.low)));
    const auto [bx, by] =
        f.at(f.x.place(value(guide.x[1], f.x.high)), f.y.place(value(guide.y[1], f.y.high)));
    double from = 0, to = 1;  // Liang & Barsky 1984, for the one segment that a guide is
    const double dx = bx - ax, dy = by - ay;
    for (auto [p, q] : {std::pair{-dx, ax - f.x0}, {dx, f.x1 - ax}, {-dy, ay - f.y0}, {dy, f.y1 - ay}}) {
        if (p == 0 && q < 0) return;
        if (p < 0) from = std::max(from, q / p);
        if (p > 0) to = std::min(to, q / p);
    }
    if (from >= to) return;
    const double ex = ax + to * dx, ey = ay + to * dy;
    svg.line(ax + from * dx, ay + from * dy, ex, ey, kGuide, 1.2, "3 3");
    if (guide.label.empty()) return;
    if (std::abs(dx) < 1e-9)
        svg.text(ex + 4, f.y1 - 6, guide.label, {"start", 11, kGuide});
    else if (std::abs(dy) < 1e-9 && ay < f.y0 + 0.4 * (f.y1 - f.y0))
        svg.text(f.x0 + 4, ay - 4, guide.label, {"start", 11, kGuide});  // learnt curves end up there
    else  // below the line, where few curves are
        svg.text(ex - 4, ey + (dy < -1e-9 ? -8 : 13), guide.label, {"end", 11, kGuide});
}

bool has_interval(const Series& s, std::size_t i) {
    return i < s.low.size() && !std::isnan(s.low[i]) && !std::isnan(s.high[i]);
}

void draw_band(Svg& svg, const Frame& f, const Series& s) {
    Points edge, back;
    for (std::size_t i = 0; i < s.x.size(); ++i) {
        if (!has_interval(s, i)) continue;
        edge.emplace_back(f.px(s.x[i]), f.py(s.high[i]));
        back.emplace_back(f.px(s.x[i]), f.py(s.low[i]));
    }
    edge.insert(edge.end(), back.rbegin(), back.rend());
    if (edge.size() > 2) svg.polygon(edge, colour_of(s.style), 0.16);
}

void draw_bars(Svg& svg, const Frame& f, const Series& s) {
    const char* colour = colour_of(s.style);
    for (std::size_t i = 0; i < s.x.size(); ++i) {
        if (!has_interval(s, i)) continue;
        double x = f.px(s.x[i]), low = f.py(s.low[i] > 0 || !f.y.log ? s.low[i] : f.y.low),
               high = f.py(std::isinf(s.high[i]) ? f.y.high * 10 : s.high[i]);
        svg.line(x, low, x, high, colour, 1.4);
        for (double end : {low, high}) svg.line(x - 3.5, end, x + 3.5, end, colour, 1.4);
    }
}

void draw_series(Svg& svg, const Frame& f, const Series& s, bool joined) {
    const char* colour = colour_of(s.style);
    Points line;
    for (std::size_t i = 0; i < s.x.size(); ++i) line.emplace_back(f.px(s.x[i]), f.py(s.y[i]));
    if (joined && line.size() > 1) svg.polyline(line, colour, 1.8, dash_of(s.style));
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char bound = bound_of(s, i);
        auto [x, y] = line[i];
        if (bound == '>' || bound == '<') {
            const double up = bound == '>' ? -1 : 1, tip = y + up * 20, barb = tip - up * 6;
            svg.line(x, y, x, tip, colour, 1.8);
            svg.polyline({{x - 4, barb}, {x, tip}, {x + 4, barb}}, colour, 1.8);
        }
        if (i % stride_of(s) == 0 || i + 1 == line.size()) marker(svg, s.style, x, y, bound != '=');
    }
}

void draw_panel(Svg& svg, const Chart& chart, double left, double top, Size size) {
    Frame f{left + kLeft,   top + kTop,    left + size.width - kRight, top + size.height - kBottom,
            x_range(chart), y_range(chart)};
    draw_axes(svg, f, chart);
    for (const Guide& guide : chart.guides) draw_guide(svg, f, guide);
    for (const Series& s : chart.series)
        if (!s.bars) draw_band(svg, f, s);
    for (std::size_t i = 0; i < chart.series.size(); ++i) {
        const Series& s = chart.series[i];
        Frame g = f;  // bars of one x stand beside each other
        if (s.bars) {
            g.x0 += kBeside * (double(i) - double(chart.series.size() - 1) / 2);
            g.x1 += g.x0 - f.x0;
            draw_bars(svg, g, s);
        }
        draw_series(svg, g, s, chart.x.words.empty());
    }
}

/// Each series once, in the order of its first appearance.
std::vector<const Series*> legend_of(std::span<const Chart> panels) {
    std::vector<const Series*> out;
    for (const Chart& panel : panels)
        for (const Series& s : panel.series) {
            const auto same = [&](const Series* known) { return known->label == s.label; };
            if (std::none_of(out.begin(), out.end(), same)) out.push_back(&s);
        }
    return out;
}

double text_width(std::string_view text) { return 7.8 * double(columns(text)); }

/// Lines of text, one below the other.
void text_lines(Svg& svg, const std::vector<std::string>& lines, double x, double y, double step,
                const Lettering& how = {}) {
    for (std::size_t i = 0; i < lines.size(); ++i) svg.text(x, y + step * double(i), lines[i], how);
}

std::size_t characters_in(double width, double character = 7.8) {
    return std::size_t(std::max(8.0, width / character));
}

/// Entries beside each other, as many as fit, their words broken where one is too long; returns the height.
double legend(Svg& svg, const std::vector<const Series*>& entries, double left, double width, double top) {
    constexpr double kMargin = 20, kSample = 42, kBetween = 22, kLine = 15;
    double x = left + kMargin, y = top + 14;
    std::size_t lines_here = 1;  // of the highest entry in the row
    for (const Series* s : entries) {
        const auto lines = lines_of(s->label, characters_in(width - kMargin - kSample));
        double wide = 0;
        for (const std::string& line : lines) wide = std::max(wide, kSample + text_width(line));
        if (x > left + kMargin && x + wide > left + width) {
            x = left + kMargin;
            y += kLegendRow + kLine * double(lines_here - 1);
            lines_here = 1;
        }
        lines_here = std::max(lines_here, lines.size());
        svg.line(x, y, x + 34, y, colour_of(s->style), 1.8, dash_of(s->style));
        marker(svg, s->style, x + 17, y);
        text_lines(svg, lines, x + kSample, y + 4.5, kLine);
        x += wide + kBetween;
    }
    return y + kLine * double(lines_here - 1) + 20 - top;
}

/// The title of the picture; returns the height.
double heading(Svg& svg, const std::string& title, double width) {
    constexpr double kLine = 20;
    const auto lines = lines_of(title, characters_in(width - 40, 9.2));
    text_lines(svg, lines, 20, 25, kLine, {.size = 16, .bold = true});
    return kHeading + kLine * double(lines.size() - 1);
}

/// Small letters at the end of a picture; returns the height.
double footnote(Svg& svg, const std::string& note, double width, double top) {
    if (note.empty()) return 0;
    constexpr double kLine = 16;
    const auto lines = lines_of(note, characters_in(width - 40, 6.4));
    text_lines(svg, lines, 20, top + 12, kLine, {.size = 12});
    return 12 + kLine * double(lines.size());
}

/// A light-to-dark scale of one hue, ordered in grey print too.
std::string shade(double part) {
    part = std::clamp(part, 0.0, 1.0);
    constexpr int kFrom[] = {0xf4, 0xf8, 0xfb}, kTo[] = {0x08, 0x3d, 0x77};
    std::string out = "#";
    for (int i = 0; i < 3; ++i) {
        int c = int(std::lround(kFrom[i] + part * (kTo[i] - kFrom[i])));
        for (int digit : {c / 16, c % 16}) out += "0123456789abcdef"[digit];
    }
    return out;
}

constexpr double kCell = 54, kCellHeight = 26, kMapTop = 56, kMapBottom = 46;

double label_width(const HeatMap& map) {
    double wide = 0;
    for (const std::string& row : map.rows) wide = std::max(wide, text_width(row));
    return wide + 44;
}
double map_width(const HeatMap& map) {
    return std::max(label_width(map) + kCell * double(map.columns.size()) + 20, text_width(map.title) + 30);
}
double map_height(const HeatMap& map) { return kMapTop + kCellHeight * double(map.rows.size()) + kMapBottom; }

void draw_map(Svg& svg, const HeatMap& map, double left, double top) {
    const double x0 = left + label_width(map), y0 = top + kMapTop,
                 middle = y0 + kCellHeight * double(map.rows.size()) / 2;
    svg.text(left + 14, top + 20, map.title, {.bold = true});
    svg.text(left + 18, middle, map.row_title, {.anchor = "middle", .turn = -90});
    for (std::size_t c = 0; c < map.columns.size(); ++c) {
        double x = x0 + kCell * double(c);
        svg.text(x + kCell / 2, y0 - 8, map.columns[c], {"middle", 12});
        for (std::size_t r = 0; r < map.rows.size(); ++r) {
            double y = y0 + kCellHeight * double(r), value = map.values[r][c];
            if (std::isnan(value)) continue;
            svg.rect(x, y, kCell - 1, kCellHeight - 1, shade(value));
            svg.text(x + kCell / 2, y + 17, fixed(value, 2),
                     {"middle", 12, value > 0.5 ? "#fefefe" : "#111"});
        }
    }
    for (std::size_t r = 0; r < map.rows.size(); ++r)
        svg.text(x0 - 8, y0 + kCellHeight * double(r) + 17, map.rows[r], {"end", 12});
    svg.text(x0 + kCell * double(map.columns.size()) / 2, y0 + kCellHeight * double(map.rows.size()) + 20,
             map.column_title, {"middle"});
}

/// What the colours of the maps mean.
constexpr double kScaleHeight = 34;
void draw_scale(Svg& svg, double top) {
    constexpr double kFrom = 50, kStep = 14;
    constexpr int kSteps = 11;
    svg.text(kFrom - 8, top + 14, "0", {"end", 12});
    for (int i = 0; i < kSteps; ++i)
        svg.rect(kFrom + kStep * i, top, kStep, 18, shade(double(i) / (kSteps - 1)));
    svg.text(kFrom + kStep * kSteps + 8, top + 14, "1", {.size = 12});
}

}  // namespace

bool same_colour(std::size_t style, std::size_t other) { return colour_of(style) == colour_of(other); }

std::string to_svg(const std::string& title, const std::vector<Chart>& panels, const std::string& note) {
    const std::size_t across = std::min<std::size_t>(panels.size(), panels.size() == 4 ? 2 : 3),
                      down = (panels.size() + across - 1) / across;
    const Size size = panels.size() == 1 ? Size{600, 380} : Size{400, 300};
    const double width = size.width * double(across);
    const auto entries = legend_of(panels);
    const bool own = panels.size() > 1 && entries.size() > kMostShared;  // each panel has its own legend
    auto own_legend = [&](Svg& svg, const Chart& panel, double x, double y) {
        return own ? legend(svg, legend_of({&panel, 1}), x, size.width, y) : 0;
    };
    double row = size.height;
    Svg svg, scratch;
    for (const Chart& panel : panels) row = std::max(row, size.height + own_legend(scratch, panel, 0, 0));
    const double under = heading(svg, title, width);
    for (std::size_t i = 0; i < panels.size(); ++i) {
        const double x = size.width * double(i % across), y = under + row * double(i / across);
        draw_panel(svg, panels[i], x, y, size);
        own_legend(svg, panels[i], x, y + size.height);
    }
    double end = under + row * double(down);
    if (!own) end += legend(svg, entries, 0, width, end);
    end += footnote(svg, note, width, end);
    return svg.done(width, end, title);
}

std::string to_svg(const std::string& title, const std::vector<HeatMap>& panels, const std::string& note) {
    constexpr double kMostWidth = 1200;
    std::vector<std::pair<double, double>> places;
    double x = 0, y = kHeading, row = 0, width = text_width(title) * 1.3 + 40;
    for (const HeatMap& map : panels) {
        if (x > 0 && x + map_width(map) > kMostWidth) {
            x = 0;
            y += row;
            row = 0;
        }
        places.emplace_back(x, y);
        x += map_width(map);
        row = std::max(row, map_height(map));
        width = std::max(width, x);
    }
    Svg svg;
    svg.text(20, 25, title, {.size = 16, .bold = true});
    draw_scale(svg, y + row);
    double end = y + row + kScaleHeight;
    end += footnote(svg, note, width, end);
    for (std::size_t i = 0; i < panels.size(); ++i)
        draw_map(svg, panels[i], places[i].first, places[i].second);
    return svg.done(width, end, title);
}

}  // namespace rhm

// Charts as values, drawn as SVG or in the terminal. Series differ by colour (Okabe & Ito's, safe for
// colour-blind eyes), marker and dash, so that each is told apart in black and white too.
#pragma once
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace rhm {

/// Whether two styles have the same colour; markers and dashes tell them apart in any case.
bool same_colour(std::size_t style, std::size_t other);

struct Series {
    std::string label;
    std::size_t style = 0;  ///< chooses colour, marker and dash: equal styles look the same in every panel
    std::vector<double> x = {}, y = {};
    std::vector<double> low = {}, high = {};  ///< the interval of each point, or empty; NaN: none
    std::vector<char> bound = {};  ///< '>': y is a lower bound (an arrow up), '<': an upper one; or empty
    bool bars = false;             ///< intervals as bars instead of a band
};

struct ChartAxis {
    std::string title;
    bool log = false;
    bool whole = false;                   ///< ticks at whole numbers only
    double low = NAN, high = NAN;         ///< NaN: from the data
    std::vector<std::string> words = {};  ///< of categories, which stand at 0, 1, ...: no line joins them
};

/// A thin dashed line with a word.
struct Guide {
    std::string label;
    double x[2], y[2];  ///< from and to; NaN stands for the end of the axis
};

struct Chart {
    std::string title;
    ChartAxis x, y;
    std::vector<Series> series = {};
    std::vector<Guide> guides = {};
};

/// Rows of cells, coloured from 0 to 1, each with its number.
struct HeatMap {
    std::string title, row_title, column_title;
    std::vector<std::string> rows = {}, columns = {};
    std::vector<std::vector<double>> values = {};  ///< [row][column]; NaN: empty
};

/// Panels side by side, at most three in a row, with one legend below, or one below each panel when it would
/// be long. `note`: what its marks mean, in small letters at the end.
std::string to_svg(const std::string& title, const std::vector<Chart>& panels, const std::string& note = {});
std::string to_svg(const std::string& title, const std::vector<HeatMap>& panels,
                   const std::string& note = {});

/// The same with Unicode block characters, `width` columns wide; colours when `colour`.
std::string to_terminal(const Chart& chart, std::size_t width, bool colour);
std::string to_terminal(const HeatMap& map, std::size_t width, bool colour);

// Parts that both drawings share.

/// The ends of an axis: of the given numbers, a little wider, or as the axis says.
struct Range {
    double low = 0, high = 1;
    bool log = false;
    double place(double value) const;  ///< 0 at the low end, 1 at the high end
};
Range x_range(const Chart& chart);
Range y_range(const Chart& chart);
/// Round numbers within the range, at most about `most` of them.
std::vector<double> ticks(const Range& range, std::size_t most, bool whole);
std::string tick_text(double value);
/// '=', or whether a point of a series is a bound.
char bound_of(const Series& series, std::size_t point);
/// Of a dense curve every so many points have a marker.
std::size_t stride_of(const Series& series);
/// The same of an axis: each place with its text.
std::vector<std::pair<double, std::string>> ticks(const Range& range, std::size_t most,
                                                  const ChartAxis& axis);

}  // namespace rhm

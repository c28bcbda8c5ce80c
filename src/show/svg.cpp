#include "show/svg.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"

namespace rhm {

// Where the reader's screen is dark: paper, ink, lines and the black curve, by the colours that they have on
// white. What reads no style sheets draws on white.
static constexpr std::string_view kDark =
    "<style>@media(prefers-color-scheme:dark){svg [fill='#fff']{fill:#181a1b}svg "
    "[fill='#222']{fill:#ddd}svg [stroke='#222']{stroke:#ddd}svg [stroke='#ddd']{stroke:#444}svg "
    "[fill='#777']{fill:#aaa}svg [stroke='#777']{stroke:#aaa}svg [fill='#000000']{fill:#fff}svg "
    "[stroke='#000000']{stroke:#fff}}</style>\n";

static std::string at(double x) { return number(std::round(x * 100) / 100 + 0.0); }  // + 0.0: no -0

static std::string list(const Points& points) {
    std::string out;
    for (auto [x, y] : points) out += concat(out.empty() ? "" : " ", at(x), ",", at(y));
    return out;
}

Svg::Svg(double width, double height, std::string_view title) {
    text_ = concat("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", at(width), "\" height=\"",
                   at(height), "\" viewBox=\"0 0 ", at(width), " ", at(height),
                   "\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" role=\"img\">\n<title>",
                   xml_text(title), "</title>\n", kDark);
    rect(0, 0, width, height, "#fff");  // its own page
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view colour, double width,
               std::string_view dash) {
    polyline({{x1, y1}, {x2, y2}}, colour, width, dash);
}

void Svg::polyline(const Points& points, std::string_view colour, double width, std::string_view dash) {
    text_ += concat("<polyline points=\"", list(points), "\" fill=\"none\" stroke=\"", colour,
                    "\" stroke-width=\"", at(width), "\" stroke-linejoin=\"round\"");
    if (!dash.empty()) text_ += concat(" stroke-dasharray=\"", dash, "\"");
    text_ += "/>\n";
}

void Svg::polygon(const Points& points, std::string_view fill, double opacity, std::string_view stroke) {
    text_ += concat("<polygon points=\"", list(points), "\" fill=\"", fill, "\"");
    if (opacity < 1) text_ += concat(" fill-opacity=\"", at(opacity), "\"");
    if (stroke != "none") text_ += concat(" stroke=\"", stroke, "\" stroke-width=\"1.5\"");
    text_ += "/>\n";
}

void Svg::circle(double x, double y, double r, std::string_view fill, std::string_view stroke) {
    text_ += concat("<circle cx=\"", at(x), "\" cy=\"", at(y), "\" r=\"", at(r), "\" fill=\"", fill,
                    "\" stroke=\"", stroke, "\" stroke-width=\"1.5\"/>\n");
}

void Svg::rect(double x, double y, double width, double height, std::string_view fill) {
    text_ += concat("<rect x=\"", at(x), "\" y=\"", at(y), "\" width=\"", at(width), "\" height=\"",
                    at(height), "\" fill=\"", fill, "\"/>\n");
}

void Svg::text(double x, double y, std::string_view text, std::string_view anchor, double size,
               std::string_view colour, double turn, bool bold) {
    text_ += concat("<text x=\"", at(x), "\" y=\"", at(y), "\" text-anchor=\"", anchor, "\" font-size=\"",
                    at(size), "\" fill=\"", colour, "\"");
    if (bold) text_ += " font-weight=\"bold\"";
    if (turn != 0) text_ += concat(" transform=\"rotate(", at(turn), " ", at(x), " ", at(y), ")\"");
    text_ += concat(">", xml_text(text), "</text>\n");
}

}  // namespace rhm

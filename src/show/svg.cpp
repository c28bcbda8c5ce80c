#include "show/svg.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"

namespace rhm {

// Where the reader's screen is dark: paper, ink, lines and the black curve, by the colours that they have on
// white. What reads no style sheets draws on white.
static constexpr std::string_view kDark =
    "<style>@media(prefers-color-scheme:dark){svg [fill='#fff']{fill:#181a1b}svg [fill='#222']{fill:#ddd}svg "
    "[stroke='#222']{stroke:#ddd}svg [stroke='#ddd']{stroke:#444}svg [fill='#777']{fill:#aaa}svg "
    "[stroke='#777']{stroke:#aaa}svg [fill='#000000']{fill:#fff}svg "
    "[stroke='#000000']{stroke:#fff}}</style>\n";

static std::string at(double x) { return number(std::round(x * 100) / 100 + 0.0); }  // + 0.0: no -0

static std::string set(std::string_view name, std::string_view value) {
    return concat(" ", name, "=\"", value, "\"");
}
static std::string set(std::string_view name, double x) { return set(name, at(x)); }
static std::string set(const Points& points) {
    std::string out;
    for (auto [x, y] : points) out += concat(out.empty() ? "" : " ", at(x), ",", at(y));
    return set("points", out);
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view colour, double width,
               std::string_view dash) {
    polyline({{x1, y1}, {x2, y2}}, colour, width, dash);
}

void Svg::polyline(const Points& points, std::string_view colour, double width, std::string_view dash) {
    text_ += concat("<polyline", set(points), set("fill", "none"), set("stroke", colour),
                    set("stroke-width", width), set("stroke-linejoin", "round"),
                    dash.empty() ? "" : set("stroke-dasharray", dash), "/>\n");
}

void Svg::polygon(const Points& points, std::string_view fill, double opacity, std::string_view stroke) {
    text_ += concat("<polygon", set(points), set("fill", fill));
    if (opacity < 1) text_ += set("fill-opacity", opacity);
    if (stroke != "none") text_ += set("stroke", stroke) + set("stroke-width", 1.5);
    text_ += "/>\n";
}

void Svg::circle(double x, double y, double r, std::string_view fill, std::string_view stroke) {
    text_ += concat("<circle", set("cx", x), set("cy", y), set("r", r), set("fill", fill),
                    set("stroke", stroke), set("stroke-width", 1.5), "/>\n");
}

void Svg::rect(double x, double y, double width, double height, std::string_view fill) {
    text_ += concat("<rect", set("x", x), set("y", y), set("width", width), set("height", height),
                    set("fill", fill), "/>\n");
}

void Svg::text(double x, double y, std::string_view text, const Lettering& how) {
    text_ += concat("<text", set("x", x), set("y", y), set("text-anchor", how.anchor),
                    set("font-size", how.size), set("fill", how.colour));
    if (how.bold) text_ += set("font-weight", "bold");
    if (how.turn != 0)
        text_ += set("transform", concat("rotate(", at(how.turn), " ", at(x), " ", at(y), ")"));
    text_ += concat(">", xml_text(text), "</text>\n");
}

std::string Svg::done(double width, double height, std::string_view title) const {
    Svg paper;
    paper.rect(0, 0, width, height, "#fff");
    return concat("<svg", set("xmlns", "http://www.w3.org/2000/svg"), set("width", width),
                  set("height", height), set("viewBox", concat("0 0 ", at(width), " ", at(height))),
                  set("font-family", "Helvetica, Arial, 'DejaVu Sans', sans-serif"), set("role", "img"),
                  ">\n<title>", xml_text(title), "</title>\n", kDark, paper.text_, text_, "</svg>\n");
}

}  // namespace rhm

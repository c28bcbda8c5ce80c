// A small writer of SVG 1.1. Coordinates are rounded to hundredths, so the same picture has the same bytes.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rhm {

using Points = std::vector<std::pair<double, double>>;

/// How a text looks.
struct Lettering {
    std::string_view anchor = "start";  ///< start, middle or end
    double size = 13;
    std::string_view colour = "#222";
    double turn = 0;  ///< degrees about its place
    bool bold = false;
};

class Svg {
public:
    void line(double x1, double y1, double x2, double y2, std::string_view colour, double width,
              std::string_view dash = {});
    void polyline(const Points& points, std::string_view colour, double width, std::string_view dash = {});
    void polygon(const Points& points, std::string_view fill, double opacity = 1,
                 std::string_view stroke = "none");
    void circle(double x, double y, double r, std::string_view fill, std::string_view stroke);
    void rect(double x, double y, double width, double height, std::string_view fill);
    void text(double x, double y, std::string_view text, const Lettering& how = {});

    /// The whole document, of a size that may be known only when all is drawn.
    std::string done(double width, double height, std::string_view title) const;

private:
    std::string text_;
};

}  // namespace rhm

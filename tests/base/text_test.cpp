// Numbers from text, whatever the standard library has for them.
#include "catch.hpp"

#include <cmath>

#include "base/text.hpp"

using namespace rhm;

TEST_CASE("a number is the whole text, and nothing that only strtod would take", "[text]") {
    for (auto [text, value] : {std::pair{"0.1", 0.1},
                               {"-2", -2.0},
                               {"+3", 3.0},
                               {".5", 0.5},
                               {"5.", 5.0},
                               {"1e+5", 1e5},
                               {"4.9e-324", 4.9e-324},
                               {"1.7976931348623157e308", 1.7976931348623157e308}})
        CHECK(parse_double(text) == value);
    CHECK(std::isinf(*parse_double("-inf")));
    CHECK(std::isnan(*parse_double("nan")));
    for (std::string_view text : {"", "+", "-", "+-1", "--1", " 1", "1 ", "\t1", "0x1p3", "0X10", "1e", "1,5",
                                  "1e999", "-1e999", "1e-999", "one", "1\n"})
        CHECK_FALSE(parse_double(text));
    CHECK_FALSE(parse_double(std::string_view("1\0", 2)));
    CHECK(parse_double(std::string_view("12345", 3)) == 123.0);
}

TEST_CASE("a number is read back as it was written", "[text]") {
    for (double x :
         {0.1, 1.0 / 3, 1e-3, 2.2250738585072014e-308, 5e-324, -123456789.123456789, 6.02214076e23})
        CHECK(parse_double(number(x)) == x);
}

#include "base/error.hpp"

#include <charconv>

namespace rhm {
namespace {

constexpr std::size_t kLongest = 64;  // more than any number below takes

}  // namespace

void append(std::string& out, std::string_view text) { out += text; }
void append(std::string& out, char c) { out += c; }

void append(std::string& out, long long x) {
    char digits[kLongest];
    out.append(digits, std::to_chars(digits, digits + kLongest, x).ptr);
}

void append(std::string& out, unsigned long long x) {
    char digits[kLongest];
    out.append(digits, std::to_chars(digits, digits + kLongest, x).ptr);
}

void append(std::string& out, double x) {
    char digits[kLongest];
    out.append(digits, std::to_chars(digits, digits + kLongest, x, std::chars_format::general, 6).ptr);
}

}  // namespace rhm

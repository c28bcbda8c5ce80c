#include "io/screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>

#include "base/error.hpp"
#include "base/text.hpp"
#include "io/file.hpp"

namespace rhm {

constexpr std::size_t kLeast = 30;  // narrower than this nothing can be read anyway

static std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

static std::size_t columns_wanted() {
    const auto columns = parse_integer(environment("COLUMNS"));
    return columns && *columns > 0 && *columns < 100000 ? std::size_t(*columns) : 0;
}

/// Zeros where it is not known.
static ScreenSize terminal_size(int descriptor) {
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return {0, 0};
    return {size.ws_col, size.ws_row};
}

std::size_t screen_width() {
    std::size_t width = columns_wanted();
    if (width == 0) width = terminal_size(STDOUT_FILENO).columns;
    return width == 0 ? 80 : std::max(width, kLeast);
}

/// The cursor moves on the real terminal, whatever width is wanted.
ScreenSize stderr_size() {
    ScreenSize size = terminal_size(STDERR_FILENO);
    if (size.columns == 0) size.columns = columns_wanted();
    if (size.columns == 0) size.columns = 80;
    if (size.rows < 2) size.rows = 24;
    return size;
}

bool terminal_moves() { return environment("TERM") != "dumb"; }

bool screen_colour() { return stdout_is_terminal() && terminal_moves() && environment("NO_COLOR").empty(); }

static bool screen_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        std::string locale(environment(name));
        if (locale.empty()) continue;
        for (char& c : locale) c = char(std::tolower(std::uint8_t(c)));
        return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
    }
    return false;
}

std::string screen_text(std::string_view text) { return screen_utf8() ? std::string(text) : to_ascii(text); }

void print_text(std::string_view text) { print(screen_text(text)); }

std::size_t text_width() {
    constexpr std::size_t kMost = 100;  // longer lines are hard to read
    return std::min(screen_width(), kMost);
}

std::string sentence(std::string_view text) { return wrap(printable(text), text_width(), 0) + "\n"; }

void notice(std::string_view sentence) {
    try {
        std::string line = concat("rhm: ", screen_text(printable(sentence)));
        if (stderr_is_terminal()) line = wrap(line, stderr_size().columns, 2);
        std::fprintf(stderr, "%s\n", line.c_str());
    } catch (const std::bad_alloc&) {  // it may be what the sentence is about
        std::fputs("rhm: ", stderr);
        for (char c : sentence) std::fputc(c >= ' ' && c < 127 ? c : '?', stderr);
        std::fputc('\n', stderr);
    }
}

}  // namespace rhm

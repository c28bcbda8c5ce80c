// What people read: how wide it may be, whether it may have colour and more than ASCII. Data (JSON, CSV, SVG,
// NPY) go out by print() of io/file.hpp, as they are.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace rhm {

/// Columns of standard output: COLUMNS when it is set, else the terminal's, else 80.
std::size_t screen_width();
/// Columns and lines of the terminal that standard error is, else 80 and 24.
struct ScreenSize {
    std::size_t columns, rows;
};
ScreenSize stderr_size();
/// Whether sequences that move the cursor are understood: TERM is not "dumb".
bool terminal_moves();
/// Whether text on standard output has colours: on a terminal that is not dumb, without NO_COLOR.
bool screen_colour();

/// Text to standard output, in ASCII where the locale (the first of LC_ALL, LC_CTYPE and LANG that is set) is
/// not one of UTF-8.
void print_text(std::string_view text);
/// The text in the characters that print_text() prints.
std::string screen_text(std::string_view text);
/// Sentences as lines that fit standard output, at most 100 columns; names in them may hold any character.
std::string sentence(std::string_view text);
/// The columns of tables and sentences.
std::size_t text_width();
/// "rhm: " and a sentence as a line on standard error, whatever characters are in it. On a terminal it is
/// wrapped.
void notice(std::string_view sentence);

}  // namespace rhm

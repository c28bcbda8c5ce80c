#include "io/progress.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include "base/error.hpp"
#include "base/text.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"

namespace rhm {

Progress::Progress(bool wanted, Clock::duration every)
    : live_(wanted && stderr_is_terminal() && terminal_moves()),
      log_(wanted && !stderr_is_terminal()),
      every_(live_ ? std::chrono::milliseconds(100) : every),
      last_(live_ ? Clock::time_point{} : start_) {}

/// What of a line is left of the last column.
static std::string cut(std::string_view line, std::size_t width) {
    std::string out;
    for_each_character(line, [&](std::string_view character, bool) {
        if (columns(out) + 1 < width) out += character;
    });
    return out;
}

void Progress::show(double done, double total, std::string_view text,
                    const std::function<std::vector<std::string>()>& rows) {
    auto now = Clock::now();
    if (!(live_ || log_) || now - last_ < every_) return;
    last_ = now;
    double elapsed = std::chrono::duration<double>(now - start_).count(), part = total > 0 ? done / total : 0;
    std::string line = pad(fixed(100 * part, 0), -3) + "%  " + seconds_text(elapsed);
    if (part > 0.02 && elapsed > 1) line += ", " + seconds_text(elapsed * (1 - part) / part) + " left";
    line += concat("  ", text);  // last, as a narrow terminal cuts it off
    if (log_) {
        std::fputs(concat("rhm: ", line, "\n").c_str(), stderr);
        std::fflush(stderr);
        return;
    }
    const auto [width, height] = stderr_size();
    std::string out = home();
    const std::vector<std::string> table = rows ? rows() : std::vector<std::string>();
    above_ = std::min(table.size(), height - 2);
    const std::size_t hidden = table.size() - above_;  // below the headings: those rows ended first
    for (std::size_t i = 0; i < above_; ++i) out += cut(table[i == 0 ? 0 : hidden + i], width) + "\033[K\n";
    out += cut(line, width) + "\033[J";
    std::fputs(out.c_str(), stderr);
    std::fflush(stderr);
    shown_ = true;
}

/// Moves to the first line of what is shown.
std::string Progress::home() const { return above_ > 0 ? concat("\r\033[", above_, "A") : "\r"; }

void Progress::clear() {
    if (!shown_) return;
    std::fputs((home() + "\033[J").c_str(), stderr);
    std::fflush(stderr);
    above_ = 0;
    shown_ = false;
}

}  // namespace rhm

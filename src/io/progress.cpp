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

static std::string cut(std::string line, std::size_t width) {
    while (columns(line) >= width && !line.empty()) {
        while (!line.empty() && (line.back() & 0xC0) == 0x80)
            line.pop_back();  // the rest of a UTF-8 character
        line.pop_back();
    }
    return line;
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
    above_ = 0;
    std::vector<std::string> table = rows ? rows() : std::vector<std::string>();
    const std::size_t shown = std::min(table.size(), height - 2),
                      first =
                          table.size() - shown;  // under the headings the last rows: those above ended before
    for (std::size_t i = 0; i < shown; ++i, ++above_)
        out += cut(table[i == 0 ? 0 : first + i], width) + "\033[K\n";
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

#include "out/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/text.hpp"
#include "out/file.hpp"

namespace rhm {

Progress::Progress(bool wanted) : active_(wanted && stderr_is_terminal()) {}

static std::string cut(std::string line, std::size_t width) {
    while (columns(line) >= width && !line.empty()) {
        while (!line.empty() && (line.back() & 0xC0) == 0x80) line.pop_back();  // the rest of a UTF-8 character
        line.pop_back();
    }
    return line;
}

void Progress::show(double done, double total, std::string_view text, const std::function<std::vector<std::string>()>& rows) {
    auto now = Clock::now();
    if (!active_ || now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    double elapsed = std::chrono::duration<double>(now - start_).count(), part = total > 0 ? done / total : 0;
    std::string line = pad(fixed(100 * part, 0), -3) + "%  " + std::string(text) + "  " + seconds_text(elapsed);
    if (part > 0.02 && elapsed > 1) line += ", " + seconds_text(elapsed * (1 - part) / part) + " left";
    winsize size{};
    bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
    std::size_t width = known && size.ws_col > 0 ? size.ws_col : 80, height = known && size.ws_row > 1 ? size.ws_row : 24;
    clear();
    std::string out;
    if (rows)
        for (const std::string& row : rows())
            if (above_ + 2 < height) out += cut(row, width) + "\n", ++above_;
    out += cut(line, width);
    std::fputs(out.c_str(), stderr);
    std::fflush(stderr);
    shown_ = true;
}

void Progress::clear() {
    if (!shown_) return;
    std::fputs("\r\033[K", stderr);
    for (; above_ > 0; --above_) std::fputs("\033[A\033[K", stderr);
    std::fflush(stderr);
    shown_ = false;
}

}  // namespace rhm

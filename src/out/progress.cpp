#include "out/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/text.hpp"
#include "out/file.hpp"

namespace rhm {

Progress::Progress(bool wanted) : active_(wanted && stderr_is_terminal()) {}

void Progress::show(double done, double total, std::string_view text) {
    auto now = Clock::now();
    if (!active_ || now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    double elapsed = std::chrono::duration<double>(now - start_).count(), part = total > 0 ? done / total : 0;
    std::string line = pad(fixed(100 * part, 0), -3) + "%  " + std::string(text) + "  " + seconds_text(elapsed);
    if (part > 0.02 && elapsed > 1) line += ", " + seconds_text(elapsed * (1 - part) / part) + " left";
    winsize size{};
    std::size_t width = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
    while (columns(line) >= width && !line.empty()) line.pop_back();
    std::fprintf(stderr, "\r\033[K%s", line.c_str());
    std::fflush(stderr);
    shown_ = true;
}

void Progress::clear() {
    if (shown_) std::fputs("\r\033[K", stderr), std::fflush(stderr);
    shown_ = false;
}

}  // namespace rhm

// One line on standard error that is rewritten while work goes on; nothing at all unless standard error is a terminal.
#pragma once
#include <chrono>
#include <string_view>

namespace rhm {

class Progress {
public:
    explicit Progress(bool wanted);
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// `done` of `total` work is done (any unit); shows percentage, `text`, elapsed time and the time that is left. At most ten
    /// times a second.
    void show(double done, double total, std::string_view text);
    void clear();

private:
    using Clock = std::chrono::steady_clock;
    bool active_, shown_ = false;
    Clock::time_point start_ = Clock::now(), last_{};
};

}  // namespace rhm

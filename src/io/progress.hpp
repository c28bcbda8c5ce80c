// One line (or a small table) on standard error that is rewritten while work goes on. Where standard error is
// no terminal a line a minute, so that a log shows a long job to be alive; nothing on a terminal whose cursor
// cannot be moved.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rhm {

class Progress {
public:
    using Clock = std::chrono::steady_clock;

    /// `every`: the time between two lines of a log.
    explicit Progress(bool wanted, Clock::duration every = std::chrono::minutes(1));
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// `done` of `total` work is done (any unit); shows percentage, `text`, elapsed time and the time that is
    /// left, below a table whose lines are rewritten too. At most ten times a second; `rows` is asked only
    /// when it is time to draw.
    void show(double done, double total, std::string_view text,
              const std::function<std::vector<std::string>()>& rows = {});
    void clear();

private:
    std::string home() const;
    bool live_, log_, shown_ = false;
    std::size_t above_ = 0;  ///< lines of the table on the screen
    Clock::duration every_;
    Clock::time_point start_ = Clock::now(), last_;
};

}  // namespace rhm

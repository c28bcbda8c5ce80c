#include "base/team.hpp"

#include <system_error>

namespace rhm {
namespace {

thread_local Team* mine = nullptr;

/// Returns when x is no longer `old`: looks for some 10 microseconds, then sleeps. (Yielding instead would give a whole time slice to
/// whatever else runs.)
void await_change(const std::atomic<std::uint32_t>& x, std::uint32_t old) {
    for (int look = 0; look < 20000; ++look)
        if (x.load(std::memory_order_acquire) != old) return;
    x.wait(old, std::memory_order_acquire);
}

}  // namespace

Team* Team::of_this_thread() { return mine; }

Team::Team(std::size_t threads) {
    try {
        for (std::size_t i = 1; i < threads; ++i) others_.emplace_back([this, i] { serve(i); });
    } catch (const std::system_error&) {  // no more threads: these will do
    }
    count_ = others_.size() + 1;
    if (count_ > 1) mine = this;
}

Team::~Team() {
    if (mine == this) mine = nullptr;
    part_ = nullptr;
    ++round_;
    round_.notify_all();
    for (auto& thread : others_) thread.join();
}

void Team::run(Part part, const void* work) {
    part_ = part;
    work_ = work;
    busy_.store(static_cast<std::uint32_t>(count_ - 1), std::memory_order_relaxed);
    round_.fetch_add(1, std::memory_order_release);  // from here on the others see part_ and work_
    round_.notify_all();
    part(work, 0, count_);
    while (const std::uint32_t busy = busy_.load(std::memory_order_acquire)) await_change(busy_, busy);
}

void Team::serve(std::size_t index) {
    for (std::uint32_t seen = 0;; ++seen) {
        await_change(round_, seen);  // run() waits for everyone: no round is missed
        if (!part_) return;
        part_(work_, index, count_);
        if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
    }
}

}  // namespace rhm

#include "matrix/team.hpp"

#include <utility>

#include "matrix/denormals.hpp"

namespace rhm {
namespace {

thread_local Team* mine = nullptr;

/// Returns when x is no longer `old`: looks for some 10 microseconds, then sleeps. (Yielding instead would
/// give a whole time slice to whatever else runs.)
void await_change(const std::atomic<std::uint32_t>& x, std::uint32_t old) {
    for (int look = 0; look < 20000; ++look)
        if (x.load(std::memory_order_acquire) != old) return;
    x.wait(old, std::memory_order_acquire);
}

}  // namespace

Team* Team::of_this_thread() { return mine; }

Team::Team(std::size_t threads) {
    try {
        for (std::size_t i = 1; i < threads; ++i) others_.emplace_back([this] { serve(); });
    } catch (const std::exception&) {  // no more threads, or no memory for them: these will do
    }
    count_ = others_.size() + 1;
    if (count_ > 1) mine = this;
}

Team::~Team() {
    if (mine == this) mine = nullptr;
    over_ = true;
    ++round_;
    round_.notify_all();
    for (auto& thread : others_) thread.join();
}

void Team::run(Part part, const void* work) {
    part_ = part;
    work_ = work;
    no_denormals_ = NoDenormals::on();
    done_.store(0, std::memory_order_relaxed);
    next_.store(0, std::memory_order_release);  // whoever takes a part sees part_ and work_
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
    take_parts();
    for (std::uint32_t done; (done = done_.load(std::memory_order_acquire)) < count_;)
        await_change(done_, done);
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

/// Takes the next part as long as there is one. Who comes late, even from an earlier round, finds none or a
/// part of this round, which does not end before that part is done.
void Team::take_parts() {
    for (std::size_t i; (i = next_.fetch_add(1, std::memory_order_acq_rel)) < count_;) {
        const NoDenormals as_owner(no_denormals_);
        try {
            part_(work_, i, count_);
        } catch (...) {  // no memory for what a thread keeps: the owner of the team is told
            std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
        }
        if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == count_) done_.notify_one();
    }
}

void Team::serve() {
    for (std::uint32_t seen = 0;;) {
        await_change(round_, seen);
        if (over_) return;
        seen = round_.load(std::memory_order_acquire);
        take_parts();
    }
}

}  // namespace rhm

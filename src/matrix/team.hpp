// Threads that share one large loop. Independent runs are shared by run_jobs (pool.hpp); this is for a single
// run: the kernels called by the thread that owns a Team share rows, columns or elements. No number depends
// on the ranges.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace rhm {

/// The calling thread and `threads` - 1 others (fewer if the system gives no more), from construction to
/// destruction. Only the thread that made it has the use of it, one team at a time. The others look out for
/// work for some microseconds before they sleep: the next loop of a step follows soon.
class Team {
public:
    using Part = void (*)(const void* work, std::size_t index, std::size_t count);

    explicit Team(std::size_t threads);
    ~Team();
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;

    std::size_t size() const { return count_; }
    std::size_t rounds() const { return round_; }  ///< how often run() was called
    /// part(work, i, size()) for every i < size(); returns when all have returned, and throws what one of
    /// them threw. A member that is kept busy or asleep is not waited for: the others do its part.
    void run(Part part, const void* work);

    static Team* of_this_thread();  ///< null: none

private:
    void serve();
    void take_parts();

    std::size_t count_ = 1;
    Part part_ = nullptr;
    const void* work_ = nullptr;
    bool no_denormals_ = false;                                // as the owner has it
    std::atomic<std::uint32_t> round_{0}, next_{0}, done_{0};  // part to be taken next, parts done
    std::atomic<bool> over_{false};
    std::mutex mutex_;
    std::exception_ptr failure_;  // of a part of this round
    std::vector<std::thread> others_;
};

/// work(first, n) for ranges that together are 0 .. count - 1, on the team of this thread if there is one and
/// the loop is worth it: to wake, to wait and to fetch what another core has written costs some 10
/// microseconds, and 50 when other programs want the cores. Ranges begin at multiples of `grain`.
/// `nanoseconds`: a guess at the whole on one thread.
template <class Work>
void share(std::size_t count, std::size_t grain, double nanoseconds, const Work& work) {
    Team* const team = Team::of_this_thread();
    constexpr double worth = 400000;  // nanoseconds; on idle cores a tenth would do
    if (!team || nanoseconds < worth) return work(std::size_t{0}, count);
    const auto part = [&](std::size_t index, std::size_t members) {
        const std::size_t grains = (count + grain - 1) / grain;
        const auto cut = [&](std::size_t i) { return i == members ? count : grains * i / members * grain; };
        if (cut(index) < cut(index + 1)) work(cut(index), cut(index + 1) - cut(index));
    };
    team->run(
        [](const void* f, std::size_t i, std::size_t n) { (*static_cast<const decltype(part)*>(f))(i, n); },
        &part);
}

}  // namespace rhm

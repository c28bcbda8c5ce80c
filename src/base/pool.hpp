// Independent jobs on several threads.
#pragma once
#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/machine.hpp"

namespace rhm {

/// Threads to use: `wanted`, or all cores that this process may use when it is 0.
inline std::size_t thread_count(int wanted) { return wanted > 0 ? std::size_t(wanted) : usable_cores(); }

/// Calls job(i) for i = 0 .. count - 1, each once, on up to `threads` threads. The first exception stops
/// further jobs and is thrown here when the running ones have ended.
inline void run_jobs(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& job) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex mutex;
    auto work = [&] {
        for (std::size_t i; (i = next++) < count;) {
            try {
                job(i);
            } catch (...) {
                std::lock_guard lock(mutex);
                if (!failure) failure = std::current_exception();
                next = count;
            }
        }
    };
    std::vector<std::thread> others;
    try {
        for (std::size_t t = 1; t < std::min(threads, count); ++t) others.emplace_back(work);
    } catch (const std::exception&) {  // no more threads, or no memory for them: these will do
    }
    work();
    for (auto& thread : others) thread.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace rhm

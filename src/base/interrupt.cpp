#include "base/interrupt.hpp"

#include <atomic>
#include <csignal>

#include "base/error.hpp"

namespace rhm {

static std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" {
static void on_signal(int signal) {
    received = signal;
    std::signal(signal, SIG_DFL);
}
}

void catch_interrupts() {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write, reported like any other
}

int interrupt_signal() { return received; }

void stop_if_interrupted() {
    if (received)
        fail(static_cast<Exit>(128 + received),
             "interrupted before it was done; start the same command again");
}

}  // namespace rhm

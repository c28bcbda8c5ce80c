#include "base/interrupt.hpp"

#include <atomic>
#include <csignal>

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

}  // namespace rhm

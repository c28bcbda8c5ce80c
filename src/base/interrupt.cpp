#include "base/interrupt.hpp"

#include <signal.h>

#include <atomic>

#include "base/error.hpp"

namespace rhm {

static std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" {
static void on_signal(int signal) { received = signal; }
}

static void handle(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    // Without SA_RESTART: a read or an open that waits is interrupted, and asks whether to go on. Only a
    // second Ctrl-C is impatience: a closed session, a batch system and timeout(1) may send theirs twice at
    // once.
    if (signal == SIGINT) action.sa_flags = int(SA_RESETHAND);
    ::sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
}

void catch_interrupts() {
    for (int signal : {SIGINT, SIGTERM, SIGXCPU}) handle(signal, on_signal);
    struct sigaction before {};
    if (::sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) handle(SIGHUP, on_signal);
    for (int signal : {SIGPIPE, SIGXFSZ}) handle(signal, SIG_IGN);
}

int interrupt_signal() { return received; }

void stop_if_interrupted() {
    if (received) fail(Exit(128 + received), "interrupted before it was done; start the same command again");
}

}  // namespace rhm

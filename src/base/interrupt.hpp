// Ctrl-C, a closed session and other requests to stop, as a question that long loops ask.
#pragma once

namespace rhm {

/// From now on SIGINT, SIGTERM, SIGHUP (unless it is ignored, as under nohup) and SIGXCPU only set a flag and
/// interrupt a call that waits; a second SIGINT ends the program at once. A closed pipe and a file that
/// outgrows its limit are failed writes, reported like any other.
void catch_interrupts();
/// 0, or the number of the signal that arrived.
int interrupt_signal();
/// Throws Error(128 + signal) when a signal has arrived: for loops that have nothing to save.
void stop_if_interrupted();

}  // namespace rhm

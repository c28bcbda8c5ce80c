// Ctrl-C and SIGTERM as a question that long loops ask.
#pragma once

namespace rhm {

/// From now on SIGINT and SIGTERM only set a flag; a second one ends the program at once.
void catch_interrupts();
/// 0, or the number of the signal that arrived.
int interrupt_signal();
/// Throws Error(interrupted or terminated) when a signal has arrived: for loops that have nothing to save.
void stop_if_interrupted();

}  // namespace rhm

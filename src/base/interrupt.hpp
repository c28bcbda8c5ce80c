// Ctrl-C and SIGTERM as a question that long loops ask.
#pragma once

namespace rhm {

/// From now on SIGINT and SIGTERM only set a flag; a second one ends the program at once.
void catch_interrupts();
/// 0, or the number of the signal that arrived.
int interrupt_signal();

}  // namespace rhm

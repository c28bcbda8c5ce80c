// The map: words -> command (cli/) -> exit code. Commands train and measure (run/) with a rule (rules/) on a
// network (net/) and data (data/), and show what came out (out/).
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <new>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "cli/commands.hpp"
#include "out/file.hpp"

/// An error is one line, whatever the file or word that it quotes.
static void say(const char* sentence) {
    std::string line(sentence);
    for (char& c : line)
        if (static_cast<unsigned char>(c) < ' ' || c == 127) c = '?';
    std::fprintf(stderr, "rhm: %s\n", line.c_str());
}

/// A closed standard error would give its number to the next file that is opened, and that file our notices.
static void keep_stderr_apart() {
    if (::fcntl(STDERR_FILENO, F_GETFD) != -1) return;
    const int nowhere = ::open("/dev/null", O_WRONLY);
    if (nowhere < 0 || nowhere == STDERR_FILENO) return;
    ::dup2(nowhere, STDERR_FILENO);
    ::close(nowhere);
}

int main(int argc, char** argv) {
    keep_stderr_apart();
    rhm::catch_interrupts();
    rhm::Exit code = rhm::Exit::ok;
    try {
        code = rhm::run_program(std::vector<std::string_view>(argv + 1, argv + argc));
        rhm::flush_stdout();
    } catch (const rhm::Error& error) {
        say(error.what());
        code = error.code;
    } catch (const std::bad_alloc&) {
        say("there is not enough memory for this; lower --width, --batch, -P or -L");
        code = rhm::Exit::input;
    }
    return static_cast<int>(code);
}

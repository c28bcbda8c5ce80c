// The program: words -> command (cli/) -> exit code. Commands train and measure (train/) with a rule (rules/)
// on a network (net/) and data (data/), compare (study/), and show what came out (show/).
#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <new>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "cli/commands.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"

/// A closed standard stream would give its number to the next file that is opened, and that file our words.
static void keep_streams_apart() {
    for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(stream, F_GETFD) != -1) continue;
        // Reading from it and printing to it must fail as before; notices get lost.
        (void)!::open("/dev/null", stream == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
    }
}

static rhm::Exit run(int argc, char** argv) {
    try {
        const rhm::Exit code =
            rhm::run_program(std::vector<std::string_view>(argv + (argc > 0 ? 1 : 0), argv + argc));
        rhm::flush_stdout();
        return code;
    } catch (const rhm::Error& error) {
        if (error.code != rhm::Exit::closed) rhm::notice(error.what());
        return error.code;
    } catch (const std::bad_alloc&) {
        rhm::notice(
            "there is not enough memory for this; ask for fewer data, a smaller task or "
            "a smaller network");
        return rhm::Exit::input;
    } catch (const std::exception& error) {  // of the standard library; no place expects it
        rhm::notice(error.what());
        return rhm::Exit::io;
    }
}

int main(int argc, char** argv) {
    keep_streams_apart();
    rhm::catch_interrupts();
    const rhm::Exit code = run(argc, argv);
    try {
        rhm::flush_stdout();  // what was printed before an error
    } catch (const std::exception&) {}
    return static_cast<int>(code);
}

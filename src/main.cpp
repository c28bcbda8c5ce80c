// The map: words -> command (cli/) -> exit code. Commands train and measure (run/) with a rule (rules/) on a network (net/)
// and data (data/), and show what came out (out/).
#include <cstdio>
#include <new>
#include <vector>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "cli/commands.hpp"
#include "out/file.hpp"

int main(int argc, char** argv) {
    rhm::catch_interrupts();
    rhm::Exit code = rhm::Exit::ok;
    try {
        code = rhm::run_program(std::vector<std::string_view>(argv + 1, argv + argc));
        rhm::flush_stdout();
    } catch (const rhm::Error& error) {
        std::fprintf(stderr, "rhm: %s\n", error.what());
        code = error.code;
    } catch (const std::bad_alloc&) {
        std::fprintf(stderr, "rhm: there is not enough memory for this; lower --width, --batch, -P or -L\n");
        code = rhm::Exit::input;
    }
    return static_cast<int>(code);
}

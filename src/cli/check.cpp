// rhm check: the self-test of an installed program.
#include "cli/commands.hpp"
#include "io/file.hpp"
#include "study/self_test.hpp"

namespace rhm {

Exit check_command(Arguments&) {
    std::size_t passed = 0, failed = 0;
    for (const Check& check : self_test()) {
        const std::string fault = fault_of(check);
        ++(fault.empty() ? passed : failed);
        print(fault.empty() ? concat("ok ", check.name, "\n")
                            : concat("FAILED ", check.name, ": ", fault, "\n"));
    }
    print(concat(passed, " passed, ", failed, " failed\n"));
    return failed ? Exit::unmet : Exit::ok;
}

}  // namespace rhm

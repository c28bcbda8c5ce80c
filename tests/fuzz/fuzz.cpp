// For clang's libFuzzer (`make fuzz`): the target is named by the variable RHM_FUZZ.
#include <cstdint>
#include <cstdlib>

#include "targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
    const char* name = std::getenv("RHM_FUZZ");
    for (const rhm::Target& target : rhm::kTargets)
        if (name && target.name == name) rhm::feed(target, std::string(bytes, bytes + count));
    return 0;
}

#include "base/version.hpp"

#if defined(__clang__)
#define RHM_COMPILER "clang++ " __clang_version__
#else
#define RHM_COMPILER "g++ " __VERSION__
#endif
#if defined(__x86_64__)
#define RHM_PROCESSOR "x86_64"
#elif defined(__aarch64__)
#define RHM_PROCESSOR "aarch64"
#else
#define RHM_PROCESSOR "another processor"
#endif

namespace rhm {
const char* const kBuild = RHM_COMPILER ", " RHM_PROCESSOR;

const Made kMade =
#if __has_include("made.inc")
#include "made.inc"
#else
    {"unknown", "unknown", ""}
#endif
    ;
}  // namespace rhm

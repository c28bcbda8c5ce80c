#include "base/version.hpp"

#ifndef RHM_SOURCES
#define RHM_SOURCES "unknown"
#endif
#if defined(__clang__)
#define RHM_COMPILER "clang++ " __clang_version__
#else
#define RHM_COMPILER "g++ " __VERSION__
#endif

namespace rhm {
const char* const kBuild = RHM_COMPILER ", sources " RHM_SOURCES;
}

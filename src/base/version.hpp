// What built this program: part of every record, since equal bytes are promised for equal binaries.
#pragma once

namespace rhm {

inline constexpr const char* kVersion = "0.1.0";
/// Compiler, its version, and a checksum of the sources and flags: "g++ 12.2.0, sources 1234567". A changed
/// source is another build.
extern const char* const kBuild;

}  // namespace rhm

#pragma once

namespace rhm {
inline constexpr const char* kVersion = "0.1.0";
/// Compiler and its version: part of every record, since bytes are promised for one binary.
#if defined(__clang__)
inline constexpr const char* kBuild = "clang " __clang_version__;
#else
inline constexpr const char* kBuild = "g++ " __VERSION__;
#endif
}  // namespace rhm

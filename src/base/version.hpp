// What made a number: part of every record.
#pragma once

namespace rhm {

inline constexpr const char* kVersion = "0.1.0";

/// The version of the results: raise it by one with every change after which some run, whatever its options,
/// computes another number, and with no other change. Runs that were recorded with another one are not
/// compared with this program's, nor counted as done. tests/digest_test.sh tells when it has to be raised.
inline constexpr int kResults = 7;

/// The compiler, its version and the processor it compiled for: "g++ 12.2.0, x86_64". For people: whether two
/// builds give the same bytes is told by matrix/arithmetic.hpp.
extern const char* const kBuild;

/// What the Makefile knows of it: the flags, what cksum says of all sources one after the other, and the
/// commit that they are of ("" when they are of none, with "and changes" when they differ).
struct Made {
    const char *flags, *sources, *commit;
};
extern const Made kMade;

}  // namespace rhm

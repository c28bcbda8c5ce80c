// What decides the last bits of a number besides the sources: the kernels in use, the compiler that made them
// and the library's logarithms. None of these is asked for its name; a fixed computation is done and its
// bytes are digested. So AVX2 and AVX-512, which give the same bytes, are the same arithmetic, and so is a
// compiler that is newer but computes the same; SSE2, NEON, the plain kernels, other flags are another one as
// soon as a bit differs.
#pragma once
#include <string>

namespace rhm {

/// The digest of the arithmetic of the selected kernels: 16 hexadecimal digits.
std::string arithmetic();

}  // namespace rhm

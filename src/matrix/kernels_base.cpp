// The fast kernels for what every machine of the architecture has: SSE2 on x86-64, NEON on 64-bit ARM.
#define RHM_BYTES 16
#if defined(__x86_64__)
#define RHM_SET sse2_kernels
#define RHM_NAME "sse2"
#define RHM_ROWS 6  // 12 accumulators, 2 of b and 1 of a in 16 registers
#elif defined(__aarch64__)
#define RHM_SET neon_kernels
#define RHM_NAME "neon"
#define RHM_ROWS 12  // 24 accumulators, 2 of b and 1 of a in 32 registers
#else
#define RHM_SET generic_kernels
#define RHM_NAME "generic"
#define RHM_ROWS 3  // unknown registers: a small tile
#endif
#include "matrix/kernels_fast.inc"

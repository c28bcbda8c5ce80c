// Compiled with -mavx512f and its usual companions (see the Makefile); run only where the processor has them
// (kernels.cpp).
#if defined(__x86_64__)
#define RHM_SET avx512_kernels
#define RHM_NAME "avx512"
#define RHM_BYTES 64
#define RHM_ROWS 12  // 24 accumulators, 2 of b and 1 of a in 32 registers
#include "matrix/kernels_fast.inc"
#endif

// Compiled with -mavx2 -mfma (see the Makefile); run only where the processor has both (see kernels.cpp).
#if defined(__x86_64__)
#define RHM_SET avx2_kernels
#define RHM_NAME "avx2"
#define RHM_BYTES 32
#define RHM_ROWS 6  // 12 accumulators, 2 of b and 1 of a in 16 registers
#include "matrix/kernels_fast.inc"
#endif

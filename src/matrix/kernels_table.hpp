// What kernels.cpp and the compiled variants of kernels_fast.inc agree on: one table of function pointers a
// variant. Only raw pointers and plain structs here: the variants are compiled with AVX-512 and the like, and
// any inline function they shared with the rest of the program could be kept by the linker in a form that not
// every machine can run.
#pragma once
#include <cstddef>
#include <cstdint>

#include "base/real.hpp"

namespace rhm {

/// c[M,N] = beta c + a[M,K] b[K,N], where a(i,k) = a[i * a_row + k * a_col] and b(k,j) = b[k * b_row + j *
/// b_col]; one of each pair of strides is 1, which makes nn, nt and tn one function. c(i,j) = c[i * c_row +
/// j].
struct Gemm {
    std::size_t M, N, K;
    const real* a;
    std::size_t a_row, a_col;
    const real* b;
    std::size_t b_row, b_col;
    real* c;
    std::size_t c_row;
    real beta;
    real* scratch;  // KernelTable::scratch numbers, aligned to 64 bytes
};

/// A table of `group` symbols a row, and where they point into: see gather and scatter in kernels.hpp.
struct Symbols {
    const std::uint8_t* data;
    std::size_t rows, group, stride, vocab;
};

/// Factors of adam_update, already rounded to real.
struct AdamFactors {
    real rate, keep_not1, keep_not2, epsilon, keep;  // lr, 1 - beta1, 1 - beta2, epsilon, keep
};

struct KernelTable {
    const char* name;
    std::size_t scratch;
    void (*gemm)(const Gemm&);
    void (*gather)(const Symbols&, const real* w, std::size_t w_row, real* out, std::size_t out_row,
                   std::size_t cols);
    void (*scatter)(const Symbols&, const real* delta, std::size_t delta_row, real* dw, std::size_t dw_row,
                    std::size_t cols);
    void (*bias_relu)(const real* bias, real* a, std::size_t a_row, std::size_t rows,
                      std::size_t cols);  // bias may be null
    void (*relu_mask)(const real* h, std::size_t h_row, real* delta, std::size_t delta_row, std::size_t rows,
                      std::size_t cols);
    void (*softmax)(real* x, std::size_t x_row, std::size_t rows, std::size_t cols, real* top, real* sum);
    void (*softplus)(real* x, real* slope, std::size_t n);
    void (*adam_update)(const real* gradient, real* mean, real* square, real* weights, std::size_t n,
                        const AdamFactors&);
    double (*fma_peak)(
        std::size_t rounds);  // does `rounds` times a burst of multiply-adds in registers; returns the flops
};

#if defined(__x86_64__)
extern const KernelTable sse2_kernels, avx2_kernels, avx512_kernels;
#elif defined(__aarch64__)
extern const KernelTable neon_kernels;
#else
extern const KernelTable generic_kernels;
#endif

}  // namespace rhm

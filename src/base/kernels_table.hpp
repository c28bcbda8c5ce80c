// What kernels.cpp and the compiled variants of kernels_fast.inc agree on: one table of function pointers a
// variant. Only raw pointers and plain structs here: the variants are compiled with AVX-512 and the like, and
// any inline function they shared with the rest of the program could be kept by the linker in a form that not
// every machine can run.
#pragma once
#include <cstddef>
#include <cstdint>

namespace rhm {

/// c[M,N] = beta c + a[M,K] b[K,N], where a(i,k) = a[i * a_row + k * a_col] and b(k,j) = b[k * b_row + j *
/// b_col]; one of each pair of strides is 1, which makes nn, nt and tn one function. c(i,j) = c[i * c_row +
/// j].
template <class T>
struct Gemm {
    std::size_t M, N, K;
    const T* a;
    std::size_t a_row, a_col;
    const T* b;
    std::size_t b_row, b_col;
    T* c;
    std::size_t c_row;
    T beta;
    T* scratch;  // KernelTable::scratch numbers, aligned to 64 bytes
};

/// A table of `group` symbols a row, and where they point into: see gather and scatter in kernels.hpp.
struct Symbols {
    const std::uint8_t* data;
    std::size_t rows, group, stride, vocab;
};

/// Factors of adam_update, already rounded to T.
template <class T>
struct AdamFactors {
    T rate, keep_not1, keep_not2, epsilon;  // lr, 1 - beta1, 1 - beta2, epsilon
};

template <class T>
struct KernelTable {
    std::size_t scratch;
    void (*gemm)(const Gemm<T>&);
    void (*gather)(const Symbols&, const T* w, std::size_t w_row, T* out, std::size_t out_row,
                   std::size_t cols);
    void (*scatter)(const Symbols&, const T* delta, std::size_t delta_row, T* dw, std::size_t dw_row,
                    std::size_t cols);
    void (*bias_relu)(const T* bias, T* a, std::size_t a_row, std::size_t rows,
                      std::size_t cols);  // bias may be null
    void (*relu_mask)(const T* h, std::size_t h_row, T* delta, std::size_t delta_row, std::size_t rows,
                      std::size_t cols);
    void (*adam_update)(const T* gradient, T* mean, T* square, T* weights, std::size_t n,
                        const AdamFactors<T>&);
    double (*fma_peak)(
        std::size_t rounds);  // does `rounds` times a burst of multiply-adds in registers; returns the flops
};

struct KernelSet {
    const char* name;
    KernelTable<float> f;
    KernelTable<double> d;
};

#if defined(__x86_64__)
extern const KernelSet sse2_kernels, avx2_kernels, avx512_kernels;
#elif defined(__aarch64__)
extern const KernelSet neon_kernels;
#else
extern const KernelSet generic_kernels;
#endif

}  // namespace rhm

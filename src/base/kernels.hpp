// The hot loops, all of them. Each exists twice: the fast kernel and the plain one in kernels_plain.hpp,
// which is its specification and its oracle in the tests. Matrices are row-major; views may be strided; float
// and double. The bits of an element of a product depend on the number of terms and on the kernels chosen, on
// nothing else: threads may share the rows and columns of c in any way, and a Team (team.hpp) does. (a, b and
// c must not overlap; sizes that do not agree throw.)
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/matrix.hpp"

namespace rhm {

/// c[M,N] = beta c + a[M,K] b[K,N]. With beta = 0, c is written without being read.
template <class T>
void gemm_nn(In<T> a, In<T> b, View<T> c, std::type_identity_t<T> beta = 0);
/// c[M,N] = beta c + a[M,K] b[N,K]^T
template <class T>
void gemm_nt(In<T> a, In<T> b, View<T> c, std::type_identity_t<T> beta = 0);
/// c[M,N] = beta c + a[K,M]^T b[K,N]
template <class T>
void gemm_tn(In<T> a, In<T> b, View<T> c, std::type_identity_t<T> beta = 0);

/// out[r] = sum_j w[j * vocab + symbol_j] over the `group` symbols of row r, which start at symbols + r *
/// stride: the product of a one-hot input with w[group * vocab, H], without the one-hot input. out[R,H].
template <class T>
void gather(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab, In<T> w,
            View<T> out);
/// The transpose of gather: dw[j * vocab + symbol_j] += delta[r] for every row r.
template <class T>
void scatter(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab,
             In<T> delta, View<T> dw);

/// a = max(a, 0) after adding `bias` (one number a column; empty = none).
template <class T>
void bias_relu(std::span<const std::type_identity_t<T>> bias, View<T> a);
/// delta = delta where h > 0, else 0: the derivative of the ReLU that made h.
template <class T>
void relu_mask(In<T> h, View<T> delta);

/// One step of Adam (Kingma & Ba 2015, Algorithm 1). `lr` carries the bias corrections, see optim/.
template <class T>
void adam_update(std::span<const std::type_identity_t<T>> gradient, std::span<std::type_identity_t<T>> mean,
                 std::span<std::type_identity_t<T>> square, std::span<T> weights, double lr, double beta1,
                 double beta2, double epsilon);

/// The kernels compiled in and usable on this machine, fastest first; "plain" is always the last.
std::vector<std::string_view> kernel_names();
/// Chooses the kernels by name ("auto" = the fastest). Throws Error(usage) on a name that is not in
/// kernel_names(). Not to be called while other threads compute.
void select_kernels(std::string_view name);
std::string_view selected_kernels();

/// A burst of float multiply-adds in registers, `rounds` times, with the widest instructions of the selected
/// kernels: returns how many floating-point operations it did (0 for plain). Timed by run/bench.hpp, it gives
/// the peak of this core.
double fma_burst(std::size_t rounds);

}  // namespace rhm

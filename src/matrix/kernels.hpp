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

#include "matrix/matrix.hpp"

namespace rhm {

/// c[M,N] = beta c + a[M,K] b[K,N]. With beta = 0, c is written without being read.
void gemm_nn(ConstView a, ConstView b, View c, real beta = 0);
/// c[M,N] = beta c + a[M,K] b[N,K]^T
void gemm_nt(ConstView a, ConstView b, View c, real beta = 0);
/// c[M,N] = beta c + a[K,M]^T b[K,N]
void gemm_tn(ConstView a, ConstView b, View c, real beta = 0);

/// out[r] = sum_j w[j * vocab + symbol_j] over the `group` symbols of row r, which start at symbols + r *
/// stride: the product of a one-hot input with w[group * vocab, H], without the one-hot input. out[R,H].
void gather(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab,
            ConstView w, View out);
/// The transpose of gather: dw[j * vocab + symbol_j] += delta[r] for every row r.
void scatter(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab,
             ConstView delta, View dw);

/// a = max(a, 0) after adding `bias` (one number a column; empty = none).
void bias_relu(std::span<const real> bias, View a);
/// delta = delta where h > 0, else 0: the derivative of the ReLU that made h.
void relu_mask(ConstView h, View delta);

/// Every row of x becomes its softmax, e^{x_rj} / sum_j e^{x_rj}; log sum_j e^{x_rj} = top[r] + log sum[r],
/// where top[r] is the row's largest number. A number far below it, as lowest(), becomes 0.
void softmax(View x, std::span<real> top, std::span<real> sum);

/// Every x becomes log(1 + e^x), and slope its derivative, 1 / (1 + e^-x); of one length.
void softplus(std::span<real> x, std::span<real> slope);

/// One step of Adam (Kingma & Ba 2015, Algorithm 1). `lr` carries the bias corrections, see
/// train/optimizer.hpp. Before it, a weight whose gradient is not zero decays: it is multiplied by `keep`.
void adam_update(std::span<const real> gradient, std::span<real> mean, std::span<real> square,
                 std::span<real> weights, double lr, double beta1, double beta2, double epsilon,
                 double keep = 1);

/// The kernels usable on this machine, or all that are compiled in, fastest first; "plain" is always the
/// last.
std::vector<std::string_view> kernel_names(bool all = false);
/// Chooses the kernels by name ("auto" = the fastest). Throws Error(usage) on a name that is not in
/// kernel_names(). Not to be called while other threads compute.
void select_kernels(std::string_view name);
std::string_view selected_kernels();

/// How many multiplications the products had that this thread has asked for: of c[m,n] with K terms m n K.
std::uint64_t multiplications();

/// A burst of float multiply-adds in registers, `rounds` times, with the widest instructions of the selected
/// kernels: returns how many floating-point operations it did (0 for plain). Timed by study/bench.hpp, it
/// gives the peak of this core.
double fma_burst(std::size_t rounds);

}  // namespace rhm

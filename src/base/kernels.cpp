#include "base/kernels.hpp"

#include "base/error.hpp"
#include "base/kernels_plain.hpp"
#include "base/kernels_table.hpp"
#include "base/team.hpp"

namespace rhm {
namespace {

/// The sets compiled in that this machine can run, fastest first. __builtin_cpu_supports asks the processor
/// and whether the operating system saves the wide registers.
std::vector<const KernelSet*> usable_sets() {
    std::vector<const KernelSet*> sets;
#if defined(__x86_64__)
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
        sets.push_back(&avx512_kernels);
    if (avx2) sets.push_back(&avx2_kernels);
    sets.push_back(&sse2_kernels);
#elif defined(__aarch64__)
    sets.push_back(&neon_kernels);
#else
    sets.push_back(&generic_kernels);
#endif
    return sets;
}

const KernelSet* selected = usable_sets().front();  // null = plain

/// The chosen table, or null for the plain kernels.
template <class T>
const KernelTable<T>* fast() {
    if (!selected) return nullptr;
    if constexpr (std::is_same_v<T, float>)
        return &selected->f;
    else
        return &selected->d;
}

// Nanoseconds, roughly: a term of a product, a weight in Adam. (The other loops are not worth sharing: a few
// per cent of a step.)
constexpr double kProduct = 0.018, kAdam = 0.5;

template <class T>
struct Operand {
    const T* data;
    std::size_t row, col;
};  // element (i, j) is data[i * row + j * col]

/// c = beta c + a b with K terms a sum, in the selected table; the packed blocks go into memory that each
/// thread keeps. A team shares the longer side of c.
template <class T>
void fast_gemm(std::size_t K, Operand<T> a, Operand<T> b, View<T> c, T beta) {
    const auto gemm = [&](const T* a_from, const T* b_from, View<T> to) {
        thread_local Matrix<T> scratch;
        scratch.resize(1, fast<T>()->scratch);
        fast<T>()->gemm({to.rows, to.cols, K, a_from, a.row, a.col, b_from, b.row, b.col, to.data, to.stride,
                         beta, scratch.data()});
    };
    const double nanoseconds = double(c.size()) * double(K) * kProduct;
    if (c.rows >= c.cols)
        share(c.rows, 12, nanoseconds,
              [&](std::size_t i, std::size_t n) { gemm(a.data + i * a.row, b.data, c.rows_from(i, n)); });
    else
        share(c.cols, 32, nanoseconds, [&](std::size_t j, std::size_t n) {
            gemm(a.data, b.data + j * b.col, c.block(0, j, c.rows, n));
        });
}

/// A caller's mistake that would read or write outside a matrix.
void fit(bool sizes_agree) {
    if (!sizes_agree)
        fail(Exit::input, "internal error: the sizes of a matrix product do not agree; please report this");
}

}  // namespace

template <class T>
void gemm_nn(In<T> a, In<T> b, View<T> c, std::type_identity_t<T> beta) {
    fit(a.rows == c.rows && a.cols == b.rows && b.cols == c.cols);
    if (fast<T>())
        fast_gemm<T>(a.cols, {a.data, a.stride, 1}, {b.data, b.stride, 1}, c, beta);
    else
        plain::gemm_nn<T>(a, b, c, beta);
}

template <class T>
void gemm_nt(In<T> a, In<T> b, View<T> c, std::type_identity_t<T> beta) {
    fit(a.rows == c.rows && a.cols == b.cols && b.rows == c.cols);
    if (fast<T>())
        fast_gemm<T>(a.cols, {a.data, a.stride, 1}, {b.data, 1, b.stride}, c, beta);
    else
        plain::gemm_nt<T>(a, b, c, beta);
}

template <class T>
void gemm_tn(In<T> a, In<T> b, View<T> c, std::type_identity_t<T> beta) {
    fit(a.cols == c.rows && a.rows == b.rows && b.cols == c.cols);
    if (fast<T>())
        fast_gemm<T>(a.rows, {a.data, 1, a.stride}, {b.data, b.stride, 1}, c, beta);
    else
        plain::gemm_tn<T>(a, b, c, beta);
}

template <class T>
void gather(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab, In<T> w,
            View<T> out) {
    if (auto* k = fast<T>())
        k->gather({symbols, out.rows, group, stride, vocab}, w.data, w.stride, out.data, out.stride,
                  out.cols);
    else
        plain::gather<T>(symbols, group, stride, vocab, w, out);
}

template <class T>
void scatter(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab,
             In<T> delta, View<T> dw) {
    if (auto* k = fast<T>())
        k->scatter({symbols, delta.rows, group, stride, vocab}, delta.data, delta.stride, dw.data, dw.stride,
                   delta.cols);
    else
        plain::scatter<T>(symbols, group, stride, vocab, delta, dw);
}

template <class T>
void bias_relu(std::span<const std::type_identity_t<T>> bias, View<T> a) {
    if (auto* k = fast<T>())
        k->bias_relu(bias.empty() ? nullptr : bias.data(), a.data, a.stride, a.rows, a.cols);
    else
        plain::bias_relu<T>(bias, a);
}

template <class T>
void relu_mask(In<T> h, View<T> delta) {
    if (auto* k = fast<T>())
        k->relu_mask(h.data, h.stride, delta.data, delta.stride, delta.rows, delta.cols);
    else
        plain::relu_mask<T>(h, delta);
}

template <class T>
void adam_update(std::span<const std::type_identity_t<T>> gradient, std::span<std::type_identity_t<T>> mean,
                 std::span<std::type_identity_t<T>> square, std::span<T> weights, double lr, double beta1,
                 double beta2, double epsilon) {
    if (auto* k = fast<T>()) {
        const AdamFactors<T> factors{T(lr), 1 - T(beta1), 1 - T(beta2), T(epsilon)};
        share(weights.size(), 64, kAdam * double(weights.size()), [&](std::size_t i, std::size_t n) {
            k->adam_update(gradient.data() + i, mean.data() + i, square.data() + i, weights.data() + i, n,
                           factors);
        });
    } else {
        plain::adam_update<T>(gradient, mean, square, weights, lr, beta1, beta2, epsilon);
    }
}

#define RHM_KERNELS(T)                                                                                    \
    template void gemm_nn<T>(In<T>, In<T>, View<T>, T);                                                   \
    template void gemm_nt<T>(In<T>, In<T>, View<T>, T);                                                   \
    template void gemm_tn<T>(In<T>, In<T>, View<T>, T);                                                   \
    template void gather<T>(const std::uint8_t*, std::size_t, std::size_t, std::size_t, In<T>, View<T>);  \
    template void scatter<T>(const std::uint8_t*, std::size_t, std::size_t, std::size_t, In<T>, View<T>); \
    template void bias_relu<T>(std::span<const T>, View<T>);                                              \
    template void relu_mask<T>(In<T>, View<T>);                                                           \
    template void adam_update<T>(std::span<const T>, std::span<T>, std::span<T>, std::span<T>, double,    \
                                 double, double, double);
RHM_KERNELS(float)
RHM_KERNELS(double)
#undef RHM_KERNELS

std::vector<std::string_view> kernel_names() {
    std::vector<std::string_view> names;
    for (const KernelSet* set : usable_sets()) names.emplace_back(set->name);
    names.emplace_back("plain");
    return names;
}

void select_kernels(std::string_view name) {
    const std::vector<const KernelSet*> sets = usable_sets();
    if (name == "auto") name = sets.front()->name;
    if (name == "plain") {
        selected = nullptr;
        return;
    }
    std::string known;
    for (const KernelSet* set : sets) {
        if (name == set->name) {
            selected = set;
            return;
        }
        known += std::string(set->name) + ", ";
    }
    fail(Exit::usage, "unknown kernel '", name, "'; this machine has: auto, ", known, "plain");
}

std::string_view selected_kernels() { return selected ? selected->name : "plain"; }

double fma_burst(std::size_t rounds) { return fast<float>() ? fast<float>()->fma_peak(rounds) : 0; }

}  // namespace rhm

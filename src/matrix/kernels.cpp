#include "matrix/kernels.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "matrix/kernels_plain.hpp"
#include "matrix/kernels_table.hpp"
#include "matrix/team.hpp"

namespace rhm {
namespace {

/// The sets that this machine can run, or all that are compiled in, fastest first. __builtin_cpu_supports
/// asks the processor and whether the operating system saves the wide registers.
std::vector<const KernelTable*> kernel_sets([[maybe_unused]] bool all = false) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
                        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
    std::vector<const KernelTable*> sets;
    if (avx512 || all) sets.push_back(&avx512_kernels);
    if (avx2 || all) sets.push_back(&avx2_kernels);
    sets.push_back(&sse2_kernels);
    return sets;
#elif defined(__aarch64__)
    return {&neon_kernels};
#else
    return {&generic_kernels};
#endif
}

const KernelTable* selected = kernel_sets().front();  // null = plain
thread_local std::uint64_t multiplied = 0;

// Nanoseconds, roughly: a term of a product, a weight in Adam. (The other loops are not worth sharing: a few
// per cent of a step.)
constexpr double kProduct = 0.018, kAdam = 0.5;

struct Operand {
    const real* data;
    std::size_t row, col;
};  // element (i, j) is data[i * row + j * col]

/// c = beta c + a b with K terms a sum, in the selected table; the packed blocks go into memory that each
/// thread keeps. A team shares the longer side of c.
void fast_gemm(std::size_t K, Operand a, Operand b, View c, real beta) {
    const auto gemm = [&](const real* a_from, const real* b_from, View to) {
        thread_local Matrix scratch;
        scratch.resize(1, selected->scratch);
        selected->gemm({to.rows, to.cols, K, a_from, a.row, a.col, b_from, b.row, b.col, to.data, to.stride,
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

/// Counts a product; one that would read or write outside a matrix is a caller's mistake.
void begin(bool sizes_agree, ConstView c, std::size_t K) {
    if (!sizes_agree)
        fail(Exit::input, "internal error: the sizes of a matrix product do not agree; please report this");
    multiplied += c.size() * K;
}

}  // namespace

void gemm_nn(ConstView a, ConstView b, View c, real beta) {
    begin(a.rows == c.rows && a.cols == b.rows && b.cols == c.cols, c, a.cols);
    if (selected)
        fast_gemm(a.cols, {a.data, a.stride, 1}, {b.data, b.stride, 1}, c, beta);
    else
        plain::gemm_nn(a, b, c, beta);
}

void gemm_nt(ConstView a, ConstView b, View c, real beta) {
    begin(a.rows == c.rows && a.cols == b.cols && b.rows == c.cols, c, a.cols);
    if (selected)
        fast_gemm(a.cols, {a.data, a.stride, 1}, {b.data, 1, b.stride}, c, beta);
    else
        plain::gemm_nt(a, b, c, beta);
}

void gemm_tn(ConstView a, ConstView b, View c, real beta) {
    begin(a.cols == c.rows && a.rows == b.rows && b.cols == c.cols, c, a.rows);
    if (selected)
        fast_gemm(a.rows, {a.data, 1, a.stride}, {b.data, b.stride, 1}, c, beta);
    else
        plain::gemm_tn(a, b, c, beta);
}

void gather(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab,
            ConstView w, View out) {
    if (selected)
        selected->gather({symbols, out.rows, group, stride, vocab}, w.data, w.stride, out.data, out.stride,
                         out.cols);
    else
        plain::gather(symbols, group, stride, vocab, w, out);
}

void scatter(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab,
             ConstView delta, View dw) {
    if (selected)
        selected->scatter({symbols, delta.rows, group, stride, vocab}, delta.data, delta.stride, dw.data,
                          dw.stride, delta.cols);
    else
        plain::scatter(symbols, group, stride, vocab, delta, dw);
}

void bias_relu(std::span<const real> bias, View a) {
    if (selected)
        selected->bias_relu(bias.empty() ? nullptr : bias.data(), a.data, a.stride, a.rows, a.cols);
    else
        plain::bias_relu(bias, a);
}

void relu_mask(ConstView h, View delta) {
    if (selected)
        selected->relu_mask(h.data, h.stride, delta.data, delta.stride, delta.rows, delta.cols);
    else
        plain::relu_mask(h, delta);
}

void softmax(View x, std::span<real> top, std::span<real> sum) {
    if (x.cols == 0) return;
    if (selected)
        selected->softmax(x.data, x.stride, x.rows, x.cols, top.data(), sum.data());
    else
        plain::softmax(x, top, sum);
}

void softplus(std::span<real> x, std::span<real> slope) {
    if (selected)
        selected->softplus(x.data(), slope.data(), x.size());
    else
        plain::softplus(x, slope);
}

void adam_update(std::span<const real> gradient, std::span<real> mean, std::span<real> square,
                 std::span<real> weights, double lr, double beta1, double beta2, double epsilon,
                 double keep) {
    if (selected) {
        const AdamFactors factors{real(lr), 1 - real(beta1), 1 - real(beta2), real(epsilon), real(keep)};
        share(weights.size(), 64, kAdam * double(weights.size()), [&](std::size_t i, std::size_t n) {
            selected->adam_update(gradient.data() + i, mean.data() + i, square.data() + i, weights.data() + i,
                                  n, factors);
        });
    } else {
        plain::adam_update(gradient, mean, square, weights, lr, beta1, beta2, epsilon, keep);
    }
}

std::vector<std::string_view> kernel_names(bool all) {
    std::vector<std::string_view> names;
    for (const KernelTable* set : kernel_sets(all)) names.emplace_back(set->name);
    names.emplace_back("plain");
    return names;
}

void select_kernels(std::string_view name) {
    if (name == "plain") {
        selected = nullptr;
        return;
    }
    for (const KernelTable* set : kernel_sets())
        if (name == "auto" || name == set->name) {
            selected = set;
            return;
        }
    fail(Exit::usage, "unknown kernel '", name, "'; this machine has: auto, ",
         join(kernel_names(), ", ", ", "));
}

std::uint64_t multiplications() { return multiplied; }

std::string_view selected_kernels() { return selected ? selected->name : "plain"; }

double fma_burst(std::size_t rounds) { return selected ? selected->fma_peak(rounds) : 0; }

}  // namespace rhm

#include "base/kernels.hpp"

#include "base/error.hpp"
#include "base/kernels_plain.hpp"

namespace rhm {

template <class T> void gemm_nn(In<T> a, In<T> b, View<T> c, std::type_identity_t<T> beta) { plain::gemm_nn<T>(a, b, c, beta); }
template <class T> void gemm_nt(In<T> a, In<T> b, View<T> c, std::type_identity_t<T> beta) { plain::gemm_nt<T>(a, b, c, beta); }
template <class T> void gemm_tn(In<T> a, In<T> b, View<T> c, std::type_identity_t<T> beta) { plain::gemm_tn<T>(a, b, c, beta); }
template <class T>
void gather(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab, In<T> w, View<T> out) {
    plain::gather<T>(symbols, group, stride, vocab, w, out);
}
template <class T>
void scatter(const std::uint8_t* symbols, std::size_t group, std::size_t stride, std::size_t vocab, In<T> delta, View<T> dw) {
    plain::scatter<T>(symbols, group, stride, vocab, delta, dw);
}
template <class T> void bias_relu(std::span<const std::type_identity_t<T>> bias, View<T> a) { plain::bias_relu<T>(bias, a); }
template <class T> void relu_mask(In<T> h, View<T> delta) { plain::relu_mask<T>(h, delta); }
template <class T>
void adam_update(std::span<const std::type_identity_t<T>> gradient, std::span<std::type_identity_t<T>> mean,
                 std::span<std::type_identity_t<T>> square, std::span<T> weights, double lr, double beta1, double beta2,
                 double epsilon) {
    plain::adam_update<T>(gradient, mean, square, weights, lr, beta1, beta2, epsilon);
}

#define RHM_KERNELS(T)                                                                                                    \
    template void gemm_nn<T>(In<T>, In<T>, View<T>, T);                                                                   \
    template void gemm_nt<T>(In<T>, In<T>, View<T>, T);                                                                   \
    template void gemm_tn<T>(In<T>, In<T>, View<T>, T);                                                                   \
    template void gather<T>(const std::uint8_t*, std::size_t, std::size_t, std::size_t, In<T>, View<T>);                  \
    template void scatter<T>(const std::uint8_t*, std::size_t, std::size_t, std::size_t, In<T>, View<T>);                 \
    template void bias_relu<T>(std::span<const T>, View<T>);                                                              \
    template void relu_mask<T>(In<T>, View<T>);                                                                           \
    template void adam_update<T>(std::span<const T>, std::span<T>, std::span<T>, std::span<T>, double, double, double, double);
RHM_KERNELS(float)
RHM_KERNELS(double)
#undef RHM_KERNELS

std::vector<std::string_view> kernel_names() { return {"plain"}; }
void select_kernels(std::string_view name) {
    if (name != "auto" && name != "plain") fail(Exit::usage, "unknown kernel '", name, "'; this machine has: plain");
}
std::string_view selected_kernels() { return "plain"; }

}  // namespace rhm

// How fast the matrix products run here, next to how fast this core can multiply and add at all.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rhm {

/// A product of training: nn forward, nt the gradient of the activations, tn the gradient of the weights.
struct GemmShape {
    std::string_view product;  // "nn", "nt" or "tn", as in matrix/kernels.hpp
    std::size_t m, n, k;       // c[m,n], k terms a sum
};

struct GemmSpeed {
    std::string_view kernel;
    GemmShape shape;
    double gflops;  // 2 m n k operations a call, median over the repeats
};

struct KernelPeak {
    std::string_view kernel;
    double gflops;  // of multiply-adds in registers with this kernel's instructions, best over the repeats
};

struct GemmBench {
    std::vector<KernelPeak> peaks;
    std::vector<GemmSpeed> speeds;
};

/// The distinct products of one training step, batch 128, of the networks (v, L, H) = (6,3,72), (8,4,128) -
/// which has those of (8,3,128) -, (16,3,512) and (4,5,64): a layer above the first, which is a gather, and
/// the readout.
std::vector<GemmShape> training_products();

/// Measures `kernels` (names from kernel_names()) in float on `shapes`, one thread. The kernels take turns
/// `repeats` times on each shape, so that a disturbance meets all of them; each turn repeats the product for
/// at least `seconds`. Leaves the selected kernels as they were.
GemmBench bench_gemm(const std::vector<std::string_view>& kernels, const std::vector<GemmShape>& shapes,
                     std::size_t repeats = 9, double seconds = 0.002);

/// What a training step of a rule costs on a network: the median of interleaved repeats.
struct StepSpeed {
    std::string rule, network;
    double milliseconds = 0;            ///< processor time of one step, one thread
    double to_bp = 0;                   ///< the same divided by bp's on the same network
    std::uint64_t multiplications = 0;  ///< of the matrix products of a step
    double count_to_bp = 0;             ///< these divided by bp's
    std::size_t bytes = 0;  ///< memory the step works on: weights, gradient, moments, codes, the rule's own
};

/// The networks (v, L, H) of bench_steps, with m = 2.
struct StepNet {
    int vocab, levels, width;
};
inline constexpr StepNet kStepNets[] = {{6, 3, 72}, {8, 3, 128}, {8, 4, 128}, {16, 3, 512}};

/// Every rule of the table on each network, batch 128, and the rule's defaults. The rules take turns
/// `repeats` times, `steps` steps each turn (a fifth at width 512).
std::vector<StepSpeed> bench_steps(std::size_t repeats = 7, std::size_t steps = 20,
                                   std::span<const StepNet> nets = kStepNets);

}  // namespace rhm

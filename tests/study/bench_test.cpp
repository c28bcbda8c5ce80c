#include "catch.hpp"

#include <algorithm>

#include "matrix/kernels.hpp"
#include "rules/rule.hpp"
#include "study/bench.hpp"

using namespace rhm;

TEST_CASE("bench_gemm measures every kernel on every shape and leaves the selection alone", "[bench]") {
    const auto kernels = kernel_names();
    const std::vector<GemmShape> shapes = {{"nn", 16, 8, 32}, {"nt", 5, 6, 7}, {"tn", 1, 1, 1}};
    const auto before = selected_kernels();
    const GemmBench result = bench_gemm(kernels, shapes, 2, 1e-5);
    REQUIRE(selected_kernels() == before);
    REQUIRE(result.peaks.size() == kernels.size() - 1);
    REQUIRE(result.speeds.size() == kernels.size() * shapes.size());
    for (const KernelPeak& peak : result.peaks) REQUIRE(peak.gflops > 0);
    for (const GemmSpeed& speed : result.speeds) REQUIRE(speed.gflops > 0);
}

TEST_CASE("without a repeat no speed is claimed", "[bench]") {
    const GemmBench result = bench_gemm(kernel_names(), training_products(), 0);
    for (const KernelPeak& peak : result.peaks) CHECK(peak.gflops == 0);
    CHECK(result.speeds.empty());
}

TEST_CASE("a step of every rule is measured beside bp's", "[bench]") {
    constexpr StepNet nets[] = {{5, 3, 8}, {6, 3, 16}};
    const std::vector<StepSpeed> speeds = bench_steps(1, 1, nets);
    REQUIRE(speeds.size() == 2 * rules().size());
    for (std::size_t i = 0; i < speeds.size(); ++i) {
        CHECK(speeds[i].rule == rules()[i % rules().size()]->name);
        CHECK(speeds[i].network == (i < rules().size() ? "v=5 L=3 width 8" : "v=6 L=3 width 16"));
        if (speeds[i].rule == "bp") {
            CHECK(speeds[i].to_bp == 1);
            CHECK(speeds[i].count_to_bp == 1);
        }
        if (speeds[i].rule != "frozen" || i >= rules().size()) continue;
        // weights, gradient and moments; logits and the code of layer 3; the codes and products of v m = 10
        // strings of layer 1 and v m^3 = 40 of layer 2; symbols
        const std::size_t weights = 10 * 8 + 2 * 16 * 8 + 8 * 5, codes = 128 * (5 + 8),
                          strings = (10 + 40) * 8 * 3;
        CHECK(speeds[i].bytes == 4 * (4 * weights + codes + strings) + 128 * 8);
        // layers 2 and 3 by strings, the readout and its gradient; layer 1 is a gather
        const std::size_t forward = (10 + 40) * 8 * 16 + 128 * 8 * 5, learning = 128 * 8 * 5;
        CHECK(speeds[i].multiplications == forward + learning);
    }
    const auto of = [&](std::string_view rule) {
        return *std::find_if(speeds.begin(), speeds.end(), [&](const StepSpeed& s) { return s.rule == rule; });
    };
    const auto bytes_of = [&](std::string_view rule) { return of(rule).bytes; };
    // heads of the same shape on as many pairs, though their batches are not the same by default
    CHECK(of("infonce").multiplications > of("vicreg").multiplications * 9 / 10);
    // dfa keeps 5 weights for each of 7 * 8 units, each layer's signal and the error for 128 data, and
    // signals summed by string at both places of a group; dkp learns these weights, which takes a gradient
    // and two moments more, sends the error without a copy of it and looks at all codes
    const std::size_t feedback = 5 * 7 * 8, signal = 128 * 8, error = 128 * 5, sums = (10 + 40) * 8 * 2;
    CHECK(bytes_of("dfa") == bytes_of("frozen") + 4 * (feedback + signal + error + sums));
    CHECK(bytes_of("dkp") == bytes_of("frozen") + 4 * (4 * feedback + signal + sums + 128 * 6 * 8));
    CHECK((std::size(kStepNets) == 4 && kStepNets[3].width == 512 && kStepNets[0].vocab == 6));
}

TEST_CASE("the products of a training step have the sizes of the layers", "[bench]") {
    const auto shapes = training_products();
    REQUIRE(shapes.size() == 3 * (3 + 4 + 3 + 5));
    // (6,3,72), layer 2: 128 * 2 rows, 2 * 72 inputs, 72 outputs
    REQUIRE((shapes[0].product == "nn" && shapes[0].m == 256 && shapes[0].n == 72 && shapes[0].k == 144));
    REQUIRE((shapes[1].product == "nt" && shapes[1].m == 256 && shapes[1].n == 144 && shapes[1].k == 72));
    REQUIRE((shapes[2].product == "tn" && shapes[2].m == 144 && shapes[2].n == 72 && shapes[2].k == 256));
    // the readouts come last of each network: 128 rows, as many inputs as it is wide, v outputs
    const std::size_t readouts[][3] = {{6, 6, 72}, {18, 8, 128}, {27, 16, 512}, {42, 4, 64}};
    for (const auto& [at, vocab, width] : readouts) {
        CHECK((shapes[at].product == "nn" && shapes[at].m == 128));
        CHECK((shapes[at].n == vocab && shapes[at].k == width));
    }
}

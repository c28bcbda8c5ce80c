#include "catch.hpp"

#include "matrix/kernels.hpp"
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

TEST_CASE("the products of a training step have the sizes of the layers", "[bench]") {
    const auto shapes = training_products();
    REQUIRE(shapes.size() == 3 * (3 + 4 + 3 + 5));
    // (6,3,72), layer 2: 128 * 2 rows, 2 * 72 inputs, 72 outputs
    REQUIRE((shapes[0].product == "nn" && shapes[0].m == 256 && shapes[0].n == 72 && shapes[0].k == 144));
    REQUIRE((shapes[1].product == "nt" && shapes[1].m == 256 && shapes[1].n == 144 && shapes[1].k == 72));
    REQUIRE((shapes[2].product == "tn" && shapes[2].m == 144 && shapes[2].n == 72 && shapes[2].k == 256));
}

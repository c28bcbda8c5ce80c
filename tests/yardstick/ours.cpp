// Our half of `make yardstick`.
//   ours gemm   prints our sgemm beside OpenBLAS's, which is looked for when it runs, for every product of
//   training
//   ours openblas   prints the GFLOP/s of OpenBLAS's sgemm alone, and for which core its kernels are
//   ours step   reads lines "v L H" and answers each with the milliseconds of a training step of bp (the
//   caller interleaves them)
#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/text.hpp"
#include "study/bench.hpp"
#include "train/trainer.hpp"

using namespace rhm;

namespace {

double processor_seconds() { return double(std::clock()) / double(CLOCKS_PER_SEC); }

double median(std::vector<double> x) {
    std::sort(x.begin(), x.end());
    return x[x.size() / 2];
}

using Sgemm = void (*)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                       const float* a, int lda, const float* b, int ldb, float beta, float* c, int ldc);

template <class Function>
Function symbol(void* library, const char* name) {
    return reinterpret_cast<Function>(dlsym(library, name));
}

struct Operands {
    GemmShape s;
    Matrix a, b, c;

    explicit Operands(const GemmShape& shape) : s(shape), a(s.m, s.k), b(s.k, s.n), c(s.m, s.n) {
        for (std::size_t i = 0; i < a.size(); ++i) a.data()[i] = float(i * 7919 % 2000) / 1000 - 0.9995f;
        for (std::size_t i = 0; i < b.size(); ++i) b.data()[i] = float(i * 104729 % 2000) / 1000 - 0.9995f;
    }
    void ours() {
        if (s.product == "nn")
            gemm_nn(a, b, c.view());
        else if (s.product == "nt")
            gemm_nt(a, b.reshape(s.n, s.k), c.view());
        else
            gemm_tn(a.reshape(s.k, s.m), b, c.view());
    }
    void theirs(Sgemm sgemm) {
        constexpr int row_major = 101, as_it_is = 111, transposed = 112;
        const bool ta = s.product == "tn", tb = s.product == "nt";
        const int m = int(s.m), n = int(s.n), k = int(s.k);
        sgemm(row_major, ta ? transposed : as_it_is, tb ? transposed : as_it_is, m, n, k, 1, a.data(),
              ta ? m : k, b.data(), tb ? k : n, 0, c.data(), n);
    }
};

/// Nanoseconds of one call: at least 2 ms of calls, in processor time, because what is given to other
/// programs must not count.
template <class Call>
double nanoseconds(double guess, Call call) {
    const int calls = std::max(1, int(2e6 / guess));
    const double start = processor_seconds();
    for (int i = 0; i < calls; ++i) call();
    return (processor_seconds() - start) / calls * 1e9;
}

struct OpenBlas {
    void* library = dlopen("libopenblas.so.0", RTLD_NOW);
    Sgemm sgemm = library ? symbol<Sgemm>(library, "cblas_sgemm") : nullptr;

    OpenBlas() {
        if (library) symbol<void (*)(int)>(library, "openblas_set_num_threads")(1);
    }
    const char* core() const { return symbol<char* (*)()>(library, "openblas_get_corename")(); }
    const char* config() const { return symbol<char* (*)()>(library, "openblas_get_config")(); }
};

int openblas() {
    const OpenBlas blas;
    if (!blas.library) return 1;
    Operands x({"nn", 256, 256, 256});
    const double operations = 2.0 * 256 * 256 * 256;
    std::vector<double> speeds;
    for (int repeat = 0; repeat < 15; ++repeat)
        speeds.push_back(operations / nanoseconds(operations / 50, [&] { x.theirs(blas.sgemm); }));
    std::printf("%.0f %s\n", median(speeds), blas.core());
    return 0;
}

void gemm() {
    const OpenBlas blas;
    if (!blas.library)
        return void(
            std::puts("skipped: libopenblas.so.0 is not installed (Debian: libopenblas0), so there is "
                      "nothing to compare the products with"));
    std::printf(
        "\nProducts of training, float, one thread: ours (%s) and OpenBLAS (%s, its kernels for %s), "
        "GFLOP/s\n\n",
        std::string(selected_kernels()).c_str(), blas.config(), blas.core());
    std::printf("product         m     n     k      ours  OpenBLAS   ours/OpenBLAS  range\n");
    double lowest = 1e9;
    for (const GemmShape& s : training_products()) {
        Operands x(s);
        const double operations = 2.0 * double(s.m) * double(s.n) * double(s.k), guess = operations / 50;
        std::vector<double> ours, theirs, ratio;
        for (int repeat = 0; repeat < 15; ++repeat) {
            ours.push_back(nanoseconds(guess, [&] { x.ours(); }));
            theirs.push_back(nanoseconds(guess, [&] { x.theirs(blas.sgemm); }));
            ratio.push_back(theirs.back() / ours.back());
        }
        const auto [low, high] = std::minmax_element(ratio.begin(), ratio.end());
        std::printf("  %-6s %8zu %5zu %5zu %9.1f %9.1f %15.2f  %.2f .. %.2f\n",
                    std::string(s.product).c_str(), s.m, s.n, s.k, operations / median(ours),
                    operations / median(theirs), median(ratio), *low, *high);
        lowest = std::min(lowest, median(ratio));
    }
    std::printf("\nlowest ratio: %.2f\n", lowest);
}

void step() {
    std::map<std::tuple<int, int, int>, std::unique_ptr<Trainer>> trainers;
    for (int v, L, H; std::cin >> v >> L >> H;) {
        auto& trainer = trainers[{v, L, H}];
        if (!trainer) {
            Config config;
            config.task = {v, v, 2, 2, L};
            config.train_size = 512;
            config.test_size = 64;
            config.width = H;
            config.lr = 1e-3;
            resolve(config);
            trainer = std::make_unique<Trainer>(config);
            for (int i = 0; i < 10; ++i) trainer->step();
        }
        const int steps = H < 512 ? 40 : 8;
        const double start = processor_seconds();
        for (int i = 0; i < steps; ++i) trainer->step();
        std::cout << (processor_seconds() - start) / steps * 1e3 << std::endl;
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "openblas") return openblas();
    if (what == "gemm")
        gemm();
    else if (what == "step")
        step();
    else
        return std::puts("usage: ours gemm|openblas|step"), 2;
}

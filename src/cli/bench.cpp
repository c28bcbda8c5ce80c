// rhm bench: how fast the hot loops run on this machine.
#include <map>

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "data/dataset.hpp"
#include "out/file.hpp"
#include "run/bench.hpp"

namespace rhm {
namespace {

void gemm(bool json) {
    std::vector<std::string_view> kernels = kernel_names();
    kernels.pop_back();  // plain is an oracle, not a contestant
    if (kernels.empty()) kernels = kernel_names();
    GemmBench bench = bench_gemm(kernels, training_products());
    std::map<std::string_view, double> peak;
    for (const KernelPeak& p : bench.peaks) peak[p.kernel] = p.gflops;
    if (!json) {
        print(
            "Matrix products of one training step (batch 128), float, one thread; share of the kernel's own "
            "multiply-add peak\n\nproduct         m     n     k");
        for (auto kernel : kernels) print(pad(kernel, -10) + "   share");
        print("\n");
    }
    std::string row;
    for (const GemmSpeed& speed : bench.speeds) {
        const GemmShape& s = speed.shape;
        double share = speed.gflops / peak[speed.kernel];
        if (json) {
            print(JsonLine()
                      .add("kind", "gemm")
                      .add("kernel", speed.kernel)
                      .add("product", s.product)
                      .add("m", s.m)
                      .add("n", s.n)
                      .add("k", s.k)
                      .add("gflops", speed.gflops)
                      .add("share_of_peak", share)
                      .text()
                  + "\n");
            continue;
        }
        if (row.empty())
            row = concat("  ", pad(s.product, 6), pad(std::to_string(s.m), -9), pad(std::to_string(s.n), -6),
                         pad(std::to_string(s.k), -6));
        row += concat(pad(fixed(speed.gflops, 1), -10), pad(fixed(share, 2), -8));
        if (speed.kernel != kernels.back()) continue;
        print(row + "\n");
        row.clear();
    }
    if (json) return;
    for (const KernelPeak& p : bench.peaks)
        print(concat("\npeak of ", p.kernel, ": ", fixed(p.gflops, 1), " GFLOP/s"));
    print("\n");
}

void steps(bool json) {
    if (!json)
        print("One training step, batch 128, one thread\n\n" + pad("network", 20) + pad("rule", 16)
              + pad("ms", -8) + pad("to bp", -8) + pad("memory", -12) + "\n");
    std::string last;
    for (const StepSpeed& s : bench_steps()) {
        if (json)
            print(JsonLine()
                      .add("kind", "step")
                      .add("network", s.network)
                      .add("rule", s.rule)
                      .add("milliseconds", s.milliseconds)
                      .add("to_bp", s.to_bp)
                      .add("bytes", s.bytes)
                      .text()
                  + "\n");
        else
            print(concat(pad(s.network == last ? "" : s.network, 20), pad(s.rule, 16),
                         pad(fixed(s.milliseconds, 3), -8), pad(fixed(s.to_bp, 2), -8),
                         pad(bytes_text(double(s.bytes)), -12), "\n"));
        last = s.network;
    }
}

void data(bool json) {
    if (!json) print("Generation of data, one core\n\n");
    for (const GrammarShape& shape :
         {GrammarShape{4, 4, 3, 2, 5}, {4, 4, 3, 2, 6}, {8, 8, 4, 2, 3}, {32, 32, 8, 4, 3}}) {
        DataSpeed speed = bench_data(shape, 100000);
        if (json)
            print(JsonLine()
                      .add("kind", "data")
                      .add("vocab", shape.vocab)
                      .add("synonyms", shape.synonyms)
                      .add("tuple", shape.tuple)
                      .add("levels", shape.levels)
                      .add("leaves_per_second", speed.leaves_per_second)
                      .text()
                  + "\n");
        else
            print(concat("  v=", shape.vocab, " m=", shape.synonyms, " s=", shape.tuple, " L=", shape.levels,
                         ": ", fixed(speed.leaves_per_second / 1e6, 1), " million leaves/s\n"));
    }
}

}  // namespace

Exit bench_command(Arguments& arguments) {
    struct Part {
        std::string_view name;
        void (*measure)(bool json);
    };
    constexpr Part kParts[] = {{"gemm", gemm}, {"step", steps}, {"data", data}};
    const std::string what = arguments.words.empty() ? "all" : arguments.words[0];
    const bool json = arguments.config.format == "json";
    bool known = false;
    for (const Part& part : kParts) {
        if (what != "all" && what != part.name) continue;
        if (known && !json) print("\n");
        part.measure(json);
        known = true;
    }
    if (!known) fail(Exit::usage, "'rhm bench' measures gemm, step, data or all, not '", what, "'");
    return Exit::ok;
}

}  // namespace rhm

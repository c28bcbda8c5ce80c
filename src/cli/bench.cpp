// rhm bench: how fast the hot loops run on this machine.
#include <map>

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "data/dataset.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "show/table.hpp"
#include "study/bench.hpp"

namespace rhm {
namespace {

void gemm(bool json) {
    std::vector<std::string_view> kernels = kernel_names();
    kernels.pop_back();  // plain is an oracle, not a contestant
    if (kernels.empty()) kernels = kernel_names();
    GemmBench bench = bench_gemm(kernels, training_products());
    std::map<std::string_view, double> peak;
    for (const KernelPeak& p : bench.peaks) peak[p.kernel] = p.gflops;
    std::vector<TextTable::Column> titles = {{"product"}};
    for (const char* size : {"m", "n", "k"}) titles.push_back({size, TextTable::Kind::right});
    for (auto kernel : kernels) {
        titles.push_back({std::string(kernel), TextTable::Kind::right});
        titles.push_back({"share", TextTable::Kind::right});
    }
    TextTable table(titles);
    std::vector<std::string> row;
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
            row = {std::string(s.product), std::to_string(s.m), std::to_string(s.n), std::to_string(s.k)};
        row.push_back(fixed(speed.gflops, 1));
        row.push_back(fixed(share, 2));
        if (speed.kernel != kernels.back()) continue;
        table.add(std::move(row));
        row.clear();
    }
    if (json) return;
    print_text(
        sentence("Matrix products of one training step (batch 128), float, one thread, in GFLOP/s; share of "
                 "the kernel's own multiply-add peak")
        + "\n" + table.text(text_width()) + "\n");
    for (const KernelPeak& p : bench.peaks)
        print_text(sentence(concat("peak of ", p.kernel, ": ", fixed(p.gflops, 1), " GFLOP/s")));
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

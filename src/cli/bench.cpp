// rhm bench: how fast the hot loops run on this machine.
#include <map>

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "data/dataset.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "show/listing.hpp"
#include "study/bench.hpp"

namespace rhm {
namespace {

using enum Listing::Kind;

void gemm(bool json) {
    std::vector<std::string_view> kernels = kernel_names();
    kernels.pop_back();  // plain is an oracle, not a contestant
    if (kernels.empty()) kernels = kernel_names();
    GemmBench bench = bench_gemm(kernels, training_products());
    std::map<std::string_view, double> peak;
    for (const KernelPeak& p : bench.peaks) peak[p.kernel] = p.gflops;
    std::vector<Listing::Column> titles = {{.text = "product"}};
    for (const char* size : {"m", "n", "k"}) titles.push_back({.text = size, .kind = right});
    for (auto kernel : kernels) {
        titles.push_back({.text = std::string(kernel), .kind = right});
        titles.push_back({.text = "share", .kind = right});
    }
    Listing table(titles);
    std::string lines;
    std::vector<Listing::Cell> row;
    for (const GemmSpeed& speed : bench.speeds) {
        const GemmShape& s = speed.shape;
        const double share = speed.gflops / peak[speed.kernel];
        JsonLine line;
        line.add("kind", "gemm").add("kernel", speed.kernel).add("product", s.product);
        line.add("m", s.m).add("n", s.n).add("k", s.k);
        line.add("gflops", speed.gflops).add("share_of_peak", share);
        lines += line.text() + "\n";
        if (row.empty()) row = {s.product, s.m, s.n, s.k};
        row.push_back(fixed(speed.gflops, 1));
        row.push_back(fixed(share, 2));
        if (speed.kernel != kernels.back()) continue;
        table.add(std::move(row));
        row.clear();
    }
    if (json) return print(lines);
    print_text(sentence("Matrix products of one training step (batch 128), float, one thread, in GFLOP/s; "
                        "share of the kernel's own multiply-add peak")
               + "\n" + table.text(text_width()) + "\n");
    for (const KernelPeak& p : bench.peaks)
        print_text(sentence(concat("peak of ", p.kernel, ": ", fixed(p.gflops, 1), " GFLOP/s")));
}

void steps(bool json) {
    Listing table({{.text = "network", .json = "network"},
                   {.text = "rule", .json = "rule"},
                   {.text = "ms", .kind = right, .json = "milliseconds"},
                   {.text = "to bp", .kind = right, .json = "to_bp"},
                   {.text = "million products", .kind = right, .json = "multiplications"},
                   {.text = "to bp", .kind = right, .json = "multiplications_to_bp"},
                   {.text = "memory", .kind = right, .json = "bytes"}},
                  "step");
    std::string last;
    for (const StepSpeed& s : bench_steps()) {
        table.add({{s.network, s.network == last ? "" : s.network},
                   s.rule,
                   {s.milliseconds, fixed(s.milliseconds, 3)},
                   {s.to_bp, fixed(s.to_bp, 2)},
                   {s.multiplications, fixed(double(s.multiplications) / 1e6, 2)},
                   {s.count_to_bp, fixed(s.count_to_bp, 2)},
                   {s.bytes, bytes_text(double(s.bytes))}});
        last = s.network;
    }
    if (json) return print(table.json());
    print_text(
        sentence(
            "One training step, batch 128, one thread; products: the multiplications of its matrix products")
        + "\n" + table.text(text_width()));
}

void data(bool json) {
    Listing table({{.text = "v", .kind = right, .json = "vocab"},
                   {.text = "m", .kind = right, .json = "synonyms"},
                   {.text = "s", .kind = right, .json = "tuple"},
                   {.text = "L", .kind = right, .json = "levels"},
                   {.text = "million leaves/s", .kind = right, .json = "leaves_per_second"}},
                  "data");
    for (const GrammarShape& shape :
         {GrammarShape{4, 4, 3, 2, 5}, {4, 4, 3, 2, 6}, {8, 8, 4, 2, 3}, {32, 32, 8, 4, 3}}) {
        const double speed = bench_data(shape, 100000);
        table.add({shape.vocab, shape.synonyms, shape.tuple, shape.levels, {speed, fixed(speed / 1e6, 1)}});
    }
    if (json) return print(table.json());
    print_text("Generation of data, one core\n\n" + table.text(text_width()));
}

}  // namespace

Exit bench_command(Arguments& arguments) {
    const std::string what = arguments.words.empty() ? "all" : arguments.words[0];
    const bool json = arguments.config.format == "json", all = what == "all";
    constexpr std::pair<std::string_view, void (*)(bool json)> kParts[] = {
        {"gemm", gemm}, {"step", steps}, {"data", data}};
    bool known = false;
    for (const auto& [name, measure] : kParts) {
        if (!all && what != name) continue;
        if (known && !json) print("\n");
        measure(json);
        known = true;
    }
    if (!known) fail(Exit::usage, "'rhm bench' measures gemm, step, data or all, not '", what, "'");
    return Exit::ok;
}

}  // namespace rhm

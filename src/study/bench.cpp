#include "study/bench.hpp"

#include <algorithm>
#include <ctime>
#include <memory>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "matrix/kernels.hpp"
#include "train/options.hpp"
#include "train/trainer.hpp"

namespace rhm {
namespace {

/// Operations per nanosecond: runs `work` (which returns how many it did) until it has used `seconds` of
/// processor time. Processor time, because time given to other programs must not count.
template <class Work>
double gflops_of(double seconds, Work work) {
    const std::clock_t start = std::clock();
    double operations = 0, elapsed = 0;
    do {
        for (const double enough = operations + 2e6; operations < enough;)
            operations += work();  // reading the clock costs
        elapsed = double(std::clock() - start) / double(CLOCKS_PER_SEC);
    } while (elapsed < seconds || elapsed <= 0);
    return operations / elapsed * 1e-9;
}

double median(std::vector<double> x) {
    const auto middle = x.begin() + std::ptrdiff_t(x.size() / 2);
    std::nth_element(x.begin(), middle, x.end());
    return *middle;
}

/// Numbers in [-1, 1), without zeros, infinities or denormals to slow down or speed up the products.
Matrix operand(std::size_t rows, std::size_t cols) {
    Matrix x(rows, cols);
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = float(i * 7919 % 2000) / 1000 - 0.9995f;
    return x;
}

/// The operands of one product, and a call that multiplies them with the selected kernels.
struct Product {
    GemmShape shape;
    Matrix a, b, c;

    explicit Product(const GemmShape& s)
        : shape(s),
          a(s.product == "tn" ? operand(s.k, s.m) : operand(s.m, s.k)),
          b(s.product == "nt" ? operand(s.n, s.k) : operand(s.k, s.n)),
          c(s.m, s.n) {}

    double operator()() {
        if (shape.product == "nn")
            gemm_nn(a, b, c);
        else if (shape.product == "nt")
            gemm_nt(a, b, c);
        else
            gemm_tn(a, b, c);
        return 2.0 * double(shape.m) * double(shape.n) * double(shape.k);
    }
};

struct KeepSelection {
    std::string_view name = selected_kernels();
    ~KeepSelection() { select_kernels(name); }
};

}  // namespace

std::vector<GemmShape> training_products() {
    struct Net {
        std::size_t v, L, H;
    };
    constexpr Net nets[] = {{6, 3, 72}, {8, 4, 128}, {16, 3, 512}, {4, 5, 64}};
    constexpr std::size_t batch = 128;
    std::vector<GemmShape> shapes;
    const auto add = [&](std::size_t rows, std::size_t inputs, std::size_t outputs) {
        shapes.push_back({"nn", rows, outputs, inputs});
        shapes.push_back({"nt", rows, inputs, outputs});
        shapes.push_back({"tn", inputs, outputs, rows});
    };
    for (const Net& net : nets) {
        for (std::size_t layer = 2; layer <= net.L; ++layer) add(batch << (net.L - layer), 2 * net.H, net.H);
        add(batch, net.H, net.v);
    }
    return shapes;
}

GemmBench bench_gemm(const std::vector<std::string_view>& kernels, const std::vector<GemmShape>& shapes,
                     std::size_t repeats, double seconds) {
    const KeepSelection keep;
    GemmBench result;
    for (std::string_view kernel : kernels) {
        select_kernels(kernel);
        if (fma_burst(1) == 0) continue;  // plain has no vector instructions of its own
        double best = 0;
        for (std::size_t r = 0; r < repeats; ++r)
            best = std::max(best, gflops_of(seconds, [] { return fma_burst(10000); }));
        result.peaks.push_back({kernel, best});
    }
    for (const GemmShape& shape : shapes) {
        Product product(shape);
        std::vector<std::vector<double>> gflops(kernels.size());
        for (std::size_t r = 0; r < repeats; ++r)
            for (std::size_t i = 0; i < kernels.size(); ++i) {
                stop_if_interrupted();
                select_kernels(kernels[i]);
                gflops[i].push_back(gflops_of(seconds, [&] { return product(); }));
            }
        for (std::size_t i = 0; i < kernels.size(); ++i)
            if (repeats > 0) result.speeds.push_back({kernels[i], shape, median(gflops[i])});
    }
    return result;
}

namespace {

std::size_t bytes_of(const Memory& memory) {
    std::size_t numbers =
        memory.feedback.size() + 4 * memory.learnt.size();  // gradient and two moments besides
    for (const Matrix& buffer : memory.scratch) numbers += buffer.size();
    return numbers * sizeof(real);
}

std::size_t bytes_of(const Trainer& trainer) {
    std::size_t numbers = 4 * trainer.net.parameters.size() + trainer.record.logits.size();
    for (const Strings& s : trainer.record.strings)
        numbers += s.code.size() + s.products.size() + s.sums.size();
    for (const auto& code : trainer.record.code) numbers += code.size();
    return numbers * sizeof(real) + trainer.batch.input.size() + bytes_of(trainer.memory);
}

}  // namespace

std::vector<StepSpeed> bench_steps(std::size_t repeats, std::size_t steps, std::span<const StepNet> nets) {
    std::vector<StepSpeed> result;
    for (const StepNet& net : nets) {
        std::vector<std::unique_ptr<Trainer>> trainers;
        std::vector<std::uint64_t> counts;
        for (const Rule* rule : rules()) {
            Config config;
            config.task = {net.vocab, net.vocab, 2, 2, net.levels};
            config.train_size = 512;
            config.test_size = 64;
            config.width = net.width;
            config.rule = rule->name;
            set_all(config, "batch=128");  // whatever the rule's default
            resolve(config);
            trainers.push_back(std::make_unique<Trainer>(config));
            const std::uint64_t before = multiplications();
            trainers.back()->step();  // buffers are allocated here
            counts.push_back(multiplications() - before);
        }
        std::vector<std::vector<double>> times(trainers.size());
        const std::size_t turn = std::max<std::size_t>(
            1, net.width < 512 ? steps : steps / 5);  // a large network's steps are long enough
        for (std::size_t r = 0; r < repeats; ++r)
            for (std::size_t i = 0; i < trainers.size(); ++i) {
                stop_if_interrupted();
                const std::clock_t start = std::clock();
                double elapsed = 0, done = 0;
                do {  // a coarse clock may not have moved in one turn
                    for (std::size_t step = 0; step < turn; ++step) trainers[i]->step();
                    done += double(turn);
                    elapsed = double(std::clock() - start) / double(CLOCKS_PER_SEC);
                } while (elapsed <= 0);
                times[i].push_back(1e3 * elapsed / done);
            }
        std::size_t bp = 0;
        while (trainers[bp]->config.rule != "bp") ++bp;
        for (std::size_t i = 0; i < trainers.size(); ++i) {
            const double time = median(times[i]);
            result.push_back({trainers[i]->config.rule,
                              concat("v=", net.vocab, " L=", net.levels, " width ", net.width), time,
                              time / median(times[bp]), counts[i], double(counts[i]) / double(counts[bp]),
                              bytes_of(*trainers[i])});
        }
    }
    return result;
}

}  // namespace rhm

#include "study/self_test.hpp"

#include <algorithm>
#include <cmath>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/rng.hpp"
#include "matrix/arithmetic.hpp"
#include "matrix/kernels.hpp"
#include "base/text.hpp"
#include "train/options.hpp"
#include "train/trainer.hpp"

namespace rhm {
namespace {

std::string differs(std::string_view is, std::string_view should_be) {
    return is == should_be ? "" : concat("it is ", is, " and should be ", should_be);
}

std::string random_numbers() {
    // Known answers of the authors' library (Random123, kat_vectors): counter and key of the digits of pi.
    const auto words = philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0});
    if (words != std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1})
        return "philox4x32-10 has another answer than its authors'";
    Rng rng(1, Purpose::test, 2);
    std::vector<std::uint8_t> draws(1000);
    for (auto& x : draws) x = std::uint8_t(rng.below(251));
    rng.shuffle(std::span(draws));
    double sum = 0;
    for (int i = 1; i <= 100; ++i) sum += i * rng.normal();
    if (!(std::abs(sum - 176.54384415549) < 1e-8))
        return concat("normal numbers have the weighted sum ", number(sum));
    return differs(digest_of<std::uint8_t>(draws), "052cf0d1a7257763");
}

std::string grammar() {
    const GrammarShape shape{.vocab = 6, .classes = 5, .synonyms = 4, .tuple = 3, .levels = 3};
    return differs(Grammar(shape, 1).digest(), "a54e854ad52b33a0");
}

std::string data() {
    const GrammarShape shape{.vocab = 4, .classes = 3, .synonyms = 2, .tuple = 2, .levels = 3};
    const Dataset drawn = draw(Grammar(shape, 1), {300, 84}, Split::train, 1);
    std::vector<std::uint8_t> all = drawn.leaves;
    all.insert(all.end(), drawn.labels.begin(), drawn.labels.end());
    return differs(digest_of<std::uint8_t>(all), "917288a2ec4dadca");
}

/// Kernels for as long as it lives; afterwards those that the program chooses by itself.
struct Selected {
    explicit Selected(std::string_view name) { select_kernels(name); }
    ~Selected() { select_kernels("auto"); }
};

/// What every kernel makes of fixed random numbers.
std::vector<real> computed(std::size_t rows, std::size_t cols, std::size_t terms) {
    Rng rng(2, Purpose::test, rows);
    const auto span = [](Matrix& m) { return std::span(m.data(), m.size()); };
    const auto random = [&](std::size_t r, std::size_t c) {
        Matrix out(r, c);
        rng.fill_normal(span(out), 1);
        return out;
    };
    std::vector<real> out;
    const auto keep = [&](const Matrix& m) { out.insert(out.end(), m.data(), m.data() + m.size()); };
    Matrix c = random(rows, cols);
    for (real beta : {real(0), real(1)}) {
        gemm_nn(random(rows, terms), random(terms, cols), c, beta);
        keep(c);
        gemm_nt(random(rows, terms), random(cols, terms), c, beta);
        keep(c);
        gemm_tn(random(terms, rows), random(terms, cols), c, beta);
        keep(c);
    }
    constexpr std::size_t kVocab = 5, kGroup = 3;
    std::vector<std::uint8_t> symbols(rows * kGroup);
    for (auto& symbol : symbols) symbol = std::uint8_t(rng.below(kVocab));
    Matrix weights = random(kGroup * kVocab, cols);
    gather(symbols.data(), kGroup, kGroup, kVocab, weights, c);
    keep(c);
    scatter(symbols.data(), kGroup, kGroup, kVocab, c, weights);
    keep(weights);
    Matrix bias = random(1, cols), delta = random(rows, cols), mean(rows, cols), square(rows, cols);
    bias_relu(span(bias), c);
    keep(c);
    relu_mask(c, delta);
    keep(delta);
    for (double rate : {1e-2, 3e-3})
        adam_update(span(delta), span(mean), span(square), span(c), rate, 0.9, 0.999, 1e-8, 0.9);
    keep(c);
    std::vector<real> top(rows), sum(rows);
    softmax(c, top, sum);
    keep(c);
    softplus(span(delta), span(mean));
    keep(delta);
    keep(mean);
    out.insert(out.end(), top.begin(), top.end());
    out.insert(out.end(), sum.begin(), sum.end());
    return out;
}

std::string kernel_fault(std::string_view name) {
    constexpr std::size_t kSizes[][3] = {{37, 53, 301}, {64, 96, 128}, {1, 3, 7}, {5, 130, 2}};
    for (const auto& [rows, cols, terms] : kSizes) {
        std::vector<real> plain, fast;
        for (std::vector<real>* numbers : {&plain, &fast}) {
            const Selected kernels(numbers == &plain ? "plain" : name);
            *numbers = computed(rows, cols, terms);
        }
        for (std::size_t i = 0; i < plain.size(); ++i) {
            const double is = fast[i], should_be = plain[i];
            if (!(std::abs(is - should_be) <= 1e-4 * std::max(1.0, std::abs(should_be))))
                return concat("number ", i, " of ", rows, " x ", cols, " x ", terms, " is ", is,
                              ", of the plain kernels ", should_be);
        }
    }
    return "";
}

Config configured(std::string_view rule, std::string_view more) {
    Config config;  // with weights of full size: from small ones a step crosses a hinge of clapp
    set_all(config,
            "classes=3 synonyms=2 levels=3 train-size=60 test-size=30 batch=24 width=12 bias=true "
            "init-scale=1 head-init-scale=1 seed=3");
    set_all(config, concat("rule=", rule));
    set_all(config, more);
    resolve(config);
    return config;
}

/// A run before its first update: it has a batch and what the network makes of it.
struct Begun : Trainer {
    explicit Begun(std::string_view name, std::string_view more = {}) : Trainer(configured(name, more)) {
        Rng rng(3, Purpose::test);  // biases begin at zero: move them
        for (real& w : net.parameters.values()) w += real(0.1 * rng.normal());
        batch.next(0);
        ++steps;
        look();
    }
    double loss_of(std::size_t l) {
        look();
        const View unused = memory.room(0, record.n, net.shape.hidden[l - 1].units());
        return layer_loss(rule, pass(), l, config.constants, memory, unused);
    }
};

/// How far the slope of a loss along g, by a central difference, is from |g|^2, as it should be where g is
/// its gradient with respect to w; "" when it is near.
std::string slope_fault(std::string_view where, std::span<real> w, std::span<const real> g,
                        const std::function<double()>& loss) {
    constexpr double kStep = 0.0005, kNear = 0.01;  // length of a step, largest relative error
    double square = 0;
    for (real x : g) square += double(x) * double(x);
    const std::vector<real> before(w.begin(), w.end());
    double losses[2];
    for (int i : {0, 1}) {
        const double along = (i ? kStep : -kStep) / std::sqrt(square);
        for (std::size_t k = 0; k < w.size(); ++k) w[k] = real(double(before[k]) + along * double(g[k]));
        losses[i] = loss();
    }
    std::copy(before.begin(), before.end(), w.begin());
    const double slope = (losses[1] - losses[0]) / (2 * kStep) / std::sqrt(square);
    if (std::abs(slope - 1) < kNear) return "";
    return concat("along the update of ", where, " the loss changes ", slope, " times as fast as it should");
}

/// The update of a rule that descends the cross-entropy, or a loss in each layer, beside that loss.
std::string gradient_fault(const Rule& rule) {
    Begun run(rule.name, rule.name == "simsiam" ? "stop-gradient=off" : "");
    Network& net = run.net;
    pseudo_gradient(rule, run.pass(), run.config.constants, run.memory, run.gradient);
    Parameters gradient = run.gradient, learnt_gradient = run.memory.learnt_gradient;
    std::string fault;
    const auto compare = [&](Parameters& weights, Parameters& update, std::size_t b,
                             const std::function<double()>& loss) {
        const Block& block = update.block(b);
        if (fault.empty() && block.rows > 0)
            fault = slope_fault(block.name, weights.span(b), update.span(b), loss);
    };
    for (std::size_t l = 1; l <= net.depth() + 1; ++l) {
        const bool own_loss = rule.claim != Claim::global_gradient && l <= net.depth();
        for (std::size_t b : {net.weight_index(l), net.weight_index(l) + 1})
            compare(net.parameters, gradient, b, [&] { return own_loss ? run.loss_of(l) : run.look(); });
    }
    for (std::size_t b = 0; b < learnt_gradient.blocks(); ++b)
        compare(run.memory.learnt, learnt_gradient, b, [&] {
            double sum = 0;
            for (std::size_t l = 1; l <= net.depth(); ++l) sum += run.loss_of(l);
            return sum;
        });
    return fault;
}

/// The digest of the weights after the training run below, for every arithmetic (matrix/arithmetic.hpp) that
/// is known: those of g++ and glibc on x86-64, avx2 and avx512, sse2, plain. To be renewed with kResults
/// (base/version.hpp).
constexpr std::string_view kTrained[][2] = {{"68a7ca481891af0f", "0e56b16b0765afc5"},
                                            {"abffd62e49bf35a2", "4554b942a31d239b"},
                                            {"636efa68f8fa6de6", "49025e6b0092d0bf"}};

std::string training(std::string_view kernels) {
    const Selected selected(kernels);
    const Config config = configured("bp", "train-size=200 width=16 steps=300 stop-loss=0 lr=0.01");
    Hooks hooks;
    std::string digest;
    hooks.ended = [&](Trainer& trainer, const Result&) {
        digest = digest_of<real>(trainer.net.parameters.values());
    };
    const Result result = train(config, hooks);
    if (!(result.test_accuracy >= 0.9)) return concat("test accuracy is only ", result.test_accuracy);
    for (const auto& [known, trained] : kTrained)
        if (known == arithmetic()) return differs(digest, trained);
    return "";
}

}  // namespace

std::vector<Check> self_test() {
    std::vector<Check> out = {{"random numbers", random_numbers}, {"grammar", grammar}, {"data", data}};
    const std::vector<std::string_view> kernels = kernel_names();
    for (std::string_view name : kernels)
        if (name != "plain") out.push_back({concat("kernels ", name), [name] { return kernel_fault(name); }});
    for (const Rule* rule : rules())
        if (rule->claim != Claim::closed_form || rule->name == "simsiam")
            out.push_back({concat("gradient of ", rule->name), [rule] { return gradient_fault(*rule); }});
    for (std::string_view name : kernels)
        out.push_back({concat("training with ", name), [name] { return training(name); }});
    return out;
}

std::string fault_of(const Check& check) {
    try {
        return check.fault();
    } catch (const Error& error) {
        return error.what();
    }
}

}  // namespace rhm

#include "study/self_test.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/rng.hpp"
#include "matrix/arithmetic.hpp"
#include "matrix/kernels.hpp"
#include "base/text.hpp"
#include "matrix/team.hpp"
#include "train/options.hpp"
#include "train/trainer.hpp"

namespace rhm {
namespace {

std::string differs(const std::string& is, const std::string& should_be) {
    return is == should_be ? "" : concat("it is ", is, " and should be ", should_be);
}

std::string random_numbers() {
    // Known answers of the authors' library (Random123, kat_vectors): counter and key of the digits of pi.
    const auto words = philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0});
    if (words != std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1})
        return "philox4x32-10 has another answer than its authors'";
    Rng rng(1, Purpose::test, 2);
    Digest digest;
    std::vector<std::uint8_t> draws(1000);
    for (auto& x : draws) x = std::uint8_t(rng.below(251));
    rng.shuffle(std::span(draws));
    digest.add(std::span<const std::uint8_t>(draws));
    double sum = 0;
    for (int i = 1; i <= 100; ++i) sum += i * rng.normal();
    if (!(std::abs(sum - 176.54384415549) < 1e-8))
        return concat("normal numbers have the weighted sum ", number(sum));
    return differs(digest.text(), "052cf0d1a7257763");
}

std::string grammar() {
    const GrammarShape shape{.vocab = 6, .classes = 5, .synonyms = 4, .tuple = 3, .levels = 3};
    const Grammar drawn(shape, 1);
    for (int level = 1; level <= shape.levels; ++level)
        for (int row = 0; row < shape.symbols(level) * shape.synonyms; ++row)
            if (drawn.find(level, drawn.rules(level) + row * shape.tuple) != row)
                return "a tuple does not lead back to the symbol that it was made of";
    if (Grammar::parse(to_json(drawn)) != drawn) return "written and read again it is another one";
    return differs(drawn.digest(), "a54e854ad52b33a0");
}

/// Every datum is read from its leaves upwards by the grammar's rules: its label is what is left.
std::string data() {
    const GrammarShape shape{.vocab = 4, .classes = 3, .synonyms = 2, .tuple = 2, .levels = 3};
    const Grammar rules(shape, 1);
    const Dataset drawn = draw(rules, {300, 84}, Split::train, 1);
    for (std::size_t i = 0; i < drawn.size(); ++i) {
        std::vector<std::uint8_t> symbols(drawn.row(i), drawn.row(i) + drawn.length);
        for (int level = 1; level <= shape.levels; ++level) {
            for (std::size_t at = 0; at < symbols.size() / 2; ++at) {
                const int row = rules.find(level, symbols.data() + 2 * at);
                if (row < 0) return "a datum does not follow the grammar";
                symbols[at] = std::uint8_t(row / shape.synonyms);
            }
            symbols.resize(symbols.size() / 2);
        }
        if (symbols[0] != drawn.labels[i]) return "a datum has another label than its derivation";
    }
    Digest digest;
    digest.add(std::span<const std::uint8_t>(drawn.leaves));
    digest.add(std::span<const std::uint8_t>(drawn.labels));
    return differs(digest.text(), "917288a2ec4dadca");
}

/// Kernels for as long as it lives; afterwards those that the program chooses by itself.
struct Selected {
    explicit Selected(std::string_view name) { select_kernels(name); }
    ~Selected() { select_kernels("auto"); }
};

using Numbers = std::vector<real>;

/// What every kernel makes of fixed numbers: whole ones, of which every sum is exact, or normal ones.
Numbers computed(bool whole, std::size_t rows, std::size_t cols, std::size_t terms) {
    Rng rng(2, Purpose::test, rows);
    const auto random = [&](std::size_t r, std::size_t c) {
        Matrix out(r, c);
        for (std::size_t i = 0; i < out.size(); ++i)
            out.data()[i] = real(whole ? double(rng.below(9)) - 4 : rng.normal());
        return out;
    };
    Numbers out;
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
    Matrix bias = random(1, cols), delta = random(rows, cols);
    bias_relu({bias.data(), cols}, c);
    keep(c);
    relu_mask(c, delta);
    keep(delta);
    if (whole) return out;
    Matrix mean(rows, cols), square(rows, cols);
    const auto span = [](Matrix& m) { return std::span(m.data(), m.size()); };
    for (double rate : {1e-2, 3e-3})
        adam_update({delta.data(), delta.size()}, span(mean), span(square), span(c), rate, 0.9, 0.999, 1e-8);
    keep(c);
    return out;
}

std::string kernel_fault(std::string_view name) {
    constexpr std::size_t kSizes[][3] = {{37, 53, 301}, {64, 96, 128}, {1, 3, 7}, {5, 130, 2}};
    for (const auto& [rows, cols, terms] : kSizes)
        for (bool whole : {true, false}) {
            Numbers plain, fast;
            for (Numbers* numbers : {&plain, &fast}) {
                const Selected kernels(numbers == &plain ? "plain" : name);
                *numbers = computed(whole, rows, cols, terms);
            }
            for (std::size_t i = 0; i < plain.size(); ++i) {
                const double far = std::abs(double(fast[i]) - double(plain[i]));
                if (!(far <= (whole ? 0 : 1e-4 * std::max(1.0, std::abs(double(plain[i]))))))
                    return concat("number ", i, " of ", rows, " x ", cols, " x ", terms, " is ",
                                  double(fast[i]), ", of the plain kernels ", double(plain[i]));
            }
        }
    return "";
}

bool same_bits(std::span<const real> a, std::span<const real> b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

std::string threads() {
    const Numbers alone = computed(false, 320, 320, 300);
    Team team(3);
    if (!same_bits(computed(false, 320, 320, 300), alone))
        return "three threads compute other bytes than one";
    return team.size() > 1 && team.rounds() == 0 ? "the threads had nothing to do" : "";
}

Config configured(std::string_view rule, std::string_view more) {
    Config config;
    set_all(config,
            "classes=3 synonyms=2 levels=3 train-size=60 test-size=30 batch=24 width=12 bias=true "
            "init-scale=1 seed=3");
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
    /// The hidden layers' update, for the network's error or another.
    Numbers hidden(const Matrix* other_error = nullptr) {
        const Pass p = pass();
        gradient.zero();
        hidden_gradient(
            rule,
            {p.net, p.record, p.n, p.labels, other_error ? *other_error : p.error, p.seed, p.step, p.layer},
            config.constants, memory, gradient);
        return {gradient.values().begin(), gradient.values().end()};
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
    const bool global = rule.claim == Claim::global_gradient;
    Begun run(rule.name, rule.name == "simsiam" ? "stop-gradient=off" : "");
    Network& net = run.net;
    pseudo_gradient(rule, run.pass(), run.config.constants, run.memory, run.gradient);
    Parameters g = run.gradient, learnt = run.memory.learnt_gradient;
    for (std::size_t l = 1; l <= net.depth() + 1; ++l)
        for (std::size_t b = net.weight_index(l); b < net.weight_index(l) + 2; ++b) {
            const bool own = !global && l <= net.depth();
            const std::string fault =
                slope_fault(net.parameters.block(b).name, net.parameters.span(b), g.span(b),
                            [&] { return own ? run.loss_of(l) : run.look(); });
            if (!fault.empty()) return fault;
        }
    for (std::size_t b = 0; b < learnt.blocks(); ++b) {
        if (learnt.block(b).rows == 0) continue;
        const std::string fault =
            slope_fault(learnt.block(b).name, run.memory.learnt.span(b), learnt.span(b), [&] {
                double sum = 0;
                for (std::size_t l = 1; l <= net.depth(); ++l) sum += run.loss_of(l);
                return sum;
            });
        if (!fault.empty()) return fault;
    }
    return "";
}

std::string same(const Numbers& a, const Numbers& b) {
    return same_bits(a, b) ? "" : "the updates are not the same to the bit";
}

void transpose(ConstView from, View to) {
    for (std::size_t i = 0; i < from.rows; ++i)
        for (std::size_t j = 0; j < from.cols; ++j) to(j, i) = from(i, j);
}

/// Rules that must coincide, so that those without a loss are tied to those that have one.
std::vector<Check> identities() {
    std::vector<Check> out;
    const auto add = [&](std::string name, std::function<std::string()> fault) {
        out.push_back({std::move(name), std::move(fault)});
    };
    add("frozen learns nothing", [] {
        const Numbers g = Begun("frozen").hidden();
        return same(g, Numbers(g.size()));
    });
    add("dfa through the readout's weights is bp of one hidden layer", [] {
        Begun bp("bp", "depth=1"), dfa("dfa", "depth=1");
        transpose(bp.net.readout(), dfa.memory.feedback[0]);
        return same(dfa.hidden(), bp.hidden());
    });
    add("fa through the network's weights is bp", [] {
        Begun bp("bp"), fa("fa");
        fa.memory.feedback = bp.net.parameters;
        return same(fa.hidden(), bp.hidden());
    });
    add("sign_symmetry is bp where all weights have one size", [] {
        Begun bp("bp"), signs("sign_symmetry", "feedback-scale=1");
        for (Begun* run : {&bp, &signs}) {
            for (std::size_t l = 1; l <= run->net.depth() + 1; ++l)
                for (real& w : run->net.parameters.span(run->net.weight_index(l)))
                    w = std::copysign(real(run->net.shape.spread(l)), w);
            run->look();
        }
        return same(signs.hidden(), bp.hidden());
    });
    add("ebd that never learns is dfa", [] {
        return same(Begun("ebd", "forgetting=1 power=0 entropy=0 feedback-scale=1").hidden(),
                    Begun("dfa", "feedback-scale=1").hidden());
    });
    add("dkp without decay is dfa", [] {
        return same(Begun("dkp", "decay=0 feedback-scale=1").hidden(),
                    Begun("dfa", "feedback-scale=1").hidden());
    });
    add("gated through the network's weights is bp of two hidden layers", [] {
        Begun bp("bp", "depth=2 arch=fcn"), gated("gated", "depth=2 arch=fcn");
        transpose(bp.net.weight(2), gated.memory.feedback[0]);
        transpose(bp.net.readout(), gated.memory.feedback[1]);
        return same(gated.hidden(), bp.hidden());
    });
    for (const auto& [name, elsewhere] : {std::pair{"sdfa", 1}, {"drtp", 0}})
        add(concat(name, " is dfa of another error"), [name = name, elsewhere = elsewhere] {
            Begun rule(name, "feedback-scale=1"), dfa("dfa", "feedback-scale=1");
            const std::vector<std::uint8_t>& labels = dfa.batch.labels;
            Matrix error(labels.size(), 3);
            for (std::size_t i = 0; i < error.rows(); ++i)
                for (std::size_t c = 0; c < 3; ++c)
                    error(i, c) = real(c == labels[i] ? -1 : elsewhere) * (real(1) / real(error.rows()));
            return same(rule.hidden(), dfa.hidden(&error));
        });
    add("pepita without a perturbation learns nothing", [] {
        for (real x : Begun("pepita", "feedback-scale=0").hidden())
            if (!(std::abs(x) < 1e-6)) return concat("its update has a number ", double(x));
        return std::string();
    });
    return out;
}

/// The digest of the weights after the training run below, for every arithmetic (matrix/arithmetic.hpp) that
/// is known: those of g++ and glibc on x86-64, avx2 and avx512, sse2, plain. To be renewed with kResults
/// (base/version.hpp).
constexpr std::string_view kTrained[][2] = {{"8f90904e9332e5e7", "ee4fbbe86dadc4eb"},
                                            {"8712ef7ec50a0df9", "741d9f56d53f0fbd"},
                                            {"34575959c5853c01", "5f7a9e6e72653559"}};

std::string training(std::string_view kernels) {
    const Selected selected(kernels);
    const Config config = configured("bp", "train-size=200 width=16 steps=300 stop-loss=0 lr=0.01");
    Hooks hooks;
    Digest digest;
    hooks.ended = [&](Trainer& trainer, const Result&) {
        digest.add(std::span<const real>(trainer.net.parameters.values()));
    };
    const Result result = train(config, hooks);
    if (!(result.test_accuracy >= 0.9)) return concat("test accuracy is only ", result.test_accuracy);
    for (const auto& [known, trained] : kTrained)
        if (known == arithmetic()) return differs(digest.text(), std::string(trained));
    return "";
}

}  // namespace

std::vector<Check> self_test() {
    std::vector<Check> out = {{"random numbers", random_numbers}, {"grammar", grammar}, {"data", data}};
    const std::vector<std::string_view> kernels = kernel_names();
    for (std::string_view name : kernels)
        if (name != "plain") out.push_back({concat("kernels ", name), [name] { return kernel_fault(name); }});
    out.push_back({"any number of threads gives the same bytes", threads});
    for (const Rule* rule : rules())
        if (rule->claim != Claim::closed_form || rule->name == "simsiam")
            out.push_back({concat("gradient of ", rule->name), [rule] { return gradient_fault(*rule); }});
    for (Check& check : identities()) out.push_back(std::move(check));
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

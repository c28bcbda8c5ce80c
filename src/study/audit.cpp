#include "study/audit.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/rng.hpp"
#include "data/dataset.hpp"
#include "net/loss.hpp"
#include "train/config.hpp"

namespace rhm {
namespace {

constexpr std::size_t kData = 6, kLayer = 2;

Config small(Config c) {
    c.arch = Arch::lcn;
    c.task = {.vocab = 4, .classes = 3, .synonyms = 3, .tuple = 2, .levels = 3};
    c.classes = 3;
    c.width = 8;
    c.train_size = 2 * kData;
    c.test_size = 1;
    resolve(c);
    c.constants.power = c.constants.entropy = 0.1;  // ebd with all its terms
    return c;
}

/// A batch after its forward pass, and all that a rule is given.
struct Scene {
    const Rule& rule;
    const Config config;
    const std::size_t n = config.batch == 1 ? 1 : kData;
    Dataset data = draw(grammar_of(config), sizes_of(config), Split::train, 3);
    const std::size_t rows = rule.wants_pairs() ? 2 * n : n;
    std::vector<std::uint8_t> input, labels;
    Network net{shape_of(config), 1};
    Memory memory = start(rule, net, config.constants, 2);
    Record record;
    Matrix error{n, net.shape.classes};

    Scene(const Rule& of, const Config& with) : rule(of), config(with) {
        for (std::size_t turn = n == 1 ? kData : 1; turn-- > 0;) {
            look(turn);
            if (turn > 0) delta(100 + turn);  // leaves its traces
        }
    }
    /// The forward pass of the data from `first` on, and of their second views.
    void look(std::size_t first) {
        input.clear();
        for (std::size_t view = 0; view < rows / n; ++view)
            for (std::size_t i = 0; i < n; ++i) {
                const std::uint8_t* row = data.row(view * kData + first + i);
                input.insert(input.end(), row, row + data.length);
            }
        labels.assign(data.labels.begin() + std::ptrdiff_t(first),
                      data.labels.begin() + std::ptrdiff_t(first + n));
        record.share = false;  // a code is changed for one datum alone
        forward(net, input, rows, record);
        cross_entropy(record.logits.view().rows_from(0, n), labels, error);
    }

    /// delta of the layer, of the first datum and position: one number a unit.
    std::vector<real> delta(std::uint64_t step) {
        Signals signals;
        record.signals = &signals;
        Parameters gradient = net.parameters.zeros();
        memory.learnt_gradient.zero();
        const Pass pass{net, record, n, labels, error, 5, step};
        hidden_gradient(rule, pass, config.constants, memory, gradient);
        record.signals = nullptr;
        const ConstView d = signals.of(kLayer);
        return d.empty() ? std::vector<real>() : std::vector<real>(d.row(0), d.row(0) + d.cols);
    }

    /// The activities of a layer for a datum: of all positions, or of one.
    View code(std::size_t l, std::size_t datum, std::optional<std::size_t> position = {}) {
        const std::size_t all = net.shape.hidden[l - 1].positions;
        return record.code[l - 1].view().rows_from(datum * all + position.value_or(0), position ? 1 : all);
    }
};

/// By numbers of all sizes, so that a hinge or a mask that hides one change shows another.
real any_size(Rng& rng) { return real(rng.normal() * std::pow(10, int(rng.below(4)) - 1)); }

void shake(std::span<real> numbers, Rng& rng) {
    for (real& x : numbers) x += any_size(rng);
}
/// Activities, which are not negative: some fall silent and some begin.
void shake_activity(View activity, Rng& rng) {
    for (std::size_t i = 0; i < activity.rows; ++i)
        for (std::size_t j = 0; j < activity.cols; ++j)
            activity(i, j) = std::max(real(0), activity(i, j) + any_size(rng));
}
void shake_heads(Scene& scene, bool own, Rng& rng) {
    const std::size_t blocks = scene.memory.learnt.blocks(), per_layer = blocks / scene.net.depth();
    for (std::size_t b = 0; b < blocks; ++b)
        if ((b / per_layer + 1 == kLayer) == own) shake(scene.memory.learnt.span(b), rng);
}

/// Changes what `source` names; `unit`: the postsynaptic one, which stays as it is.
void change(Scene& scene, Source source, std::size_t unit, Rng& rng) {
    Network& net = scene.net;
    using enum Source;
    switch (source) {
        case label:
            scene.labels[0] = std::uint8_t((scene.labels[0] + 1 + rng.below(2)) % 3);
            break;
        case error:
            shake({scene.error.data(), scene.error.cols()}, rng);
            break;
        case feedback:
            shake(scene.memory.feedback.values(), rng);
            break;
        case weights_above:
            for (std::size_t l = kLayer + 1; l <= net.depth() + 1; ++l)
                shake(net.parameters.span(net.weight_index(l)), rng);
            break;
        case masks_above:
            shake_activity(scene.code(kLayer + 1, 0), rng);
            break;
        case weights_own:
            shake(net.parameters.span(net.weight_index(kLayer)), rng);
            break;
        case second_pass:
            shake(net.parameters.span(net.weight_index(1)), rng);
            for (std::size_t i = 0; i < scene.data.length; ++i) scene.input[i] = std::uint8_t(rng.below(4));
            break;
        case units: {
            const View here = scene.code(kLayer, 0, 0);
            const real kept = here(0, unit);
            shake_activity(here, rng);
            here(0, unit) = kept;
            break;
        }
        case positions:
            shake_activity(scene.code(kLayer, 0, 1), rng);
            break;
        case view:
            if (scene.rule.wants_pairs()) shake_activity(scene.code(kLayer, scene.n), rng);
            break;
        case data:
            for (std::size_t i = 1; i < scene.rows; ++i)
                if (i != scene.n) shake_activity(scene.code(kLayer, i), rng);
            for (std::size_t i = 1; i < scene.n; ++i)
                shake({scene.error.view().row(i), scene.error.cols()}, rng);
            break;
        case head:
        case heads:
            shake_heads(scene, source == head, rng);
            break;
    }
}

}  // namespace

Plasticity Audit::plasticity() const {
    using enum Source;
    const auto on_any = [this](std::initializer_list<Source> list) {
        return std::any_of(list.begin(), list.end(), [this](Source source) { return on(source); });
    };
    if (!learns) return Plasticity::none;
    if (on_any({weights_above, masks_above, heads})) return Plasticity::nonlocal;
    if (on(second_pass)) return Plasticity::two_passes;
    if (on_any({weights_own, units, positions, view, data})) return Plasticity::lateral;
    return on_any({label, error, feedback}) ? Plasticity::three_factor : Plasticity::two_factor;
}

Audit audit(const Rule& rule, Config config) {
    constexpr std::uint64_t kTries = 20;
    config.rule = rule.name;
    config = small(std::move(config));
    const Scene scene(rule, config);
    Audit out;
    // Each try is another step of the run, as a rule may draw what takes part in one.
    for (std::uint64_t t = 0; t < kTries; ++t) {
        const std::vector<real> before = Scene(scene).delta(t);
        out.learns = out.learns || std::any_of(before.begin(), before.end(), [](real d) { return d != 0; });
        for (std::size_t s = 0; s < kSources; ++s)
            for (std::size_t unit = 0; unit < before.size() && !out.depends[s]; ++unit) {
                if (before[unit] == 0) continue;
                Scene changed(scene);
                Rng rng(t, Purpose::test, s);
                change(changed, Source(s), unit, rng);
                out.depends[s] = changed.delta(t)[unit] != before[unit];
            }
    }
    return out;
}

}  // namespace rhm

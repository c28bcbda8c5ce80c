#include "rules/head.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "rules/pairs.hpp"

namespace rhm {

/// u with a row for each group.
template <class Any>
static Any by_group(Any u, std::size_t hidden) {
    return {u.data, u.size() / hidden, hidden, hidden};
}

void Head::forward(const Code& h, const Memory& memory, View u, View z) const {
    if (hidden == 0) return multiply(h, reads(memory), z);
    multiply(h, reads(memory), by_group(u, hidden));
    bias_relu({}, u);
    gemm_nn(u, memory.learnt[block + 1], z);
}

void Head::backward(const Code& h, ConstView u, ConstView dz, Memory& memory, View du, View dh,
                    real beta) const {
    const View dreads = memory.learnt_gradient[block];
    if (hidden == 0) return multiply_back(h, dz, reads(memory), dreads, dh, beta);
    gemm_nt(dz, memory.learnt[block + 1], du);
    gemm_tn(u, dz, memory.learnt_gradient[block + 1], 1);
    relu_mask(u, du);
    multiply_back(h, by_group(du, hidden), reads(memory), dreads, dh, beta);
}

static Predictors predictors_of(const LocalLoss& loss, const RuleOptions& options, std::size_t width) {
    return loss.predictors ? loss.predictors(options, width) : Predictors{};
}

LocalWeights::LocalWeights(const NetworkShape& shape, const RuleOptions& options, const LocalLoss& loss)
    : k(static_cast<std::size_t>(options.head)),
      hidden(k ? static_cast<std::size_t>(options.head_hidden) : 0),
      heads(siblings(options) ? siblings_of(shape) : 1),
      slots(siblings(options) ? siblings_of(shape) - 1 : 1),
      predictors(predictors_of(loss, options, 1).count) {}

/// The positions of layer l that a hidden unit of the head reads.
static std::size_t group_of(const NetworkShape& shape, std::size_t l, const RuleOptions& options) {
    const std::size_t all = shape.hidden[l - 1].positions;
    std::size_t group = 1;
    for (int k = 0; k < options.head_levels && group < all; ++k) group *= siblings_of(shape);
    return group;
}

void init_local(const Network& net, const RuleOptions& options, std::uint64_t seed, const LocalLoss& loss,
                Memory& memory) {
    const NetworkShape& shape = net.shape;
    const LocalWeights weights(shape, options, loss);
    std::vector<double> spreads;  // of every matrix
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        const LayerShape& layer = shape.hidden[l - 1];
        const bool used = has_pairs(shape, l, options), one = siblings(options);
        const std::size_t inputs = one ? layer.width : layer.units(),
                          outputs = weights.k ? weights.k : layer.width,
                          group = one ? inputs : group_of(shape, l, options) * layer.width,
                          read = weights.hidden ? inputs / group * weights.hidden : inputs,
                          positions = weights.k || one || !loss.whole_layer ? 1 : layer.positions;
        auto add = [&](std::string name, std::size_t rows, std::size_t cols, double spread) {
            memory.learnt.add(std::move(name), used ? rows : 0, cols);
            spreads.push_back(spread);
        };
        for (std::size_t a = 0; a < weights.heads; ++a) {
            if (weights.hidden)
                add(concat("U", l, ".", a), group, weights.hidden, std::sqrt(2 / double(group)));
            add(concat("V", l, ".", a), weights.k ? read : 0, weights.k, 1 / std::sqrt(double(read)));
        }
        const double scale = predictors_of(loss, options, outputs).scale;
        for (std::size_t a = 0; a < weights.slots * weights.predictors; ++a)
            add(concat("B", l, ".", a), positions * outputs, outputs,
                scale / double(outputs) / std::sqrt(double(positions)));
    }
    memory.learnt.allocate();
    for (std::size_t l = 1, block = 0; l <= net.depth(); ++l) {
        Rng rng(seed, Purpose::heads, l);
        for (std::size_t i = 0; i < weights.blocks(); ++i, ++block)
            rng.fill_normal(memory.learnt.span(block), spreads[block]);
    }
}

}  // namespace rhm

#include "rules/head.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "rules/pairs.hpp"

namespace rhm {

std::size_t Head::layers(const Memory& memory) const {
    std::size_t d = 0;
    while (d < depth && memory.learnt[block + d].rows > 0) ++d;
    return d;
}

std::size_t Head::units(const Memory& memory) const {
    std::size_t sum = 0, outputs = depth ? memory.learnt[block + depth].rows : 0;
    for (std::size_t d = layers(memory); d-- > 0;) {
        sum += outputs;
        outputs = outputs / hidden * memory.learnt[block + d].rows;
    }
    return sum;
}

View Head::outputs(const Memory& memory, View u, std::size_t d) const {
    std::size_t groups = u.rows * memory.learnt[block + depth].rows / hidden, before = 0;
    for (std::size_t i = layers(memory) - 1; i > d; --i) {
        before += groups;
        groups = groups * memory.learnt[block + i].rows / hidden;
    }
    return {u.data + before * hidden, groups, hidden, hidden};
}

void Head::forward(const Code& h, const Memory& memory, View u, View z) const {
    Code code = h;
    for (std::size_t d = 0; d < layers(memory); ++d) {
        const View out = outputs(memory, u, d);
        multiply(code, memory.learnt[block + d], out);
        bias_relu({}, out);
        code = {out};
    }
    multiply(code, memory.learnt[block + depth], z);
}

void Head::backward(const Code& h, View u, ConstView dz, Memory& memory, View du, View dh, real beta) const {
    const Parameters& matrices = memory.learnt;
    Parameters& gradient = memory.learnt_gradient;
    ConstView down = dz;
    std::size_t of = block + depth;
    for (std::size_t d = layers(memory); d-- > 0; of = block + d) {
        const View out = outputs(memory, u, d), dout = outputs(memory, du, d);
        multiply_back({out}, down, matrices[of], gradient[of], dout, 0);
        relu_mask(out, dout);
        down = dout;
    }
    multiply_back(h, down, matrices[of], gradient[of], dh, beta);
}

static Predictors predictors_of(const LocalLoss& loss, const RuleOptions& options, std::size_t width) {
    return loss.predictors ? loss.predictors(options, width) : Predictors{};
}

LocalWeights::LocalWeights(const NetworkShape& shape, const RuleOptions& options, const LocalLoss& loss)
    : k(std::size_t(options.head)),
      depth(k && options.head_hidden ? std::size_t(options.head_depth) : 0),
      hidden(std::size_t(options.head_hidden)),
      heads(siblings(options) ? siblings_of(shape) : 1),
      slots(siblings(options) ? siblings_of(shape) - 1 : 1),
      predictors(predictors_of(loss, options, 1).count) {}

/// How many of `all` positions or groups a hidden unit of the head reads.
static std::size_t group_of(const NetworkShape& shape, std::size_t all, const RuleOptions& options) {
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
        const std::size_t outputs = weights.k ? weights.k : layer.width,
                          positions = weights.k || one || !loss.whole_layer ? 1 : layer.positions;
        auto add = [&](std::string name, std::size_t rows, std::size_t cols, double spread) {
            memory.learnt.add(std::move(name), used ? rows : 0, cols);
            spreads.push_back(spread);
        };
        for (std::size_t a = 0; a < weights.heads; ++a) {
            std::size_t left = one ? 1 : layer.positions, width = layer.width;  // what the next matrix reads
            for (std::size_t d = 0; d < weights.depth; ++d) {
                const std::size_t group = group_of(shape, left, options) * width;
                const bool there = d == 0 || left > 1;
                add(concat("U", l, ".", a, d ? concat(".", d) : ""), there ? group : 0, weights.hidden,
                    options.head_init_scale * std::sqrt(2 / double(group)));
                if (!there) continue;
                left = left * width / group;
                width = weights.hidden;
            }
            const std::size_t read = left * width;
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

#include "rules/local.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace rhm {
namespace {

/// n pairs of codes inside a record: element j of view 1 of pair i is code[first + i * stride + j], of view 2
/// code[second + ...].
struct PairSet {
    std::size_t first, second, rows, cols, stride;
    std::size_t kind;  ///< which heads and predictors: 0, or with siblings the slot of view 1
};

/// s: positions that feed one position of the next layer.
std::size_t siblings_of(const NetworkShape& shape) { return shape.hidden[0].inputs / shape.vocab; }

bool siblings(const RuleOptions& options) { return options.pairing == Pairing::siblings; }

std::size_t head_count(const NetworkShape& shape, const RuleOptions& options) {
    return siblings(options) ? siblings_of(shape) : 1;
}

std::size_t predictor_count(const NetworkShape& shape, const RuleOptions& options, const LocalLoss& loss) {
    return loss.predictors * (siblings(options) ? siblings_of(shape) - 1 : 1);
}

/// Hidden units of a head, 0: it is linear.
std::size_t hidden_of(const RuleOptions& options) {
    return options.head ? static_cast<std::size_t>(options.head_hidden) : 0;
}

/// Blocks of memory.learnt that one head takes: U_a (with hidden units), V_a.
std::size_t head_blocks(const RuleOptions& options) { return hidden_of(options) ? 2 : 1; }

/// memory.learnt holds for each layer its heads, then its predictors.
std::size_t first_block(const NetworkShape& shape, std::size_t l, const RuleOptions& options,
                        const LocalLoss& loss) {
    return (l - 1)
           * (head_count(shape, options) * head_blocks(options) + predictor_count(shape, options, loss));
}

bool by_position(const RuleOptions& options, const LocalLoss& loss) {
    return options.head == 0 && !loss.whole_layer;
}

/// How many sets of pairs layer l has, and set number i of n data.
std::size_t set_count(const NetworkShape& shape, std::size_t l, const RuleOptions& options,
                      const LocalLoss& loss) {
    const std::size_t positions = shape.hidden[l - 1].positions, s = siblings_of(shape);
    if (!siblings(options)) return by_position(options, loss) ? positions : 1;
    if (!has_pairs(shape, l, options)) return 0;
    return (s - 1) * (loss.same_place && !options.negatives_anywhere ? positions / s : 1);
}

PairSet pair_set(const NetworkShape& shape, std::size_t l, const RuleOptions& options, const LocalLoss& loss,
                 std::size_t n, std::size_t i) {
    const LayerShape& layer = shape.hidden[l - 1];
    const std::size_t width = layer.width, units = layer.units(), s = siblings_of(shape);
    if (!siblings(options)) {
        if (by_position(options, loss)) return {i * width, n * units + i * width, n, width, units, 0};
        return {0, n * units, n, units, units, 0};
    }
    std::size_t slot = i % (s - 1), place = i / (s - 1), at = (place * s + slot) * width;
    if (loss.same_place && !options.negatives_anywhere) return {at, at + width, n, width, units, slot};
    return {at, at + width, n * layer.positions / s, width, s * width, slot};
}

/// z = h V, or with hidden units u = relu(h U), z = u V. h [n, inputs], u [n, hidden], z [n, k]; `block`: the
/// head's first in memory.learnt.
void head_forward(ConstView h, const Memory& memory, std::size_t block, View u, View z) {
    if (u.cols == 0) return gemm_nn(h, memory.learnt[block], z);
    gemm_nn(h, memory.learnt[block], u);
    bias_relu({}, u);
    gemm_nn(u, memory.learnt[block + 1], z);
}

/// Its transpose: dh = beta dh + the gradient with respect to h; that of U and V is added to
/// memory.learnt_gradient. `du`: room like u.
void head_backward(ConstView h, ConstView u, ConstView dz, Memory& memory, std::size_t block, View du,
                   View dh, real beta) {
    if (u.cols == 0) {
        gemm_nt(dz, memory.learnt[block], dh, beta);
        return gemm_tn(h, dz, memory.learnt_gradient[block], real(1));
    }
    gemm_nt(dz, memory.learnt[block + 1], du);
    gemm_tn(u, dz, memory.learnt_gradient[block + 1], real(1));
    relu_mask(u, du);
    gemm_nt(du, memory.learnt[block], dh, beta);
    gemm_tn(h, du, memory.learnt_gradient[block], real(1));
}

}  // namespace

bool has_pairs(const NetworkShape& shape, std::size_t l, const RuleOptions& options) {
    return !siblings(options) || shape.hidden[l - 1].positions > 1;
}

void init_local(const Network& net, const RuleOptions& options, std::uint64_t seed, const LocalLoss& loss,
                double predictor_scale, Memory& memory) {
    const NetworkShape& shape = net.shape;
    const std::size_t k = static_cast<std::size_t>(options.head), hidden = hidden_of(options),
                      heads = head_count(shape, options), predictors = predictor_count(shape, options, loss);
    auto inputs = [&](std::size_t l) {
        return siblings(options) ? shape.hidden[l - 1].width : shape.hidden[l - 1].units();
    };
    auto positions = [&](std::size_t l) {
        return k == 0 && loss.whole_layer && !siblings(options) ? shape.hidden[l - 1].positions : 1;
    };
    auto width = [&](std::size_t l) { return k ? k : shape.hidden[l - 1].width; };
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        const bool used = has_pairs(shape, l, options);
        for (std::size_t a = 0; a < heads; ++a) {
            if (hidden) memory.learnt.add(concat("U", l, ".", a), used ? inputs(l) : 0, hidden);
            memory.learnt.add(concat("V", l, ".", a), used && k ? (hidden ? hidden : inputs(l)) : 0, k);
        }
        for (std::size_t a = 0; a < predictors; ++a)
            memory.learnt.add(concat("B", l, ".", a), used ? positions(l) * width(l) : 0, width(l));
    }
    memory.learnt.allocate();
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        Rng rng(seed, Purpose::heads, l);
        std::size_t block = first_block(shape, l, options, loss);
        double spread =
            predictor_scale / static_cast<double>(width(l)) / std::sqrt(static_cast<double>(positions(l)));
        for (std::size_t a = 0; a < heads; ++a) {
            if (hidden)
                rng.fill_normal(memory.learnt.span(block++), std::sqrt(2 / static_cast<double>(inputs(l))));
            rng.fill_normal(memory.learnt.span(block++),
                            1 / std::sqrt(static_cast<double>(hidden ? hidden : inputs(l))));
        }
        for (std::size_t a = 0; a < predictors; ++a) rng.fill_normal(memory.learnt.span(block++), spread);
    }
    memory.learnt_gradient = memory.learnt.zeros();
}

double local_loss(const Pass& pass, std::size_t l, const RuleOptions& options, const LocalLoss& loss,
                  Memory& memory, View dh) {
    const NetworkShape& shape = pass.net.shape;
    const std::size_t sets = set_count(shape, l, options, loss), base = first_block(shape, l, options, loss);
    const std::size_t hidden = hidden_of(options);
    const bool head = options.head > 0,
               overlap = siblings(options) && siblings_of(shape) > 2;  // a middle child is in two pairs
    if (sets == 0) gemm_nt(pass.error, pass.net.readout(), dh);
    if (overlap && sets) std::fill_n(dh.data, dh.size(), real(0));
    const real* code = pass.record.h(l).data;
    Matrix &z = memory.buffer(1), &dz = memory.buffer(2), &u = memory.buffer(3), &du = memory.buffer(4);
    double total = 0;
    for (std::size_t i = 0; i < sets; ++i) {
        PairSet set = pair_set(shape, l, options, loss, pass.n, i);
        const std::size_t n = set.rows, k = head ? static_cast<std::size_t>(options.head) : set.cols;
        ConstView h1{code + set.first, n, set.cols, set.stride},
            h2{code + set.second, n, set.cols, set.stride};
        View dh1{dh.data + set.first, n, set.cols, set.stride},
            dh2{dh.data + set.second, n, set.cols, set.stride};
        const std::size_t v1 = base + set.kind * head_blocks(options),
                          v2 = v1 + (siblings(options) ? head_blocks(options) : 0);
        dz.resize(2 * n, k);
        u.resize(2 * n, hidden);
        du.resize(n, hidden);
        PairCodes codes{h1, h2, dz.view().rows_from(0, n), dz.view().rows_from(n, n)};
        if (head) {
            z.resize(2 * n, k);
            head_forward(h1, memory, v1, u.view().rows_from(0, n), z.view().rows_from(0, n));
            head_forward(h2, memory, v2, u.view().rows_from(n, n), z.view().rows_from(n, n));
            codes.z1 = z.view().rows_from(0, n);
            codes.z2 = z.view().rows_from(n, n);
        } else {
            codes.positions = set.cols / shape.hidden[l - 1].width;
        }
        codes.predictor =
            base + head_count(shape, options) * head_blocks(options) + set.kind * loss.predictors;
        codes.weight = real(1) / real(sets);
        codes.rng = Rng(pass.seed, Purpose::negatives, pass.step << 24 | l << 16 | i);
        total += loss.pairs(codes, options, memory);
        const real beta = overlap ? real(1) : real(0);
        for (std::size_t view = 0; view < 2; ++view) {
            ConstView h = view ? h2 : h1, d = view ? codes.dz2 : codes.dz1;
            View down = view ? dh2 : dh1;
            if (head) {
                head_backward(h, u.view().rows_from(view * n, n), d, memory, view ? v2 : v1, du.view(), down,
                              beta);
            } else {
                for (std::size_t r = 0; r < n; ++r)
                    for (std::size_t c = 0; c < k; ++c)
                        down(r, c) = (overlap ? down(r, c) : real(0)) + d(r, c);
            }
        }
    }
    return total;
}

double local_gradient(double (*layer_loss)(const Pass&, std::size_t, const RuleOptions&, Memory&, View),
                      const Pass& pass, const RuleOptions& options, Memory& memory, Parameters& gradient) {
    double loss = 0;
    for (std::size_t l = 1; l <= pass.net.depth(); ++l) {
        if (pass.layer && pass.layer != l) continue;
        const LayerShape& layer = pass.net.shape.hidden[l - 1];
        const std::size_t rows = pass.record.n;
        Matrix& dh = memory.buffer(0);
        dh.resize(rows, layer.units());
        loss += layer_loss(pass, l, options, memory, dh.view());
        relu_mask(pass.record.flat(l), dh.view());
        accumulate(pass.net, pass.record, l, dh.reshape(rows * layer.positions, layer.width), gradient);
    }
    return loss;
}

void centre(ConstView z, View centred) {
    const real scale = real(1) / real(z.rows);
    for (std::size_t j = 0; j < z.cols; ++j) {
        real mean = 0;
        for (std::size_t i = 0; i < z.rows; ++i) mean += z(i, j);
        mean *= scale;
        for (std::size_t i = 0; i < z.rows; ++i) centred(i, j) = z(i, j) - mean;
    }
}

void standardise(ConstView z, View standard, View inverse) {
    centre(z, standard);
    for (std::size_t j = 0; j < z.cols; ++j) {
        real square = 0;
        for (std::size_t i = 0; i < z.rows; ++i) square += standard(i, j) * standard(i, j);
        inverse(0, j) = real(1) / std::sqrt(square / real(z.rows) + real(1e-5));
        for (std::size_t i = 0; i < z.rows; ++i) standard(i, j) *= inverse(0, j);
    }
}

void standardise_back(ConstView standard, ConstView inverse, ConstView d, View work, View dz) {
    const std::size_t n = standard.rows, k = standard.cols;
    std::fill_n(work.data, 2 * k, real(0));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < k; ++j) {
            work(0, j) += d(i, j) / real(n);
            work(1, j) += d(i, j) * standard(i, j) / real(n);
        }
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < k; ++j)
            dz(i, j) = inverse(0, j) * (d(i, j) - work(0, j) - standard(i, j) * work(1, j));
}

}  // namespace rhm

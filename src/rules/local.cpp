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

template <class T>
std::size_t predictor_count(const NetworkShape& shape, const RuleOptions& options, const LocalLoss<T>& loss) {
    return loss.predictors * (siblings(options) ? siblings_of(shape) - 1 : 1);
}

/// Hidden units of a head, 0: it is linear.
std::size_t hidden_of(const RuleOptions& options) {
    return options.head ? static_cast<std::size_t>(options.head_hidden) : 0;
}

/// Blocks of memory.learnt that one head takes: U_a (with hidden units), V_a.
std::size_t head_blocks(const RuleOptions& options) { return hidden_of(options) ? 2 : 1; }

/// memory.learnt holds for each layer its heads, then its predictors.
template <class T>
std::size_t first_block(const NetworkShape& shape, std::size_t l, const RuleOptions& options,
                        const LocalLoss<T>& loss) {
    return (l - 1)
           * (head_count(shape, options) * head_blocks(options) + predictor_count(shape, options, loss));
}

template <class T>
bool by_position(const RuleOptions& options, const LocalLoss<T>& loss) {
    return options.head == 0 && !loss.whole_layer;
}

/// How many sets of pairs layer l has, and set number i of n data.
template <class T>
std::size_t set_count(const NetworkShape& shape, std::size_t l, const RuleOptions& options,
                      const LocalLoss<T>& loss) {
    const std::size_t positions = shape.hidden[l - 1].positions, s = siblings_of(shape);
    if (!siblings(options)) return by_position(options, loss) ? positions : 1;
    if (!has_pairs(shape, l, options)) return 0;
    return (s - 1) * (loss.same_place && !options.negatives_anywhere ? positions / s : 1);
}

template <class T>
PairSet pair_set(const NetworkShape& shape, std::size_t l, const RuleOptions& options,
                 const LocalLoss<T>& loss, std::size_t n, std::size_t i) {
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
template <class T>
void head_forward(In<T> h, const Memory<T>& memory, std::size_t block, View<T> u, View<T> z) {
    if (u.cols == 0) return gemm_nn<T>(h, memory.learnt[block], z);
    gemm_nn<T>(h, memory.learnt[block], u);
    bias_relu<T>({}, u);
    gemm_nn<T>(u, memory.learnt[block + 1], z);
}

/// Its transpose: dh = beta dh + the gradient with respect to h; that of U and V is added to
/// memory.learnt_gradient. `du`: room like u.
template <class T>
void head_backward(In<T> h, In<T> u, In<T> dz, Memory<T>& memory, std::size_t block, View<T> du, View<T> dh,
                   T beta) {
    if (u.cols == 0) {
        gemm_nt<T>(dz, memory.learnt[block], dh, beta);
        return gemm_tn<T>(h, dz, memory.learnt_gradient[block], T(1));
    }
    gemm_nt<T>(dz, memory.learnt[block + 1], du);
    gemm_tn<T>(u, dz, memory.learnt_gradient[block + 1], T(1));
    relu_mask<T>(u, du);
    gemm_nt<T>(du, memory.learnt[block], dh, beta);
    gemm_tn<T>(h, du, memory.learnt_gradient[block], T(1));
}

}  // namespace

bool has_pairs(const NetworkShape& shape, std::size_t l, const RuleOptions& options) {
    return !siblings(options) || shape.hidden[l - 1].positions > 1;
}

template <class T>
void init_local(const Network<T>& net, const RuleOptions& options, std::uint64_t seed,
                const LocalLoss<T>& loss, double predictor_scale, Memory<T>& memory) {
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

template <class T>
double local_loss(const Pass<T>& pass, std::size_t l, const RuleOptions& options, const LocalLoss<T>& loss,
                  Memory<T>& memory, View<T> dh) {
    const NetworkShape& shape = pass.net.shape;
    const std::size_t sets = set_count(shape, l, options, loss), base = first_block(shape, l, options, loss);
    const std::size_t hidden = hidden_of(options);
    const bool head = options.head > 0,
               overlap = siblings(options) && siblings_of(shape) > 2;  // a middle child is in two pairs
    if (sets == 0) gemm_nt<T>(pass.error, pass.net.readout(), dh);
    if (overlap && sets) std::fill_n(dh.data, dh.size(), T(0));
    const T* code = pass.record.h(l).data;
    Matrix<T>&z = memory.buffer(1), &dz = memory.buffer(2), &u = memory.buffer(3), &du = memory.buffer(4);
    double total = 0;
    for (std::size_t i = 0; i < sets; ++i) {
        PairSet set = pair_set(shape, l, options, loss, pass.n, i);
        const std::size_t n = set.rows, k = head ? static_cast<std::size_t>(options.head) : set.cols;
        View<const T> h1{code + set.first, n, set.cols, set.stride},
            h2{code + set.second, n, set.cols, set.stride};
        View<T> dh1{dh.data + set.first, n, set.cols, set.stride},
            dh2{dh.data + set.second, n, set.cols, set.stride};
        const std::size_t v1 = base + set.kind * head_blocks(options),
                          v2 = v1 + (siblings(options) ? head_blocks(options) : 0);
        dz.resize(2 * n, k);
        u.resize(2 * n, hidden);
        du.resize(n, hidden);
        PairCodes<T> codes{h1, h2, dz.view().rows_from(0, n), dz.view().rows_from(n, n)};
        if (head) {
            z.resize(2 * n, k);
            head_forward<T>(h1, memory, v1, u.view().rows_from(0, n), z.view().rows_from(0, n));
            head_forward<T>(h2, memory, v2, u.view().rows_from(n, n), z.view().rows_from(n, n));
            codes.z1 = z.view().rows_from(0, n);
            codes.z2 = z.view().rows_from(n, n);
        } else {
            codes.positions = set.cols / shape.hidden[l - 1].width;
        }
        codes.predictor =
            base + head_count(shape, options) * head_blocks(options) + set.kind * loss.predictors;
        codes.weight = T(1) / static_cast<T>(sets);
        codes.rng = Rng(pass.seed, Purpose::negatives, pass.step << 24 | l << 16 | i);
        total += loss.pairs(codes, options, memory);
        const T beta = overlap ? T(1) : T(0);
        for (std::size_t view = 0; view < 2; ++view) {
            View<const T> h = view ? h2 : h1, d = view ? codes.dz2 : codes.dz1;
            View<T> down = view ? dh2 : dh1;
            if (head) {
                head_backward<T>(h, u.view().rows_from(view * n, n), d, memory, view ? v2 : v1, du.view(),
                                 down, beta);
            } else {
                for (std::size_t r = 0; r < n; ++r)
                    for (std::size_t c = 0; c < k; ++c) down(r, c) = (overlap ? down(r, c) : T(0)) + d(r, c);
            }
        }
    }
    return total;
}

template <class T>
double local_gradient(double (*layer_loss)(const Pass<T>&, std::size_t, const RuleOptions&, Memory<T>&,
                                           View<T>),
                      const Pass<T>& pass, const RuleOptions& options, Memory<T>& memory,
                      Parameters<T>& gradient) {
    double loss = 0;
    for (std::size_t l = 1; l <= pass.net.depth(); ++l) {
        if (pass.layer && pass.layer != l) continue;
        const LayerShape& layer = pass.net.shape.hidden[l - 1];
        const std::size_t rows = pass.record.n;
        Matrix<T>& dh = memory.buffer(0);
        dh.resize(rows, layer.units());
        loss += layer_loss(pass, l, options, memory, dh.view());
        relu_mask<T>(pass.record.flat(l), dh.view());
        accumulate<T>(pass.net, pass.record, l, dh.reshape(rows * layer.positions, layer.width), gradient);
    }
    return loss;
}

template <class T>
void centre(In<T> z, View<T> centred) {
    const T scale = T(1) / static_cast<T>(z.rows);
    for (std::size_t j = 0; j < z.cols; ++j) {
        T mean = 0;
        for (std::size_t i = 0; i < z.rows; ++i) mean += z(i, j);
        mean *= scale;
        for (std::size_t i = 0; i < z.rows; ++i) centred(i, j) = z(i, j) - mean;
    }
}

template <class T>
void standardise(In<T> z, View<T> standard, View<T> inverse) {
    centre<T>(z, standard);
    for (std::size_t j = 0; j < z.cols; ++j) {
        T square = 0;
        for (std::size_t i = 0; i < z.rows; ++i) square += standard(i, j) * standard(i, j);
        inverse(0, j) = T(1) / std::sqrt(square / static_cast<T>(z.rows) + T(1e-5));
        for (std::size_t i = 0; i < z.rows; ++i) standard(i, j) *= inverse(0, j);
    }
}

template <class T>
void standardise_back(In<T> standard, In<T> inverse, In<T> d, View<T> work, View<T> dz) {
    const std::size_t n = standard.rows, k = standard.cols;
    std::fill_n(work.data, 2 * k, T(0));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < k; ++j) {
            work(0, j) += d(i, j) / static_cast<T>(n);
            work(1, j) += d(i, j) * standard(i, j) / static_cast<T>(n);
        }
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < k; ++j)
            dz(i, j) = inverse(0, j) * (d(i, j) - work(0, j) - standard(i, j) * work(1, j));
}

#define RHM_LOCAL(T)                                                                                       \
    template void init_local<T>(const Network<T>&, const RuleOptions&, std::uint64_t, const LocalLoss<T>&, \
                                double, Memory<T>&);                                                       \
    template double local_loss<T>(const Pass<T>&, std::size_t, const RuleOptions&, const LocalLoss<T>&,    \
                                  Memory<T>&, View<T>);                                                    \
    template double local_gradient<T>(                                                                     \
        double (*)(const Pass<T>&, std::size_t, const RuleOptions&, Memory<T>&, View<T>), const Pass<T>&,  \
        const RuleOptions&, Memory<T>&, Parameters<T>&);                                                   \
    template void centre<T>(In<T>, View<T>);                                                               \
    template void standardise<T>(In<T>, View<T>, View<T>);                                                 \
    template void standardise_back<T>(In<T>, In<T>, In<T>, View<T>, View<T>);
RHM_LOCAL(float)
RHM_LOCAL(double)
#undef RHM_LOCAL

}  // namespace rhm

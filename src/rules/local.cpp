#include "rules/local.hpp"

#include <algorithm>

#include "rules/pairs.hpp"

namespace rhm {

double local_loss(const Pass& pass, std::size_t l, const RuleOptions& options, const LocalLoss& loss,
                  Memory& memory, View dh) {
    const NetworkShape& shape = pass.net.shape;
    const Pairs pairs(shape, l, options, loss, pass.n);
    const LocalWeights weights(shape, options, loss);
    const real beta = pairs.overlap() ? real(1) : real(0);
    if (pairs.sets() == 0) gemm_nt(pass.error, pass.net.readout(), dh);
    if (pairs.sets() && pairs.overlap()) std::fill_n(dh.data, dh.size(), real(0));
    const real* code = pass.record.h(l).data;
    double total = 0;
    for (std::size_t i = 0; i < pairs.sets(); ++i) {
        const PairSet set = pairs[i];
        const std::size_t n = set.rows, k = weights.k ? weights.k : set.cols,
                          read = weights.head(l, set.slot).read(memory);
        const View z = memory.room(1, 2 * n, k), dz = memory.room(2, 2 * n, k),
                   u = memory.room(3, 2 * n, read), du = memory.room(4, n, read);
        const ConstView h[] = {set.view1(code), set.view2(code)};
        const View down[] = {set.view1(dh.data), set.view2(dh.data)};
        const Head heads[] = {weights.head(l, set.slot), weights.head(l, set.slot + 1)};
        auto part = [n](View both, std::size_t view) { return both.rows_from(view * n, n); };
        for (std::size_t view = 0; weights.k && view < 2; ++view)
            heads[view].forward(h[view], memory, part(u, view), part(z, view));
        PairCodes codes{weights.k ? part(z, 0) : h[0], weights.k ? part(z, 1) : h[1], part(dz, 0),
                        part(dz, 1)};
        codes.positions = weights.k ? 1 : set.cols / shape.hidden[l - 1].width;
        codes.predictor = weights.predictor(l, set.slot);
        if (options.other_class && options.pairing == Pairing::classes) codes.labels = pass.labels;
        codes.weight = real(1) / real(pairs.sets());
        codes.rng = Rng(pass.seed, Purpose::negatives, pass.step << 24 | l << 16 | i);
        total += loss.pairs(codes, options, memory);
        for (std::size_t view = 0; view < 2; ++view) {
            const ConstView d = part(dz, view);
            if (weights.k)
                heads[view].backward(h[view], part(u, view), d, memory, du, down[view], beta);
            else
                for (std::size_t r = 0; r < n; ++r)
                    for (std::size_t c = 0; c < k; ++c)
                        down[view](r, c) = (pairs.overlap() ? down[view](r, c) : real(0)) + d(r, c);
        }
    }
    return total;
}

/// centred = z - column means
static void centre(ConstView z, View centred) {
    const real scale = real(1) / real(z.rows);
    for (std::size_t j = 0; j < z.cols; ++j) {
        real mean = 0;
        for (std::size_t i = 0; i < z.rows; ++i) mean += z(i, j);
        mean *= scale;
        for (std::size_t i = 0; i < z.rows; ++i) centred(i, j) = z(i, j) - mean;
    }
}

Covariances covariances(ConstView z, Memory& memory) {
    const View centred = memory.room(kLossBuffers, z.rows, z.cols),
               covariance = memory.room(kLossBuffers + 1, z.cols, z.cols);
    centre(z, centred);
    gemm_tn(centred, centred, covariance);
    const real per_pair = real(1) / real(z.rows - 1);
    for (std::size_t i = 0; i < covariance.size(); ++i) covariance.data[i] *= per_pair;
    return {centred, covariance};
}

double attract(const PairCodes& pairs, double pull) {
    double loss = 0;
    for (std::size_t i = 0; i < pairs.z1.rows; ++i)
        for (std::size_t j = 0; j < pairs.z1.cols; ++j) {
            const real difference = pairs.z1(i, j) - pairs.z2(i, j);
            loss += pull / 2 * double(difference) * double(difference);
            pairs.dz1(i, j) = real(pull) * difference;
            pairs.dz2(i, j) = -pairs.dz1(i, j);
        }
    return loss;
}

}  // namespace rhm

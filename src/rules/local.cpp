#include "rules/local.hpp"

#include <algorithm>

#include "rules/pairs.hpp"

namespace rhm {

static void copy(ConstView from, View to) {
    for (std::size_t i = 0; i < to.rows; ++i) std::copy_n(from.row(i), to.cols, to.row(i));
}

/// to = from, or to + from.
static void add(ConstView from, bool to_what_is_there, View to) {
    for (std::size_t r = 0; r < from.rows; ++r)
        for (std::size_t c = 0; c < from.cols; ++c)
            to(r, c) = (to_what_is_there ? to(r, c) : real(0)) + from(r, c);
}

/// The loss of n pairs with those of the step before behind them; then they are the past.
static double loss_with_past(const PairCodes& now, const RuleOptions& options, const LocalLoss& loss,
                             Memory& memory) {
    const std::size_t n = now.z1.rows, k = now.z1.cols;
    const View past[] = {memory.trace(now.trace, n, k).values, memory.trace(now.trace + 1, n, k).values};
    const View all = memory.room(5, 8 * n, k);  // both views and their gradients
    auto part = [&](std::size_t i) { return all.rows_from(2 * n * i, 2 * n); };
    const ConstView z[] = {now.z1, now.z2};
    for (std::size_t view = 0; view < 2; ++view) {
        copy(z[view], part(view).rows_from(0, n));
        copy(past[view], part(view).rows_from(n, n));
        copy(z[view], past[view]);
    }
    PairCodes pairs = now;
    pairs.z1 = part(0), pairs.z2 = part(1), pairs.dz1 = part(2), pairs.dz2 = part(3);
    const double total = loss.pairs(pairs, options, memory);
    copy(pairs.dz1.rows_from(0, n), now.dz1);
    copy(pairs.dz2.rows_from(0, n), now.dz2);
    return total;
}

void follow(Trace& average, View seen, std::size_t n, const RuleOptions& options) {
    average.seen += double(n);
    const real share = real(double(n) / std::clamp(options.online, double(n), average.seen));
    for (std::size_t i = 0; i < seen.size(); ++i) {
        real& kept = average.values.data()[i];
        kept += share * (seen.data[i] - kept);
        seen.data[i] = kept;
    }
}

/// out = z - mean over its rows (may be z itself); --online: the running average in trace i over so many
/// pairs.
static void centre(ConstView z, std::size_t i, std::size_t n, const RuleOptions& options, Memory& memory,
                   View out) {
    const View mean = memory.room(kLossBuffers + 2, 1, z.cols);
    const real scale = real(1) / real(z.rows);
    for (std::size_t j = 0; j < z.cols; ++j) {
        real sum = 0;
        for (std::size_t r = 0; r < z.rows; ++r) sum += z(r, j);
        mean(0, j) = sum * scale;
    }
    if (options.online > 0) follow(memory.trace(i, 1, z.cols), mean, n, options);
    for (std::size_t j = 0; j < z.cols; ++j)
        for (std::size_t r = 0; r < z.rows; ++r) out(r, j) = z(r, j) - mean(0, j);
}

bool head_reads_strings(const Pass& pass, std::size_t l, const RuleOptions& options, const LocalLoss& loss,
                        const Memory& memory) {
    if (options.head == 0 || siblings(options) || pass.record.signals) return false;
    const Head head = LocalWeights(pass.net.shape, options, loss).head(l, 0);
    return pass.record.strings[l - 1].pay(head.reads(memory).rows / pass.net.shape.hidden[l - 1].width);
}

double local_loss(const Pass& pass, std::size_t l, const RuleOptions& options, const LocalLoss& loss,
                  Memory& memory, View dh) {
    const NetworkShape& shape = pass.net.shape;
    const Pairs pairs(shape, l, options, loss, pass.n);
    const LocalWeights weights(shape, options, loss);
    const Strings& strings = pass.record.strings[l - 1];
    // Told by the shape of dh: with one position there are at most half as many strings as data, with more
    // the columns differ.
    const bool by_string = strings.used() && dh.rows == strings.count() && dh.cols == strings.code.cols();
    const real* const code = by_string ? nullptr : pass.record.h(l).data;
    const real beta = pairs.overlap() ? real(1) : real(0);
    if (pairs.sets() == 0) gemm_nt(pass.error, pass.net.readout(), dh);
    if (pairs.sets() && pairs.overlap()) std::fill_n(dh.data, dh.size(), real(0));
    double total = 0;
    for (std::size_t i = 0; i < pairs.sets(); ++i) {
        const PairSet set = pairs[i];
        const std::size_t n = set.rows, k = weights.k ? weights.k : set.cols,
                          units = weights.head(l, set.slot).units(memory);
        const View z = memory.room(1, 2 * n, k), dz = memory.room(2, 2 * n, k),
                   u = memory.room(3, 2 * n, units), du = memory.room(4, 2 * n, units);
        // Siblings have a head each, the two views of whole strings one.
        const std::size_t heads = weights.k == 0 ? 0 : siblings(options) ? 2 : 1;
        const auto part = [&](auto* numbers, std::size_t a) {
            return heads == 1 ? set.both(numbers) : a == 0 ? set.view1(numbers) : set.view2(numbers);
        };
        const auto read_by = [&](std::size_t a) -> Code {
            return by_string ? Code{strings.code, &strings, strings.of.data()} : Code{part(code, a)};
        };
        const auto taught_by = [&](std::size_t a) { return by_string ? dh : part(dh.data, a); };
        const auto rows_of = [&](View both, std::size_t a) {
            return both.rows_from(a * 2 * n / heads, 2 * n / heads);
        };
        for (std::size_t a = 0; a < heads; ++a)
            weights.head(l, set.slot + a).forward(read_by(a), memory, rows_of(u, a), rows_of(z, a));
        PairCodes codes{.z1 = heads ? z.rows_from(0, n) : set.view1(code),
                        .z2 = heads ? z.rows_from(n, n) : set.view2(code),
                        .dz1 = dz.rows_from(0, n),
                        .dz2 = dz.rows_from(n, n)};
        codes.positions = heads ? 1 : set.cols / shape.hidden[l - 1].width;
        codes.predictor = weights.predictor(l, set.slot);
        if (has_class_positives(options)) codes.labels = pass.labels;
        codes.weight = real(1) / real(pairs.sets());
        codes.rng = Rng(pass.seed, Purpose::negatives, pass.step << 24 | l << 16 | i);
        codes.trace = kTraces * ((l - 1) * shape.hidden[0].positions + i);
        const bool centred = options.head_centre && loss.contrastive && heads;
        for (std::size_t a = 0; centred && a < heads; ++a)
            centre(rows_of(z, a), codes.trace + 2, n, options, memory, rows_of(z, a));
        total += options.online > 0 && loss.contrastive ? loss_with_past(codes, options, loss, memory)
                                                        : loss.pairs(codes, options, memory);
        for (std::size_t a = 0; a < heads; ++a) {
            if (centred && options.online == 0)  // else the mean is given
                centre(rows_of(dz, a), 0, n, options, memory, rows_of(dz, a));
            weights.head(l, set.slot + a)
                .backward(read_by(a), rows_of(u, a), rows_of(dz, a), memory, rows_of(du, a), taught_by(a),
                          beta);
        }
        if (heads == 0) {
            add(codes.dz1, pairs.overlap(), set.view1(dh.data));
            add(codes.dz2, pairs.overlap(), set.view2(dh.data));
        }
    }
    return total;
}

Covariances covariances(const PairCodes& pairs, ConstView z, const RuleOptions& options, Memory& memory) {
    const std::size_t k = z.cols;
    const View c = memory.room(kLossBuffers, z.rows, k), covariance = memory.room(kLossBuffers + 1, k, k);
    centre(z, pairs.trace, z.rows, options, memory, c);
    const real per_datum = real(1) / real(options.online > 0 ? z.rows : z.rows - 1);
    gemm_tn(c, c, covariance);
    for (std::size_t i = 0; i < covariance.size(); ++i) covariance.data[i] *= per_datum;
    if (options.online > 0) follow(memory.trace(pairs.trace + 1, k, k), covariance, z.rows, options);
    return {c, covariance, per_datum};
}

ConstView partners(const PairCodes& pairs, ConstView z, View out) {
    if (pairs.labels.empty()) return z;
    for (std::size_t i = 0; i < z.rows; ++i) {
        std::size_t first = 0;  // the first of its class has the mean
        while (!pairs.positive(first, i)) ++first;
        if (first < i) {
            std::copy_n(out.row(first), z.cols, out.row(i));
            continue;
        }
        const real share = real(1) / real(pairs.positives(i, 0, z.rows));
        std::fill_n(out.row(i), z.cols, real(0));
        for (std::size_t j = i; j < z.rows; ++j) {
            if (!pairs.positive(i, j)) continue;
            for (std::size_t c = 0; c < z.cols; ++c) out(i, c) += share * z(j, c);
        }
    }
    return out;
}

double attract(const PairCodes& pairs, double pull, Memory& memory) {
    const std::size_t n = pairs.z1.rows, k = pairs.z1.cols;
    const ConstView partner1 = partners(pairs, pairs.z1, memory.room(kLossBuffers, n, k)),
                    partner2 = partners(pairs, pairs.z2, memory.room(kLossBuffers + 1, n, k));
    double loss = 0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < k; ++j) {
            const real z1 = pairs.z1(i, j), z2 = pairs.z2(i, j), from1 = z1 - partner2(i, j),
                       from2 = z2 - partner1(i, j);
            loss += pull / 2 * (double(z1) * double(from1) + double(z2) * double(from2));
            pairs.dz1(i, j) = real(pull) * from1;
            pairs.dz2(i, j) = real(pull) * from2;
        }
    return loss;
}

}  // namespace rhm

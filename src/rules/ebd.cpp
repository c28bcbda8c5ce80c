// Error broadcast and decorrelation: every layer makes its activity uncorrelated with the output error.
//
//   R_l <- forgetting R_l + (1 - forgetting) <e^T h_l>     [C, Q * H], over the batches
//   delta_l = D_l (e R_l + dJ_P / dh_l + dJ_E / dh_l)      the truncated gradient of 1/2 |R_l|^2
//   J_P = power sum_k (<h_k^2> - power_target)^2           power normalisation
//   J_E = -entropy 1/2 log det(<h^T h> + 1e-3 1)           layer entropy
//
// Erdogan, Pehlevan & Erdogan 2025 (arXiv 2504.11558), in our notation, with g(h) = h. R_l starts as dfa's
// B_l (the paper: a random matrix, too) and stands in its place. Deviations: e is the error of the softmax
// (there of a mean-squared error), the regularisers take unit k's mean over batch and positions, the
// entropy's correlation is the batch's own rather than a running one, for all architectures (there weights
// take the codes' place in cnn and lcn), and the factor 1 - forgetting on the update is left to the learning
// rate.
#include <algorithm>
#include <array>

#include "matrix/cholesky.hpp"
#include "rules/direct.hpp"

namespace rhm::ebd {
namespace {

constexpr double kRidge = 1e-3;

void init(const Network& net, const RuleOptions& options, std::uint64_t seed, Memory& memory) {
    draw_direct(net, options, seed, memory.feedback);
}

constexpr std::size_t kNext = 5;  ///< R_l with this batch in it is in buffer kNext + l

/// R_l [C, Q * H] with this batch in it.
View correlation(const Pass& pass, std::size_t l, const RuleOptions& options, Memory& memory) {
    const ConstView before = memory.feedback[l - 1];
    const View r = memory.room(kNext + l, before.rows, before.cols);
    gemm_tn(pass.error, pass.record.flat(l), r);  // <e^T h_l>
    const real keep = real(options.forgetting), take = real(1 - options.forgetting);
    for (std::size_t i = 0; i < r.size(); ++i) r.data[i] = keep * before.data[i] + take * r.data[i];
    tie_positions(pass.net.shape.hidden[l - 1], options, Tie::mean, r);
    return r;
}

/// inverse = a^-1 for a symmetric positive definite a, which is overwritten; false when a is not so in the
/// numbers' precision. (Inverting by blocks without a factorisation loses, in float, the small eigenvalues
/// that the ridge leaves: runs diverged.)
bool invert(View a, View inverse) {
    if (!cholesky(a)) return false;
    std::fill_n(inverse.data, inverse.size(), real(0));
    for (std::size_t k = 0; k < a.rows; ++k) inverse(k, k) = real(1);
    cholesky_solve(a, inverse);
    return true;
}

/// The rows of a code that differ, and the same rows times how often each occurs.
struct Rows {
    ConstView h, all;  ///< [D, H]; all is h when every row is one of its own
    real share;        ///< 1 / (N * Q)
};

/// dh [D, H] += dJ_P / dh = 4 power / (N * Q) (<h_k^2> - power_target) h, summed over equal rows
void add_power(const Rows& rows, const RuleOptions& options, Memory& memory, View dh) {
    const View factor = memory.room(4, 1, dh.cols);  // first the sum of squares
    std::fill_n(factor.data, dh.cols, real(0));
    for (std::size_t i = 0; i < dh.rows; ++i)
        for (std::size_t k = 0; k < dh.cols; ++k) factor(0, k) += rows.all(i, k) * rows.h(i, k);
    for (std::size_t k = 0; k < dh.cols; ++k)
        factor(0, k) =
            real(4 * options.power) * rows.share * (factor(0, k) * rows.share - real(options.power_target));
    for (std::size_t i = 0; i < dh.rows; ++i)
        for (std::size_t k = 0; k < dh.cols; ++k) dh(i, k) += factor(0, k) * rows.all(i, k);
}

/// dh [D, H] += dJ_E / dh = -entropy / (N * Q) h (<h^T h> + 1e-3 1)^-1, summed over equal rows
void add_entropy(const Rows& rows, const RuleOptions& options, Memory& memory, View dh) {
    const View c = memory.room(2, dh.cols, dh.cols), inverse = memory.room(5, dh.cols, dh.cols);
    gemm_tn(rows.all, rows.h, c);
    for (std::size_t i = 0; i < c.size(); ++i) c.data[i] *= rows.share;
    for (std::size_t k = 0; k < dh.cols; ++k) c(k, k) += real(kRidge);
    if (!invert(c, inverse)) return;
    for (std::size_t i = 0; i < inverse.size(); ++i) inverse.data[i] *= -real(options.entropy) * rows.share;
    gemm_nn(rows.all, inverse, dh, real(1));
}

/// The different strings of a layer where they are few, with what their positions are told in sum; else all
/// rows with their own signals.
void gradient(const Pass& pass, const RuleOptions& options, Memory& memory, Parameters& gradient) {
    for (std::size_t l = 1; l <= pass.net.depth(); ++l) {
        const View r = correlation(pass, l, options, memory), sent = memory.room(0, pass.n, r.cols);
        gemm_nn(pass.error, r, sent);  // e R_l [N, Q * H]
        const bool summed = by_string(pass, l);
        const View each = sent.in_rows(pass.net.shape.hidden[l - 1].width);
        const View signal = summed ? sum_by_string(pass.record, l, each) : each;
        Rows rows{.h = pass.record.h(l), .all = pass.record.h(l), .share = real(1) / real(each.rows)};
        if (summed) {
            const Strings& strings = pass.record.strings[l - 1];
            const View all = memory.room(3, strings.count(), each.cols);
            std::array<real, 256> times{};
            for (const std::uint8_t d : strings.of) times[d] += 1;
            for (std::size_t d = 0; d < all.rows; ++d)
                for (std::size_t k = 0; k < all.cols; ++k) all(d, k) = times[d] * strings.code(d, k);
            rows.h = strings.code, rows.all = all;
        }
        if (options.power > 0) add_power(rows, options, memory, signal);
        if (options.entropy > 0) add_entropy(rows, options, memory, signal);
        (summed ? teach_strings : teach)(pass, l, signal, gradient);
    }
}

void adapt(const Pass&, const RuleOptions&, Memory& memory) {
    for (std::size_t l = 1; l <= memory.feedback.blocks(); ++l) {
        const ConstView r = memory.buffer(kNext + l);
        std::copy_n(r.data, r.size(), memory.feedback[l - 1].data);
    }
}

}  // namespace

static const Listed listed({
    .place = 100,
    .name = "ebd",
    .family = "direct feedback",
    .summary = "error broadcast and decorrelation: dfa with the running correlation of activity and error as "
               "feedback weights",
    .equation =
        "delta_l = D_l (e R_l + dJ_P/dh_l + dJ_E/dh_l), R_l a running mean of e^T h_l; J_P holds each "
        "unit's power, J_E raises the layer's entropy",
    .needs =
        "presynaptic activity, own mask, the output error through weights that learn its correlation with "
        "the unit, the layer's correlations",
    .citation = "Erdogan, Pehlevan & Erdogan, 2025 (arXiv 2504.11558)",
    .claim = Claim::closed_form,
    .told = Told::labels,
    .defaults =
        "lr=0.0046 init-scale=0.067 weight-decay=0.066 epsilon=3.5e-8 feedback-scale=2.6 forgetting=0.9999 "
        "power=0.01 entropy=0",
    .search = "feedback-scale=0.1:10 forgetting=0.9|0.99|0.999|0.9999|0.99999 power=0|0.01|0.1|1 "
              "entropy=0|0.001|0.01|0.1",
    .init = init,
    .gradient = gradient,
    .adapt = adapt,
});

}  // namespace rhm::ebd

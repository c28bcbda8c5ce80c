// What the layerwise self-supervised rules share: each layer descends a loss on pairs of its own codes, read
// by its own head, and nothing is sent down. Which codes form a pair: pairs.hpp; what a loss sees of them:
// head.hpp. A layer without pairs (siblings at the top) descends the readout's cross-entropy.
//
// With --positives class the positive term of a loss, what draws view 1 of datum i to view 2 of datum i, is
// the mean over view 2 of all data of i's class in the batch (Khosla et al., NeurIPS 2020, arXiv 2004.11362,
// eq. 2: supervised contrastive learning), and none of them is a negative of i. The labels say as much
// as the pairs, who belongs to whom, for all the batch; many partners are less noisy than one. (simsiam: cos
// to their mean.)
//
// A contrastive loss compares codes as they are, and those of ReLU units all lie in a narrow cone (Liang et
// al., NeurIPS 2022, arXiv 2203.02053): deep heads with small weights give nearly parallel z, whose
// similarities tell their mean and not the data. With --head-centre on such a loss, where there is a head,
// sees z less its mean over both views of the batch (of siblings, which have a head each, over one). The
// losses of the other kind, by differences and covariances, never see it.
//
// Batches are an aid that a synapse has not. With --online T what a loss asks of them comes from the past of
// the same layer, so that one pair at a time will do: statistics (the mean of --head-centre is one) are
// running averages over about T pairs, and the negatives are the pairs of the step before, whose codes are
// held (and held fixed, with what they do).
#pragma once
#include <algorithm>

#include "base/rng.hpp"
#include "rules/head.hpp"

namespace rhm {

/// The codes of n pairs as a loss sees them.
struct PairCodes {
    ConstView z1, z2;                ///< [n, k]
    View dz1, dz2;                   ///< weight * dLoss / dz, to be written
    std::size_t positions = 1;       ///< the k numbers are those of this many positions
    std::size_t predictor = 0;       ///< index in memory.learnt of the first predictor of these pairs
    std::size_t trace = 0;           ///< of the first of kTraces traces of these pairs
    std::size_t present = z1.rows;   ///< rows from here on are of the step before: only negatives
    real weight = 1;                 ///< factor on the loss
    Rng rng{0, Purpose::negatives};  ///< for a loss that draws
    std::span<const std::uint8_t> labels = {};  ///< [n] with --positives class, else empty

    /// Whether view 1 of pair i and view 2 of pair j belong together.
    bool positive(std::size_t i, std::size_t j) const {
        return labels.empty() ? i == j : labels[i] == labels[j];
    }
    /// How many of the pairs first ... last - 1 are so with pair i.
    std::size_t positives(std::size_t i, std::size_t first, std::size_t last) const {
        if (labels.empty()) return 1;
        const auto data = labels.subspan(first, last - first);
        return std::size_t(std::count(data.begin(), data.end(), labels[i]));
    }
    std::size_t width() const { return z1.cols / positions; }
};

inline constexpr std::size_t kLossBuffers = 6;  ///< the first buffer of `memory` that a loss may use
inline constexpr std::size_t kTraces = 3;       ///< of each set of pairs

/// Layer l's own loss, with dh = dLoss / dh_l and the gradient of heads and predictors added to
/// memory.learnt_gradient. A layer without pairs: zero, with dh = e W_out^T. dh [N, Q * H], or by string [D,
/// H] if head_reads_strings().
double local_loss(const Pass& pass, std::size_t l, const RuleOptions& options, const LocalLoss& loss,
                  Memory& memory, View dh);

/// Whether the head reads layer l's code by its strings (net/strings.hpp), so that dh may be had so, too.
bool head_reads_strings(const Pass& pass, std::size_t l, const RuleOptions& options, const LocalLoss& loss,
                        const Memory& memory);

/// Some consecutive pairs of a batch. A contrastive loss tells what belongs to view 1 of pair i, the other
/// view (with --positives class those of its class), from view 2 of the other pairs.
struct Group {
    const PairCodes& pairs;
    std::size_t first, size;
    real row;  ///< the weight of all positives, and of all negatives, of one i in the loss

    /// -1 for a positive, 1 for a negative.
    real sign(std::size_t i, std::size_t j) const {
        return pairs.positive(first + i, first + j) ? real(-1) : real(1);
    }
    /// The weights of one positive and of one negative of i.
    std::pair<real, real> weights(std::size_t i) const {
        const std::size_t positives = pairs.positives(first + i, first, first + size);
        return {first + i < pairs.present ? row / real(positives) : real(0),
                positives < size ? row / real(size - positives) : real(0)};
    }
    ConstView of(ConstView rows) const { return rows.rows_from(first, size); }
    View of(View rows) const { return rows.rows_from(first, size); }
};

/// use(group) for the batch in groups of --negatives + 1; what is left over joins the last. With --online
/// one group.
template <class Use>
void each_group(const PairCodes& pairs, const RuleOptions& options, const Use& use) {
    const std::size_t n = pairs.z1.rows,
                      size = options.online > 0 ? n : std::min(n, std::size_t(options.negatives) + 1);
    for (std::size_t first = 0; first + size <= n; first += size) {
        const bool last = first + 2 * size > n;
        use(Group{pairs, first, last ? n - first : size, pairs.weight / real(pairs.present)});
    }
}

// Statistics over the n rows of a view z [n, k], for the losses that use them. With --online T they are
// running averages over both views.

/// `seen`, found in n data, becomes the running average: average <- average + n / min(T, data so far) (seen -
/// average).
void follow(Trace& average, View seen, std::size_t n, const RuleOptions& options);

struct Covariances {
    View centred;     ///< z - column means
    View covariance;  ///< centred^T centred * per_datum [k, k], or its running average
    real per_datum;   ///< 1 / (n - 1), or 1 / n
};
/// In the first two of a loss's buffers.
Covariances covariances(const PairCodes& pairs, ConstView z, const RuleOptions& options, Memory& memory);

/// What the rows of the other view are drawn to by this one, z [n, k]: z itself, or with --positives class
/// the mean of each datum's class, written to `out`. (Symmetric: a gradient comes back in the same way.)
ConstView partners(const PairCodes& pairs, ConstView z, View out);

/// pull / 2 sum |z1 - z2|^2 over the pairs (with --positives class the mean over the z2 of a class), its
/// gradient written to dz1 and dz2.
double attract(const PairCodes& pairs, double pull, Memory& memory);

}  // namespace rhm

// The long experiment of 'rhm reproduce --full': how many data each rule needs, how that grows with depth,
// and what it says of the claims. Pure functions.
#pragma once
#include <vector>

#include "study/masking.hpp"
#include "study/summary.hpp"
#include "study/verdict.hpp"

namespace rhm {

/// The search for P* of one rule on one task and one seed: from some size on P doubles until the task is
/// solved, or halves until it is not; then the size in the middle is tried, until P* lies between two
/// neighbours: sizes whose ratio is 2^(1/2), or 2^(1/4) where `doubling` is 4.
struct Walk {
    std::vector<Config> sizes;    ///< resolved, P growing by 2^(1 / doubling)
    std::size_t start;            ///< index of the first size to run
    std::size_t doubling;         ///< sizes from P to 2 P, a power of two
    std::vector<int> tried = {};  ///< of each size: 0 not run, 1 solved, -1 not solved

    explicit Walk(std::vector<Config> configs, std::size_t first = 0, std::size_t sizes_a_doubling = 2)
        : sizes(std::move(configs)), start(first), doubling(sizes_a_doubling), tried(sizes.size()) {}
    /// The index of the size that is to be run next; sizes.size() when nothing is left to be learnt.
    std::size_t next() const;
};

/// The walks of examples/full/README.md, on v = n_c = 4, s = 2, width 64 (for `smoke` a few tiny tasks): of
/// bp, bp without downstream masks, every direct and every self-supervised rule at m = 3, L = 3, 4, 5, of all
/// others at L = 4; of bp, dfa and five self-supervised rules at L = 6, too; of bp and vicreg at m = 2 and 4;
/// of bp on tasks for which nothing was tuned. As walks of one size: the masking table (masking.hpp), the
/// layers of bp, dfa and vicreg (sensitivity and probes), and bp, infonce, vicreg and lpl on tasks of other
/// kinds. --rules leaves rules out. All rules may take 6000 steps, or 3000 if they see pairs.
std::vector<Walk> full_walks(const Request& base);
/// Grammars of each strict form, and of each walk but those of claim 3 (below): those that were asked for,
/// else nine, or three for `smoke`.
int full_seeds(const Request& base);
/// Of bp and the self-supervised rules up to kJudgedDepth: the bound that they are judged by is near what
/// they need.
inline constexpr int kSeedsOfClaim3 = 25;

inline constexpr int kJudgedDepth = 5;      ///< L up to which the claims are judged; L = 6 is only told
inline constexpr double kAboutAsFew = 1.5;  ///< times backpropagation's data count as about as few,
inline constexpr double kFails = 10;        ///< and more than so many as a failure

/// Judged on the ratios P*(rule)/P*(bp) at L = 3 to kJudgedDepth and m = 3, each with its interval. A claim
/// is undecided where an interval straddles what it is judged by, or nothing is known.
///  1. Direct feedback fails: at the deepest level every direct rule's interval lies above kFails.
///  2. The masks are a cause: there the interval of bp without downstream masks lies above 1, and that of the
///     masks' share in what random weights without masks lose (masking.hpp) above 0.
///  3. Self-supervised rules are about as good: the whole interval of at least one contrastive and one
///     non-contrastive rule is at most kAboutAsFew at every level.
std::vector<Verdict> judge_full(const std::vector<SummaryRow>& rows, const std::vector<MaskingTask>& masking);

}  // namespace rhm

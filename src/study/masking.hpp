// The masking experiment: is it the wrong weights or the missing masks that make feedback rules fail? Pure
// functions; the command runs and prints.
//
// Two factors decide what layer l receives: the feedback weights W_{l+1}^T ... W_out^T, true or random,
// and the masks D_k of the layers above, exact or not. All four combinations are rules of one chain
// (rules/backward.hpp), so that nothing else differs:
//
//                  masks exact          masks none (times 1/2)
//   true weights   bp                   bp, every mask replaced by its mean: what direct feedback could do at
//   best random         fa                   a dfa: B_l is a product of random matrices (tests: equal to dfa
//   with that B_l)
//
// Read from right to left in the lower row, this is how masks are restored to direct feedback: the only
// direct rule whose signal depends on the datum as that of bp does is the one that sends the error through
// fixed random matrices with D_k between them, which is fa. A second probe restores one mask to a rule that
// stays direct: `gated` (rules/gated.cpp) beside dfa.
#pragma once
#include <string>
#include <vector>

#include "study/experiment.hpp"
#include "study/statistics.hpp"
#include "study/summary.hpp"

namespace rhm {

/// One line of the table: a rule with its masks, on all seeds.
/// Of a run in a file it has the accuracy and the status alone.
struct MaskingRow : Line {
    std::string name, rule, weights, masks;  ///< "fa, masks none", "fa", "random", "none"; weights and masks
                                             ///< are "-" outside the table's two factors
};

struct MaskingTask {
    GrammarShape shape;
    std::int64_t train_size = 0;
    std::vector<MaskingRow> rows;
};

/// All lines of the table on the task and P that `base` gives, without results.
MaskingTask masking_task(const Config& base, int seeds);

/// The tasks: v = 4 with L = 3, 4, 5 at m = 3 and m = 2, 4 at L = 4 (m = v: the leaves are independent), each
/// with P = 4 n_c m^L, four times the law of a deep network's sample complexity; two small ones for `smoke`;
/// or the one task that the command line gives.
std::vector<MaskingTask> masking_plan(const Request& base);

/// Differences of test accuracy between rows of one task, paired by seed. What is lost from bp to the chain
/// without true weights and masks is divided between the factors as their Shapley values: the mean effect of
/// a factor over the two states of the other.
struct Attribution {
    Estimate lost;  ///< true, exact - random, none
    Estimate by_weights, by_masks;
    Estimate removed;   ///< true, exact - true, none: what bp loses without masks
    Estimate restored;  ///< random, exact - random, none: what the random chain gains from them
    Estimate gated;     ///< gated - dfa
};
Attribution attribute(const MaskingTask& task);
/// Whether something is lost that can be divided; without it nothing is judged.
inline bool judged(const Attribution& a) { return a.lost.mean > 0; }

/// The tables that the runs of a file hold: of each task and P at which every line was run, on the seeds that
/// all lines have. Where the file has several settings of one line there is no telling which to compare, and
/// no table.
std::vector<MaskingTask> masking_of(const std::vector<Curve>& curves);

/// The attribution in sentences.
std::string to_text(const Attribution& a);

}  // namespace rhm

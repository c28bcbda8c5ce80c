// The long experiment of 'rhm reproduce --full': how the data that a rule needs grow with depth and with the
// number of synonyms. Pure functions.
#pragma once
#include <vector>

#include "study/reproduce.hpp"
#include "study/summary.hpp"

namespace rhm {

/// Its runs, resolved, each once. On v = n_c = 4, s = 2, width 64 (for `smoke` a few tiny ones):
///  - depth: m = 3, L = 2..5, P = n_c m^L times 1, 2, 4, ... (dfa from L = 4 on times 2, 4, ...): bp, dfa,
///  clapp, infonce, vicreg, five seeds; bp without downstream masks, L = 3..5, three;
///  - synonyms: L = 3, m = 2 and 4: bp, dfa, clapp, five seeds;
///  - all other rules: L = 4, m = 3, three seeds;
///  - the masking table (masking.hpp): m = 3, L = 4 and 5, P = 4 n_c m^L, three seeds;
///  - the layers: sensitivity and probes after training of bp, dfa and clapp at L = 5, P = 8 n_c m^L, first
///  seed.
/// --seeds, when given, is the number of seeds of every part. Every rule may see the same number of strings:
/// 12000 batches, or 6000 for rules that see pairs.
std::vector<Config> full_plan(const Config& base);

/// Judged on data ratios P*(rule)/P*(bp), with their intervals; a claim of which the runs say nothing could
/// not be judged:
///  1. dfa's ratio is above one at the deepest level and larger than at L = 3, both with their whole
///  intervals;
///  2. those of clapp, infonce and vicreg are at most kAboutAsFew at every L from 3 on, with its whole
///  interval: a claim that two things are alike is
///     shown by an interval inside the tolerance, not by failing to show a difference;
///  3. bp without downstream masks needs more data than bp (its whole interval).
inline constexpr double kAboutAsFew = 1.5;
std::vector<Verdict> judge_full(const std::vector<SummaryRow>& rows);

}  // namespace rhm

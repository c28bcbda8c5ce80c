// The long experiment of 'rhm reproduce --full': how the data that a rule needs grow with depth and with the number of synonyms. Pure functions.
#pragma once
#include <vector>

#include "run/reproduce.hpp"
#include "run/summary.hpp"

namespace rhm {

/// Its runs, resolved. On v = n_c = 4, s = 2, width 64 (for `smoke` a few tiny ones):
///  - depth: m = 3, L = 2..5, P = n_c m^L times 1, 2, 4, ...: bp, dfa, clapp, vicreg;
///  - synonyms: L = 3, m = 2 and 4: bp, dfa, clapp;
///  - the missing masks: L = 4, m = 3: bp without downstream masks, and fa;
///  - the layers: L = 5, sensitivity and probes after training: bp, dfa, clapp, one seed.
/// Every rule may see the same number of strings: 12000 batches, or 6000 for rules that see pairs.
std::vector<Config> full_plan(const Config& base);

/// Judged on data ratios P*(rule)/P*(bp), with their intervals; a claim of which the runs say nothing is left out:
///  1. dfa's ratio is above one at the deepest level (its whole interval) and larger than at L = 3;
///  2. that of clapp and of vicreg is at most 1.5 at every L from 3 on;
///  3. bp without downstream masks needs more data than bp (its whole interval).
std::vector<Verdict> judge_full(const std::vector<SummaryRow>& rows);

}  // namespace rhm

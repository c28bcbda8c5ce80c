// The main experiment: which runs it consists of, and what is concluded from them. Pure functions; the
// command runs and prints.
#pragma once
#include <string>
#include <vector>

#include "study/experiment.hpp"
#include "study/verdict.hpp"

namespace rhm {

/// One line of the comparison: a rule (or a variant of one) on several seeds.
struct Variant : Line {
    std::string name;        ///< "bp, no downstream masks"
    std::string short_name;  ///< "bp_unmasked": in files
};

/// The variants on task A (v = n_c = 4, m = 3, s = 2, L = 5, width 64) at P = 2 n_c m^L = 1944; for `smoke`
/// with L = 4, and in at most 3000 (smoke: 1200) steps, half as many of pairs. `base` gives what the command
/// line may change (cap on steps, seeds). Same data, cap on steps and stopping rule for all.
std::vector<Variant> comparison(const Request& base);

struct Summary {
    double mean = 0, low = 0, high = 0, steps = 0, seconds = 0;
    std::size_t diverged = 0;
};
Summary summarise(const std::vector<Result>& results);

/// Judges three claims of arXiv 2605.18557's abstract by whether rules solve the task: on every grammar, on
/// none, or, which leaves a claim undecided, on some. Direct feedback fails: dfa, unlike bp, does not solve
/// it. Masks are a cause: bp does not without downstream masks. Layerwise self-supervised rules learn from
/// data that suffice for bp: vicreg solves it, and so does clapp or infonce; how few data each needs,
/// full.hpp says.
std::vector<Verdict> judge(const std::vector<Variant>& variants);

}  // namespace rhm

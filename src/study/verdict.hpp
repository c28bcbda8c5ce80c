// A verdict on a claim, and the three-valued logic that it is found by: holds, does not hold, undecided.
// Claims are judged by judge() in reproduce.cpp, judge_full() in full.cpp, judge_plasticity() in
// plasticity.cpp.
#pragma once
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rhm {

/// Yes, no, or undecided, which includes what could not be judged.
using Judged = std::optional<bool>;

/// Each with its name.
using Numbers = std::vector<std::pair<std::string, double>>;

struct Verdict {
    std::string_view id;  ///< "direct-feedback", "masks", "self-supervised", "plasticity": for programs
    std::string claim, evidence;
    Judged holds = {};     ///< undecided is no success
    Numbers numbers = {};  ///< the evidence's, for programs
};

inline const char* verdict_text(Judged holds) {
    return !holds ? "undecided" : *holds ? "holds" : "does not hold";
}
/// Whether there are claims and every one holds.
inline bool all_hold(const std::vector<Verdict>& verdicts) {
    return !verdicts.empty()
           && std::all_of(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return v.holds == true; });
}

inline Judged all_of(Judged a, Judged b) {
    if (a == false || b == false) return false;
    return a && b ? Judged(true) : std::nullopt;
}
inline Judged is_not(Judged a) { return a ? Judged(!*a) : a; }
inline Judged any_of(Judged a, Judged b) { return is_not(all_of(is_not(a), is_not(b))); }

/// Whether accuracies, one a grammar, all reach `solved`; undecided when some do, or one is not a number.
inline Judged solves(const std::vector<double>& accuracies, double solved) {
    std::size_t reached = 0;
    for (double a : accuracies) {
        if (std::isnan(a)) return std::nullopt;
        reached += a >= solved;
    }
    if (reached && reached < accuracies.size()) return std::nullopt;
    return accuracies.empty() ? Judged() : Judged(reached > 0);
}

}  // namespace rhm

// The search for a rule's constants: which settings are tried, and which was best. Pure functions; the
// command runs and prints.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "train/advice.hpp"
#include "study/experiment.hpp"
#include "study/statistics.hpp"

namespace rhm {

/// What is searched of every rule, over the same ranges, and of every self-supervised rule.
inline constexpr std::string_view kSearchOfAll =
    "lr=1e-4:3e-2 init-scale=0.003:10 weight-decay=0.01:3 batch=32|64|128 epsilon=1e-12:1e-6";
inline constexpr std::string_view kSearchOfHeads =
    "head=8|16|32 head-hidden=32|64|128 head-levels=1|2|20 head-depth=1|2|3|4 head-init-scale=0.03:1 "
    "head-decay=0.3:30 positives=pair|class";
/// All that is searched of a rule.
std::string search_of(const Rule& rule);

/// One option of a search: a range of numbers, evenly covered on a log scale, or a list of choices.
struct SearchRange {
    const Option* option = nullptr;
    double low = 0, high = 0;
    std::vector<std::string> choices;  ///< empty for a range

    /// The value at x in [0, 1), as text: two significant digits, or a whole number where the option is one.
    std::string at(double x) const;
};

/// Reads what is searched: "lr=3e-4:1e-2 head=8|16|32". Throws Error(usage) where it is malformed.
std::vector<SearchRange> search_ranges(std::string_view search);

/// One setting, on all seeds.
struct Trial : Line {
    bool defaults = false;      ///< the table's own
    std::string settings;       ///< "--lr 0.003 --head 16"; what was searched
    Estimate validation, test;  ///< accuracies over its runs, by score()
    double steps = 0;
    Faults faults;
};

/// What each setting is tried on: base; with times_law on L, L - 1, ... L - fewer_levels (down to 1), so
/// that none is chosen that suits one depth only; with also_times_law on each with that many data, too, so
/// that none is chosen that more data spoil. A grammar's file has one depth. Throws Error(usage) when one of
/// the two stands without times_law, or fewer_levels with such a file, or also_times_law is times_law again.
std::vector<Config> tasks_of(const Request& base);

/// base.trials settings of base.rule: first the table's defaults, then points of the Halton sequence, shifted
/// at random (so that n points cover every range evenly, and n points are the first n of more). Options given
/// on the command line are held fixed (Error(usage) when base.search has them, too). The same data, cap on
/// steps and stopping rule for all.
std::vector<Trial> search_trials(const Request& base);

/// Fills in the estimates (a diverged run counts as accuracy 0) and sorts, best first: by validation
/// accuracy, then by fewer data that were seen.
void score(std::vector<Trial>& trials);
/// Whether any run of any setting took a step.
bool any_scored(const std::vector<Trial>& trials);

/// The command line that trains with a trial's setting: what was given, and what was searched.
std::string command_line(const Config& base, const Trial& trial);

}  // namespace rhm

// From finished runs to curves, sample complexities and scaling laws. Pure functions.
//
// P* is the smallest number of training data from which a rule solves a task: test error below 10 % of the
// chance error (Cagnetta et al. 2024, PRX 14, 031001). Every seed has its own grammar and its own P*, where
// its test accuracy, interpolated linearly in log P, first reaches that; a seed that is solved at the
// smallest P tried, or at none, bounds it. P* of a curve is the median over its seeds: the mean accuracy over
// seeds would say how the few grammars fare that are hard for every rule. A ratio compares two rules on the
// same grammars: it is the median of the seeds' own ratios. A seed that both rules solve at the smallest P,
// or neither solves, tells nothing of the ratio and is left out. Of an even number of seeds the median is the
// geometric mean of the middle two.
//
// Intervals are percentile bootstrap intervals (95 %) over seeds, of these medians and of mean accuracies. Up
// to five seeds all n^n resamples are taken, above that 4000 random ones. The median of bounds is a bound,
// and an interval reaches from that of the lower bounds to that of the upper ones, which may be 0 or
// infinite. How often an interval of a median holds that of all grammars: with two to five seeds, whose range
// it is, in 50, 75, 88 and 94 % of the cases, with seven in 88 %, with six, eight or more in 93 to 96 %.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data/theory.hpp"
#include "study/statistics.hpp"
#include "train/measurer.hpp"
#include "train/trainer.hpp"

namespace rhm {

struct Axis;  // study/axis.hpp

/// The recorded options of a run, as text. Copies share them until one is changed: thousands of runs differ
/// in little else than their seed.
class Settings {
public:
    using Map = std::map<std::string, std::string>;
    Settings(Map map = {}) : map_(std::make_shared<Map>(std::move(map))) {}
    Settings(std::initializer_list<Map::value_type> list) : Settings(Map(list)) {}

    std::string& operator[](const std::string& name) {
        if (map_.use_count() > 1) map_ = std::make_shared<Map>(*map_);
        return (*map_)[name];
    }
    /// The value of an option, "" when there is none.
    const std::string& at(const std::string& name) const {
        static const std::string none;
        auto found = map_->find(name);
        return found == map_->end() ? none : found->second;
    }
    Map::const_iterator begin() const { return map_->begin(); }
    Map::const_iterator end() const { return map_->end(); }
    bool operator<(const Settings& other) const { return map_ != other.map_ && *map_ < *other.map_; }

private:
    std::shared_ptr<Map> map_;
};

/// A finished run as its record tells it.
struct Measured {
    GrammarShape task;
    std::string rule;
    double train_size = 0;  ///< P
    std::uint64_t seed = 0;
    double test_accuracy = 0;
    bool diverged = false;
    bool silent = false;  ///< see train/advice.hpp
    std::string told;     ///< what the hidden layers were told: "labels as pairs"
    bool ours = true;     ///< with this program's arithmetic: it counts before an equal run with another
    Settings options;     ///< every recorded option but P and the seed
    std::vector<Evaluation> evaluations;
    std::vector<Measurement> measurements;  ///< of what each layer has learnt, when the run took any
};

/// Test accuracy against P of one rule (with one setting of all options) on one task.
struct Curve {
    GrammarShape task;
    std::string rule, label;  ///< the label adds the options in which curves of one rule and task differ:
                              ///< "dfa width=32", "bp, no downstream masks"
    std::map<double, std::map<std::uint64_t, Measured>> points;  ///< by P (or place on the axis) and seed
};

/// The run's rule on its task with nothing given, but with the constants for the run's depth and masks;
/// another rule where this program does not have it.
Config plain_run(const Measured& run);

/// In the order of tasks (n_c m^L, then L) and of the list of rules. Of runs with equal settings, P and seed
/// the last of this program's arithmetic counts, or the last; `repeated` is raised for each other. With an
/// axis, on which all runs have a place, the points are by that; curves of other P have other labels, and
/// what is on the axis is 0 in their task.
std::vector<Curve> curves_of(std::vector<Measured> runs, std::size_t& repeated, const Axis* axis = nullptr);

/// A number, or a bound on it, with its interval. Missing ends are NaN, open ones infinite or 0.
struct Estimated {
    char bound = '=';  ///< '>' or '<': `value` is only a bound; '?': nothing is known
    double value = 0, low = 0, high = 0;
    bool known() const { return bound == '='; }
    /// What may be said of it: of a bound the end of the interval, for on other seeds the bound is another.
    double said() const {
        if (bound == '>' && low < value) return low;
        return bound == '<' && high > value ? high : value;
    }
};

/// One line of a summary.
struct SummaryRow {
    enum class Kind {
        accuracy,   ///< mean test accuracy at p
        p_star,     ///< P*, the median over seeds; `law` is n_c m^L
        ratio,      ///< P* over that of "bp", the median of the seeds' ratios
        per_level,  ///< factor of P* from one level to the next, by regression of log P* on L; the law says m
        ratio_per_level,  ///< factor of the ratio from one level to the next
        exponent_m,       ///< d log(P* / n_c) / d log m by regression; the law says L
        exponent_law,     ///< d log P* / d log(n_c m^L) by regression over all tasks; the law says 1
    } kind = Kind::accuracy;
    GrammarShape task;  ///< 0 for what varies or does not matter
    std::string label;
    double p = 0;           ///< accuracy only
    std::size_t count = 0;  ///< seeds that count, or tasks of a regression
    Estimated estimate;
    double law = 0;    ///< NaN when there is none
    double place = 0;  ///< of accuracies: P, or that on the axis
};
inline constexpr std::string_view kSummaryKinds[] = {
    "accuracy", "p_star", "ratio", "per_level", "ratio_per_level", "exponent_m", "exponent_law"};

std::vector<SummaryRow> summary_of(const std::vector<Curve>& curves);
/// The first of them alone, which are all that there is along another axis than P.
std::vector<SummaryRow> accuracies_of(const std::vector<Curve>& curves);

// The steps, for tests.

/// What is known on each seed.
using BySeed = std::map<std::uint64_t, Bounds>;

BySeed stars_of(const Curve& curve);
/// P* over bp's, without the seeds that tell nothing of it.
BySeed ratios_of(const BySeed& rule, const BySeed& bp);
Estimated median_of(const BySeed& seeds);

}  // namespace rhm

// From finished runs to curves, sample complexities and scaling laws. Pure functions.
//
// P* is the smallest number of training data from which a rule solves a task: test error below 10 % of the
// chance error (Cagnetta et al. 2024, PRX 14, 031001). The mean test accuracy over seeds is interpolated
// linearly in log P between the last P below and the first above. Intervals are percentile bootstrap
// intervals (95 %) over seeds: runs that share a seed, and with it the grammar, stay together. A ratio
// compares two rules on the seeds that both have, so on the same grammars. Where a resample's P* lies beyond
// the curve, the interval reaches as far as it may: from the ratio's lower bound, or to infinity. Up to five
// seeds all n^n resamples are taken, above that 4000 random ones. With few seeds such intervals are too
// narrow: read those of three seeds as a rough guide.
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
    Map::const_iterator find(const std::string& name) const { return map_->find(name); }
    Map::const_iterator begin() const { return map_->begin(); }
    Map::const_iterator end() const { return map_->end(); }
    const void* address() const { return map_.get(); }

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
    std::map<double, std::map<std::uint64_t, Measured>> points;  ///< by P and seed
};

/// In the order of tasks (n_c m^L, then L) and of the list of rules. Of runs with equal settings, P and seed
/// the last of this program's arithmetic counts, or the last; `repeated` is raised for each other.
std::vector<Curve> curves_of(std::vector<Measured> runs, std::size_t& repeated);

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
        p_star,     ///< P*; `law` is n_c m^L
        ratio,      ///< P* over that of "bp"
        per_level,  ///< factor of P* from one level to the next, by regression of log P* on L; the law says m
        ratio_per_level,  ///< factor of the ratio from one level to the next
        exponent_m,       ///< d log(P* / n_c) / d log m by regression; the law says L
        exponent_law,     ///< d log P* / d log(n_c m^L) by regression over all tasks; the law says 1
    } kind = Kind::accuracy;
    GrammarShape task;  ///< 0 for what varies or does not matter
    std::string label;
    double p = 0;           ///< accuracy only
    std::size_t count = 0;  ///< seeds, or tasks of a regression
    Estimated estimate;
    double law = 0;  ///< NaN when there is none
};
inline constexpr const char* kSummaryKinds[] = {"accuracy",        "p_star",     "ratio",       "per_level",
                                                "ratio_per_level", "exponent_m", "exponent_law"};

std::vector<SummaryRow> summary_of(const std::vector<Curve>& curves);

}  // namespace rhm

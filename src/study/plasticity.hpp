// The plasticity experiment: do the rules still learn without the aids that cortex has not? Pure functions;
// the command runs and prints.
//
// Of each rule's tuned form one aid is taken away at a time, and at last all:
//
//   adam       plain stochastic gradient descent
//   sharing    every position has weights of its own (lcn)
//   batch      one datum or pair at a time; what a loss asks of a batch comes from the past (--online)
//   head       the loss sees the units themselves, so that no weights of a head and their transposes take
//              part; clapp: its Hebbian form, with weights of their own for the prediction back
//
// The form without any, the strict form, is what the claim of compatibility with plasticity is judged by: its
// update must be local by the audit of study/audit.hpp, and it must learn.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "study/audit.hpp"
#include "study/experiment.hpp"
#include "study/verdict.hpp"

namespace rhm {

/// One line of the table: a rule without an aid, on all seeds.
struct PlasticityRow : Line {
    std::string_view rule, without;  ///< "clapp", "batch"; without: "nothing" or "all", too
};

/// The rules of the experiment; a contrastive one and one that is not come first.
inline constexpr std::string_view kSubjects[] = {"clapp", "vicreg", "lpl", "bp", "dfa"};

struct PlasticityTask {
    GrammarShape shape;
    std::int64_t train_size = 0;  ///< 8 n_c m^L
    std::vector<PlasticityRow> rows;
};

/// The rule of `config` in its strict form: options and the constants that were found for it. Throws
/// Error(input) when the experiment has no such form of the rule.
void make_strict(Config& config);

/// v = n_c = 4, m = 3, L = 3 and 4 (`smoke`: m = 2, L = 3) at P = 8 n_c m^L with clapp, vicreg, lpl, bp and
/// dfa, or those of --rules and bp. With batches there are at most base.steps steps, of one datum 50
/// times as many, of pairs half of either.
std::vector<PlasticityTask> plasticity_plan(const Request& base);
/// clapp and vicreg in their strict forms, by which `rhm reproduce` judges the claim: on m = 2, L = 3, and
/// with
/// --full on the tasks above.
std::vector<PlasticityTask> strict_plan(const Request& base);

/// Strings that a run had seen when its test accuracy was first that of a solved task; of pairs two each.
/// Infinite when it never was.
double strings_until_solved(const Config& config, const Result& result);
/// Median (the lower of two) and range of some values.
struct Spread {
    double median, low, high;
};
Spread spread_of(std::vector<double> values);

/// The audit of a rule's strict form.
Audit strict_audit(std::string_view rule);
/// The claim holds when for one rule at least that is contrastive and one that is not the strict form is
/// local and solves the tasks on every seed; it does not when of one kind every form that was run is not
/// local, or solves some task on no seed; else it is undecided.
Verdict judge_plasticity(const std::vector<PlasticityTask>& tasks);

}  // namespace rhm

// The rows of a summary, as text, CSV and JSON Lines.
#pragma once
#include <string>
#include <vector>

#include "show/listing.hpp"
#include "base/names.hpp"
#include "study/axis.hpp"

namespace rhm {

using Curves = std::vector<Curve>;
using SummaryRows = std::vector<SummaryRow>;

/// Rows as aligned text for people, one table a task and one for the scaling; and as one tidy table for
/// programs.
std::string summary_text(const SummaryRows& rows, std::size_t width = 80);
Listing summary_listing(const SummaryRows& rows, const Axis* axis = nullptr);
/// Accuracies along an axis, a table for each task and what all of its runs share.
std::string axis_text(const SummaryRows& rows, const Axis& axis, std::size_t width = 80);
/// The task, with the P of its accuracies.
std::string shared_text(const SummaryRows& rows, const GrammarShape& task);

/// "v=4 n_c=4 m=3 s=2 L=5", leaving out what is 0.
std::string task_text(const GrammarShape& task);
/// "v=4 n_c=4 m=3 s=2 L=5 P=1944"
std::string task_text(const GrammarShape& task, std::int64_t train_size);
/// "Random Hierarchy Model v=4 ... L=5, P=8192, 4000 test data, chance 0.250"
std::string model_text(const Config& config);
/// A number for people: three digits, no exponent below a million. Infinity is ∞.
std::string brief(double x);
/// With two decimals.
std::string two(double x);
/// "3.2", "> 3.2" when that much is known only (the lower end of its interval), "-"; and "2.9 .. 3.5", or
/// nothing when there is no interval. `show` is brief or two.
std::string value_text(const Estimated& e, std::string (*show)(double));
std::string interval_text(const Estimated& e, std::string (*show)(double));

}  // namespace rhm

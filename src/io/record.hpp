// The record of a run: JSON Lines, the product that everything else is drawn from.
//
//   {"kind":"run","version",...,"build",...,"kernel",...,"results",...,"arithmetic",...,"told",...,
//   "grammar_digest",...,"load_digest",...,"rule":"bp",...every option with its resolved value}
//   {"kind":"eval","step",...,"loss",...,"train_accuracy",...,"test_accuracy",...}          now and then
//   with "deviation":[...],"rank":[...] of each hidden layer's code for rules that learn from pairs
//   {"kind":"result","status":"ok","train_accuracy",...,"test_accuracy",...,"steps",...,"seconds",...,
//    "samples_per_second",...}
//   with "validation_accuracy", "collapsed":[layers], "dead":[share of silent units of each layer] and
//   "solved_step" in between, where there are such
//
// Lines of what was measured: measure_record.hpp. Written by cli/train.cpp and, all other runs, by RunStore.
// Only "seconds" and "samples_per_second" differ between two runs of one identity.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/names.hpp"
#include "train/trainer.hpp"

namespace rhm {

std::string run_line(const Config& config);
std::string eval_line(const Evaluation& evaluation);
std::string result_line(const Result& result);

/// What decides the numbers of a run, from its first line: equal texts, equal runs. That is the version of
/// the results (base/version.hpp), the arithmetic (matrix/arithmetic.hpp), the content of the files that it
/// read and every option; not the names of those files, the compiler, the kernels, the order of keys or how a
/// number is written. An option that a record does not name yet has its default, for by then it changed
/// nothing.
std::string run_identity(const Json& run);
/// The key of the first thing that makes two runs others, "" when they are one. Both lines are of this
/// version.
std::string first_difference(const Json& run, const Json& other);
/// Gives the options that were not given those of a recorded run, from its first line. What follows from
/// another option (depth, classes, --view-level, a rule's own constants) follows from one that was given.
/// Throws Error.
void set_recorded(Config& config, const Json& run);
/// Whether a run has this program's version of the results.
bool is_of_this_version(const Json& run);

/// A line of a file without the byte-order mark, blanks and line end around it.
std::string_view trimmed_line(std::string_view line);
/// The JSON object of a line, or nothing when it is none.
std::optional<Json> parse_line(std::string_view line);

/// An option's value as text: a number in its shortest form; "" where it is null.
std::string value_text(const Json& value);
/// A number of a record; NaN when it is null. Throws Error(input) when it is missing or something else.
double number_of(const Json& line, std::string_view key);
/// A whole number of a record from `low` to `high`. Throws Error(input).
std::int64_t whole_of(const Json& line, std::string_view key, std::int64_t low, std::int64_t high);

/// An evaluation and a result read back from their lines. Throw Error(input).
Evaluation parse_evaluation(const Json& line);
Result parse_result(const Json& line);

}  // namespace rhm

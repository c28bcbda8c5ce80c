// The record of a run: JSON Lines, the product that everything else is drawn from.
//
//   {"kind":"run","version",...,"build",...,"kernel",...,"told",...,"rule":"bp",...every option with its
//   resolved value}
//   {"kind":"eval","step",...,"loss",...,"train_accuracy",...,"test_accuracy",...}          now and then
//   with "deviation":[...],"rank":[...] of each hidden layer's code for rules that learn from pairs
//   {"kind":"result","status":"ok","train_accuracy",...,"test_accuracy",...,"steps",...,"seconds",...,"samples_per_second",...}
//   with "validation_accuracy" in between when there are validation data, and "collapsed":[layers] when codes
//   have collapsed
//
// Only "seconds" and "samples_per_second" differ between two runs of one configuration on one machine.
#pragma once
#include <string>

#include "run/trainer.hpp"

namespace rhm {

std::string run_line(const Config& config);
std::string eval_line(const Evaluation& evaluation);
std::string result_line(const Result& result);

/// A result read back from its line. Throws Error(input).
Result parse_result(std::string_view line);

}  // namespace rhm

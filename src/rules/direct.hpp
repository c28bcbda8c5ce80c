// What the rules with direct feedback share: C numbers a datum go straight to every hidden layer, past all
// layers between.
//
//   delta_l = D_l (signal B_l),   signal [N, C],   B_l [C, Q * H]
#pragma once
#include "rules/rule.hpp"

namespace rhm {

/// Adds B_1..B_L to `feedback`: feedback_scale^2 N(0, 1 / C), one block per position or one for all.
void draw_direct(const Network& net, const RuleOptions& options, std::uint64_t seed, Parameters& feedback);

/// Gives every hidden layer delta_l = D_l (signal B_l), B_l = block l - 1 of `feedback`. Uses buffer 0.
void direct_gradient(const Pass& pass, ConstView signal, const Parameters& feedback, Memory& memory,
                     Parameters& gradient);

/// With --feedback shared the positions of a layer receive the same signal: in b [C, Q * H] every block
/// becomes the first, or the mean of all.
enum class Tie { first, mean };
void tie_positions(const LayerShape& layer, const RuleOptions& options, Tie to, View b);

}  // namespace rhm

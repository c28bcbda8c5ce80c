// The supervised loss.
#pragma once
#include <cstdint>
#include <span>

#include "matrix/matrix.hpp"

namespace rhm {

/// Mean cross-entropy of softmax(logits [N, C]) with the labels, in nats. Writes its gradient with respect to
/// the logits, error = (softmax(o) - onehot(y)) / N, when `error` is not empty (it may then be [N, C] only).
double cross_entropy(ConstView logits, std::span<const std::uint8_t> labels, View error);

/// Rows whose largest logit is the label's (ties: the first class wins).
std::size_t count_correct(ConstView logits, std::span<const std::uint8_t> labels);

}  // namespace rhm

// The supervised loss.
#pragma once
#include <cstdint>
#include <span>

#include "base/matrix.hpp"

namespace rhm {

/// Mean cross-entropy of softmax(logits [N, C]) with the labels, in nats. Writes its gradient with respect to
/// the logits, error = (softmax(o) - onehot(y)) / N, when `error` is not empty (it may then be [N, C] only).
template <class T>
double cross_entropy(View<const std::type_identity_t<T>> logits, std::span<const std::uint8_t> labels,
                     View<T> error);

/// Rows whose largest logit is the label's (ties: the first class wins).
template <class T>
std::size_t count_correct(View<T> logits, std::span<const std::uint8_t> labels);

}  // namespace rhm

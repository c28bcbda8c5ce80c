#include "net/loss.hpp"

#include <algorithm>
#include <cmath>

namespace rhm {

template <class T>
double cross_entropy(View<const std::type_identity_t<T>> logits, std::span<const std::uint8_t> labels,
                     View<T> error) {
    double total = 0;
    const T scale = T(1) / static_cast<T>(logits.rows ? logits.rows : 1);
    for (std::size_t i = 0; i < logits.rows; ++i) {
        const T* o = logits.row(i);
        T top = *std::max_element(o, o + logits.cols), sum = 0;
        for (std::size_t c = 0; c < logits.cols; ++c) {
            const T p = std::exp(o[c] - top);
            sum += p;
            if (error.data) error(i, c) = p;
        }
        total += static_cast<double>(std::log(sum) + top - o[labels[i]]);
        if (error.data == nullptr) continue;
        for (std::size_t c = 0; c < logits.cols; ++c)
            error(i, c) = scale * (error(i, c) / sum - (c == labels[i] ? T(1) : T(0)));
    }
    return logits.rows ? total / static_cast<double>(logits.rows) : 0;
}

template <class T>
std::size_t count_correct(View<T> logits, std::span<const std::uint8_t> labels) {
    std::size_t correct = 0;
    for (std::size_t i = 0; i < logits.rows; ++i) {
        const auto* o = logits.row(i);
        correct += static_cast<std::size_t>(std::max_element(o, o + logits.cols) - o) == labels[i];
    }
    return correct;
}

template double cross_entropy<float>(View<const float>, std::span<const std::uint8_t>, View<float>);
template double cross_entropy<double>(View<const double>, std::span<const std::uint8_t>, View<double>);
template std::size_t count_correct<const float>(View<const float>, std::span<const std::uint8_t>);
template std::size_t count_correct<const double>(View<const double>, std::span<const std::uint8_t>);

}  // namespace rhm

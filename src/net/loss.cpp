#include "net/loss.hpp"

#include <algorithm>
#include <cmath>

namespace rhm {

double cross_entropy(ConstView logits, std::span<const std::uint8_t> labels, View error) {
    double total = 0;
    const real scale = real(1) / real(logits.rows ? logits.rows : 1);
    for (std::size_t i = 0; i < logits.rows; ++i) {
        const real* o = logits.row(i);
        real top = *std::max_element(o, o + logits.cols), sum = 0;
        for (std::size_t c = 0; c < logits.cols; ++c) {
            const real p = std::exp(o[c] - top);
            sum += p;
            if (error.data) error(i, c) = p;
        }
        total += double(std::log(sum) + top - o[labels[i]]);
        if (error.data == nullptr) continue;
        for (std::size_t c = 0; c < logits.cols; ++c)
            error(i, c) = scale * (error(i, c) / sum - (c == labels[i] ? real(1) : real(0)));
    }
    return logits.rows ? total / double(logits.rows) : 0;
}

std::size_t count_correct(ConstView logits, std::span<const std::uint8_t> labels) {
    std::size_t correct = 0;
    for (std::size_t i = 0; i < logits.rows; ++i) {
        const auto* o = logits.row(i);
        correct += std::size_t(std::max_element(o, o + logits.cols) - o) == labels[i];
    }
    return correct;
}

}  // namespace rhm

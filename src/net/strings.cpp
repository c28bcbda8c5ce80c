#include "net/strings.hpp"

#include <algorithm>

namespace rhm {

void Strings::find(std::span<const std::uint8_t> below, std::size_t group, std::size_t alphabet,
                   std::size_t most, std::size_t width) {
    constexpr std::size_t kLargestTable = 1 << 16;
    constexpr std::uint16_t kNone = 0xffff;
    most = std::min<std::size_t>(most, 256);  // their numbers are bytes
    std::size_t possible = 1;
    for (std::size_t j = 0; j < group && possible <= kLargestTable; ++j) possible *= alphabet;
    of.clear();
    parts.clear();
    if (most == 0 || possible > kLargestTable) return;
    number_.assign(possible, kNone);  // of a group, read in base `alphabet`
    const std::size_t rows = below.size() / group;
    of.resize(rows);
    std::size_t count = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        const std::uint8_t* part = &below[r * group];
        std::size_t key = 0;
        for (std::size_t j = 0; j < group; ++j) key = key * alphabet + part[j];
        if (number_[key] == kNone) {
            if (count == most) return of.clear();
            number_[key] = std::uint16_t(count++);
            parts.insert(parts.end(), part, part + group);
        }
        of[r] = std::uint8_t(number_[key]);
    }
    code.resize(count, width);
}

/// Rows in groups: as many columns as w has rows.
template <class Any>
static Any in_groups(Any rows, std::size_t cols) {
    return rows.cols == cols ? rows : rows.in_rows(cols);
}

void multiply(const Code& code, ConstView w, View out) {
    if (!code.strings) return gemm_nn(in_groups(code.rows, w.rows), w, out);
    const std::size_t count = code.rows.rows, width = code.rows.cols, group = w.rows / width;
    Matrix& products = code.strings->products;
    products.resize(group * count, w.cols);
    for (std::size_t j = 0; j < group; ++j)
        gemm_nn(code.rows, w.rows_from(j * width, width), products.view().rows_from(j * count, count));
    gather(code.of, group, group, count, products, out);
}

void multiply_back(const Code& code, ConstView delta, ConstView w, View dw, View down, real beta) {
    if (!code.strings) {
        if (!dw.empty()) gemm_tn(in_groups(code.rows, w.rows), delta, dw, real(1));
        if (!down.empty()) gemm_nt(delta, w, in_groups(down, w.rows), beta);
        return;
    }
    const std::size_t count = code.rows.rows, width = code.rows.cols, group = w.rows / width;
    Matrix& sums = code.strings->sums;
    sums.resize(group * count, delta.cols);
    sums.fill(0);
    scatter(code.of, group, group, count, delta, sums);
    for (std::size_t j = 0; j < group; ++j) {
        const ConstView sum = sums.view().rows_from(j * count, count);
        if (!dw.empty()) gemm_tn(code.rows, sum, dw.rows_from(j * width, width), real(1));
        if (!down.empty()) gemm_nt(sum, w.rows_from(j * width, width), down, j == 0 ? beta : real(1));
    }
}

}  // namespace rhm

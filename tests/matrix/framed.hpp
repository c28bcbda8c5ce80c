// Matrices with sentinels around them, and what else the tests of the kernels share.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "matrix/kernels.hpp"
#include "matrix/kernels_plain.hpp"

namespace rhm {

using std::size_t;

/// Selects a kernel for a scope; back to the default afterwards.
struct Selected {
    explicit Selected(std::string_view name) { select_kernels(name); }
    ~Selected() { select_kernels("auto"); }
};

inline std::vector<std::string_view> fast_names() {
    auto names = kernel_names();
    names.pop_back();
    return names;
}

constexpr double sentinel = 12345;

/// A [rows, cols] view inside a larger allocation: rows are `gap` numbers apart, and the numbers before,
/// between and after them are sentinels. The allocation is exact, so that ASan sees a step over its end.
struct Framed {
    size_t rows, cols, gap;
    std::vector<real> numbers;

    Framed(size_t r, size_t c, size_t g)
        : rows(r), cols(c), gap(g), numbers(g + r * (c + g), real(sentinel)) {}
    View view() { return {numbers.data() + gap, rows, cols, cols + gap}; }

    template <class Make>
    Framed& fill(Make make) {
        for (size_t i = 0; i < rows; ++i)
            for (size_t j = 0; j < cols; ++j) view()(i, j) = real(make());
        return *this;
    }
    bool frame_intact() const {
        for (size_t i = 0; i < numbers.size(); ++i)
            if ((i < gap || (i - gap) % (cols + gap) >= cols) && numbers[i] != real(sentinel)) return false;
        return true;
    }
};

struct Random {
    std::mt19937 engine{20250101};
    double operator()() { return double(engine()) / 2147483648.0 - 1; }  // in [-1, 1)
    size_t below(size_t n) { return engine() % n; }
};

/// The largest |x - y| / scale over two views of one shape; infinite as soon as one of them is not a number.
inline double distance(View x, View y, double scale) {
    double most = 0;
    for (size_t i = 0; i < x.rows; ++i)
        for (size_t j = 0; j < x.cols; ++j) {
            const double d = std::abs(double(x(i, j)) - double(y(i, j))) / scale;
            most = d <= most ? most : d >= 0 ? d : std::numeric_limits<double>::infinity();
        }
    return most;
}

inline bool same_bits(View x, View y) {
    for (size_t i = 0; i < x.rows; ++i)
        if (x.cols && std::memcmp(x.row(i), y.row(i), x.cols * sizeof(real)) != 0) return false;
    return true;
}

using Sizes = std::initializer_list<size_t>;

}  // namespace rhm

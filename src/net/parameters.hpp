// A list of named matrices in one contiguous buffer, so that an optimiser updates them in one pass. Used for
// the network's weights, for gradients, for an optimiser's moments, and for what a rule learns or keeps
// besides (heads, feedback weights).
#pragma once
#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "matrix/matrix.hpp"

namespace rhm {

inline bool all_finite(std::span<const real> numbers) {
    return std::all_of(numbers.begin(), numbers.end(), [](real x) { return std::isfinite(x); });
}

/// One matrix of a Parameters list.
struct Block {
    std::string name;
    std::size_t rows = 0, cols = 0, offset = 0;
};

class Parameters {
public:
    /// Appends a matrix; its index is returned. All blocks are added before the first use of the numbers.
    std::size_t add(std::string name, std::size_t rows, std::size_t cols) {
        blocks_.push_back({std::move(name), rows, cols, total_});
        total_ += rows * cols;
        return blocks_.size() - 1;
    }
    /// Makes room for the added blocks and sets every number to zero.
    void allocate() {
        values_.resize(1, total_);
        values_.fill(real(0));
    }
    /// The same blocks, all zero.
    Parameters zeros() const {
        Parameters out;
        out.blocks_ = blocks_;
        out.total_ = total_;
        out.allocate();
        return out;
    }

    std::size_t blocks() const { return blocks_.size(); }
    const Block& block(std::size_t i) const { return blocks_[i]; }
    std::size_t size() const { return total_; }
    std::span<real> values() { return {values_.data(), total_}; }
    std::span<const real> values() const { return {values_.data(), total_}; }
    void zero() { values_.fill(real(0)); }

    View operator[](std::size_t i) {
        const Block& b = blocks_[i];
        return {values_.data() + b.offset, b.rows, b.cols, b.cols};
    }
    ConstView operator[](std::size_t i) const {
        const Block& b = blocks_[i];
        return {values_.data() + b.offset, b.rows, b.cols, b.cols};
    }
    std::span<real> span(std::size_t i) {
        return values().subspan(blocks_[i].offset, blocks_[i].rows * blocks_[i].cols);
    }

private:
    std::vector<Block> blocks_;
    std::size_t total_ = 0;
    Matrix values_;
};

}  // namespace rhm

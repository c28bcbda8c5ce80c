// Equal strings, computed once.
//
// A position of layer l of a cnn sees a string of s^l symbols, and equal strings have equal codes. Under a
// grammar few are possible low down (v m for layer 1, v m^3 for layer 2 at s = 2), so that only D of the
// R = N * Q rows of h_l differ. A product of rows in groups of G, W [G * H, cols] a block W_j for each place,
//
//   out_r = sum_j h_{of(r, j)} W_j
//
// is then made by the string: h W_j [D, cols] once for every place, whose rows are added up; and so is the
// way back, with the sums S_j [D, cols] of the deltas of all r that have a string at place j:
//
//   dW_j += h^T S_j,   dLoss / dh = sum_j S_j W_j^T  (of a string: the sum over all positions that have it)
//
// The same numbers but for the order of sums. It is less work when G * D is less than R.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "matrix/kernels.hpp"

namespace rhm {

/// The different strings of a layer.
struct Strings {
    Matrix code;                      ///< h_l of each [D, H]
    std::vector<std::uint8_t> of;     ///< [N * Q] the number of each position's string; empty: not in use
    std::vector<std::uint8_t> parts;  ///< [D, s] what each is made of: strings of the layer below, or symbols
    mutable Matrix products, sums;    ///< [G * D, cols]

    bool used() const { return !of.empty(); }
    std::size_t count() const { return code.rows(); }
    /// Whether a product of groups of this many positions costs at most half when it is made by the string.
    bool pay(std::size_t group) const { return used() && 2 * group * count() <= of.size(); }
    /// Numbers the different groups of `group` among `below` (numbers below `alphabet`), in order of
    /// appearance, and makes room for their codes of `width` units. When there are more than `most`, none is
    /// in use.
    void find(std::span<const std::uint8_t> below, std::size_t group, std::size_t alphabet, std::size_t most,
              std::size_t width);

private:
    std::vector<std::uint16_t>
        number_;  ///< of every group there may be, kept so that a step does not allocate
};

/// A layer's code as products read it: R rows, or those of its strings and which of them come one after the
/// other.
struct Code {
    ConstView rows;                    ///< [R, H] or [D, H]
    const Strings* strings = nullptr;  ///< null: R rows
    const std::uint8_t* of = nullptr;  ///< [R]
};

/// out [R / G, cols] = the rows in groups of G times w [G * H, cols].
void multiply(const Code& code, ConstView w, View out);
/// The way back for `delta` [R / G, cols]: dw += , and down = beta down + . Either may be empty: not wanted.
/// `down` has as many rows as `code` has.
void multiply_back(const Code& code, ConstView delta, ConstView w, View dw, View down, real beta);

}  // namespace rhm

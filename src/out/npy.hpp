// The NPY format, version 1.0 (numpy.lib.format): a line of Python that describes the array, then its bytes in C order.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rhm {

/// One field of a record: its name, type ("u1" or "<f4") and shape ({} for a single number).
struct NpyField {
    std::string_view name, type;
    std::vector<std::size_t> shape;
};

/// The bytes before the data of an array of `count` records; the fields of a record follow each other without gaps.
std::string npy_header(std::span<const NpyField> fields, std::size_t count);

}  // namespace rhm

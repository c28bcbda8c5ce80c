// The NPY format, version 1.0 (numpy.lib.format): a line of Python that describes the array, then its bytes
// in C order.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rhm {

/// One field of a record: its name, type ("u1", "<f4", or "S100": text of up to 100 bytes) and shape ({} for
/// a single value).
struct NpyField {
    std::string name, type;
    std::vector<std::size_t> shape;
};

/// The bytes before the data of an array of `count` records; the fields of a record follow each other without
/// gaps.
std::string npy_header(std::span<const NpyField> fields, std::size_t count);

/// An array of records as it stands in a file.
struct NpyArray {
    struct Field : NpyField {
        std::size_t offset = 0, bytes = 0;  ///< within a record
    };
    std::vector<Field> fields;
    std::size_t count = 0, record_bytes = 0, data = 0;  ///< records, their size, and where they begin

    /// Reads the header of an NPY file (versions 1 to 3) whose elements are records and checks that the file
    /// is as long as it says. Throws Error(input) with a sentence that begins with `name`.
    static NpyArray parse(std::string_view file, std::string_view name);
    const Field* find(std::string_view field) const;
};

}  // namespace rhm

#include "io/npy.hpp"

#include "base/error.hpp"

namespace rhm {
namespace {

std::string tuple_text(std::span<const std::size_t> shape) {  // (), (3,), (3, 4,)
    std::string text = "(";
    for (std::size_t i = 0; i < shape.size(); ++i) text += concat(i ? " " : "", shape[i], ",");
    return text + ")";
}

std::string header(const std::string& descr, std::size_t count) {
    std::string text =
        "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + tuple_text({&count, 1}) + ", }";
    constexpr std::size_t
        before = 10,
        align = 64;  // magic, version and length take 10 bytes; the data start at a multiple of 64
    text.resize((before + text.size() + 1 + align - 1) / align * align - before, ' ');
    text.back() = '\n';
    std::string out("\x93NUMPY\x01\x00", 8);
    out += char(text.size() & 255);
    out += char(text.size() >> 8);
    return out + text;
}

}  // namespace

std::string npy_header(std::span<const NpyField> fields, std::size_t count) {
    std::string descr = "[";
    for (const NpyField& field : fields) {
        descr += descr.size() > 1 ? ", ('" : "('";
        descr += field.name;
        descr += concat("', '", field.type.starts_with('<') ? "" : "|", field.type, "'");
        if (!field.shape.empty()) descr += ", " + tuple_text(field.shape);
        descr += ")";
    }
    return header(descr + "]", count);
}

}  // namespace rhm

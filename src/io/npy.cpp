#include "io/npy.hpp"

#include <cctype>
#include <cstdint>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

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
    // magic, version and length take 10 bytes; the data start at a multiple of 64
    constexpr std::size_t before = 10, align = 64;
    text.resize((before + text.size() + 1 + align - 1) / align * align - before, ' ');
    text.back() = '\n';
    std::string out("\x93NUMPY\x01\x00", 8);
    out += char(text.size() & 255);
    out += char(text.size() >> 8);
    return out + text;
}

/// The Python of a header as JSON: tuples as lists, no comma before an end, false and true. What is no header
/// becomes no JSON.
std::string json_of(std::string_view python) {
    std::string out;
    char quote = '\0';  // of the string that is being read
    for (const char c : python) {
        const bool ends = quote && c == quote, begins = !quote && (c == '\'' || c == '"');
        if (begins || ends) {
            quote = begins ? c : '\0';
            out += '"';
        } else if (quote) {
            out += c;
        } else if (c == ')' || c == ']' || c == '}') {
            out.resize(out.find_last_not_of(" \n") + 1);
            if (out.ends_with(',')) out.pop_back();
            out += c == ')' ? ']' : c;
        } else {
            out += c == '(' ? '[' : char(std::tolower(std::uint8_t(c)));
        }
    }
    return out;
}

[[noreturn]] void no_array(std::string_view name) {
    fail(Exit::input, name, " is an NPY file, but no array of named fields as 'rhm train --save' writes it");
}

constexpr std::size_t kLargest = std::size_t{1} << 48;

/// A shape; `total` is multiplied by its numbers.
std::vector<std::size_t> shape_of(const Json& tuple, std::size_t& total, std::string_view name) {
    if (!tuple.is(Json::Kind::array)) no_array(name);
    std::vector<std::size_t> shape;
    for (const Json& number : tuple.array) {
        const auto n = parse_integer(number.string);
        if (!n || *n < 0 || (*n > 0 && total > kLargest / std::size_t(*n))) no_array(name);
        shape.push_back(std::size_t(*n));
        total *= shape.back();
    }
    return shape;
}

/// Bytes of one value of a type, 0 when the type is none of ours.
std::size_t bytes_of(std::string_view type) {
    if (type == "u1") return 1;
    if (type == "<f4") return 4;
    auto digits = type.substr(type.empty() ? 0 : 1);
    auto x = parse_integer(digits);
    return type.starts_with('S') && x && *x > 0 && *x < (std::int64_t{1} << 32) ? std::size_t(*x) : 0;
}

/// ('name', 'type') or ('name', 'type', (3, 4))
NpyArray::Field field_of(const Json& json, std::size_t offset, std::string_view name) {
    if (json.array.size() != 2 && json.array.size() != 3) no_array(name);
    NpyArray::Field field{{json.array[0].string, json.array[1].string, {}}, offset};
    if (field.type.starts_with('|')) field.type.erase(0, 1);
    field.bytes = bytes_of(field.type);
    if (field.bytes == 0)
        fail(Exit::input, name, " holds '", field.name, "' as '", field.type,
             "'; 'rhm' reads float32 ('<f4'), uint8 ('|u1') and text ('|S')");
    if (json.array.size() == 3) field.shape = shape_of(json.array[2], field.bytes, name);
    return field;
}

Json header_of(std::string_view python, std::string_view name) {
    try {
        return Json::parse(json_of(python));
    } catch (const Error&) {
        no_array(name);
    }
}

}  // namespace

std::string npy_header(std::span<const NpyField> fields, std::size_t count) {
    std::string descr = "[";
    for (const NpyField& field : fields) {
        descr += concat(descr.size() > 1 ? ", " : "", "('", field.name, "', '",
                        field.type.starts_with('<') ? "" : "|", field.type, "'",
                        field.shape.empty() ? "" : ", " + tuple_text(field.shape), ")");
    }
    return header(descr + "]", count);
}

NpyArray NpyArray::parse(std::string_view file, std::string_view name) {
    auto byte = [&](std::size_t i) { return std::size_t(std::uint8_t(file[i])); };
    if (!file.starts_with("\x93NUMPY") || file.size() < 12)
        fail(Exit::input, name, " is no NPY file; 'rhm train --save' writes networks that can be loaded");
    const bool short_length = byte(6) == 1;
    const std::size_t before = short_length ? 10 : 12;
    const std::size_t length =
        byte(8) + (byte(9) << 8) + (short_length ? 0 : (byte(10) << 16) + (byte(11) << 24));
    if (file.size() < before + length)
        fail(Exit::input, name, " is cut off within its header; copy it again or save the network anew");

    const Json header = header_of(file.substr(before, length), name);
    const Json& fortran = header["fortran_order"];
    if (!fortran.is(Json::Kind::boolean) || fortran.boolean) no_array(name);
    NpyArray out;
    out.data = before + length;
    out.count = 1;
    shape_of(header["shape"], out.count, name);
    for (const Json& field : header["descr"].array) {
        out.fields.push_back(field_of(field, out.record_bytes, name));
        out.record_bytes += out.fields.back().bytes;
        if (out.record_bytes > kLargest) no_array(name);
    }
    if (out.record_bytes == 0) no_array(name);
    const std::size_t most = (file.size() - out.data) / out.record_bytes;
    if (out.count != most || out.count * out.record_bytes != file.size() - out.data)
        fail(Exit::input, name, " has ", file.size() - out.data, " bytes of data, not the ", out.record_bytes,
             " x ", out.count,
             " that its header announces; it is cut off or damaged: copy it again or save the network anew");
    return out;
}

const NpyArray::Field* NpyArray::find(std::string_view field) const {
    for (const Field& f : fields)
        if (f.name == field) return &f;
    return nullptr;
}

}  // namespace rhm

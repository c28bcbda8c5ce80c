// Reading the header of an NPY file: a Python dictionary of strings, numbers, tuples and lists, nothing else.
#include "base/error.hpp"
#include "base/text.hpp"
#include "io/npy.hpp"

namespace rhm {
namespace {

/// A text that is read from the left. What does not fit throws Error(input).
class Reader {
public:
    Reader(std::string_view text, std::string_view name) : text_(text), name_(name) {}

    bool accept(char c) {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!accept(c)) bad();
    }
    std::string quoted() {
        char quote = accept('\'') ? '\'' : '"';
        if (quote == '"') expect('"');
        std::size_t end = text_.find(quote, at_);
        if (end == std::string_view::npos
            || text_.substr(at_, end - at_).find('\\') != std::string_view::npos)
            bad();
        std::string out(text_.substr(at_, end - at_));
        at_ = end + 1;
        return out;
    }
    std::vector<std::size_t> tuple() {  // (), (3,), (3, 4) or (3, 4,)
        std::vector<std::size_t> out;
        expect('(');
        while (!accept(')')) {
            if (!out.empty()) {
                expect(',');
                if (accept(')')) break;
            }
            out.push_back(whole());
        }
        return out;
    }
    bool truth() {
        for (bool value : {true, false})
            if (std::string_view word = value ? "True" : "False"; accept(word[0])) {
                if (text_.substr(at_, word.size() - 1) != word.substr(1)) bad();
                at_ += word.size() - 1;
                return value;
            }
        bad();
    }
    [[noreturn]] void bad() const {
        fail(Exit::input, name_,
             " is an NPY file, but no array of named fields as 'rhm train --save' writes it");
    }

private:
    std::size_t whole() {
        accept(' ');
        std::size_t end = at_;
        while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
        auto x = parse_integer(text_.substr(at_, end - at_));
        if (end == at_ || !x || *x > (std::int64_t{1} << 40)) bad();
        at_ = end;
        return std::size_t(*x);
    }
    std::string_view text_, name_;
    std::size_t at_ = 0;
};

/// Bytes of one value of a type, 0 when the type is none of ours.
std::size_t bytes_of(std::string_view type) {
    if (type == "u1") return 1;
    if (type == "<f4") return 4;
    auto digits = type.substr(type.empty() ? 0 : 1);
    auto x = parse_integer(digits);
    return type.starts_with('S') && x && *x > 0 && *x < (std::int64_t{1} << 32) ? std::size_t(*x) : 0;
}

NpyArray::Field read_field(Reader& in, std::size_t offset, std::string_view name) {
    NpyArray::Field field;
    in.expect('(');
    field.name = in.quoted();
    in.expect(',');
    field.type = in.quoted();
    if (field.type.starts_with('|')) field.type.erase(0, 1);
    if (!in.accept(')')) {  // ('name', 'type') or ('name', 'type', (3, 4))
        in.expect(',');
        field.shape = in.tuple();
        in.expect(')');
    }
    field.offset = offset;
    field.bytes = bytes_of(field.type);
    if (field.bytes == 0)
        fail(Exit::input, name, " holds '", field.name, "' as '", field.type,
             "'; 'rhm' reads float32 ('<f4'), uint8 ('|u1') and text ('|S')");
    for (std::size_t n : field.shape) {
        if (n > 0 && field.bytes > (std::size_t{1} << 48) / n) in.bad();
        field.bytes *= n;
    }
    return field;
}

}  // namespace

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

    Reader in(file.substr(before, length), name);
    NpyArray out;
    out.data = before + length;
    out.count = 1;
    in.expect('{');
    while (!in.accept('}')) {
        std::string key = in.quoted();
        in.expect(':');
        if (key == "descr") {
            in.expect('[');
            while (!in.accept(']')) {
                out.fields.push_back(read_field(in, out.record_bytes, name));
                out.record_bytes += out.fields.back().bytes;
                in.accept(',');
            }
        } else if (key == "fortran_order") {
            if (in.truth()) in.bad();
        } else if (key == "shape") {
            for (std::size_t n : in.tuple()) {
                if (n > 0 && out.count > (std::size_t{1} << 40) / n) in.bad();
                out.count *= n;
            }
        } else {
            in.bad();
        }
        in.accept(',');
    }
    if (out.fields.empty() || out.record_bytes > (std::size_t{1} << 50)) in.bad();
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

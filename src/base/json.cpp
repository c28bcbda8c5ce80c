#include "base/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"

namespace rhm {
namespace {

class Parser {
public:
    Parser(std::string_view text, int depth) : text_(text), depth_(depth) {}

    Json document() {
        Json value = any(0);
        space();
        if (at_ != text_.size()) wrong("text after the end of the value");
        return value;
    }

private:
    std::string_view text_;
    int depth_;
    std::size_t at_ = 0;

    [[noreturn]] void wrong(std::string_view what) const {
        fail(Exit::input, "not JSON: ", what, " at byte ", at_);
    }
    void space() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
            ++at_;
    }
    bool take(char c) {
        space();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool word(std::string_view w) {
        if (text_.substr(at_, w.size()) != w) return false;
        at_ += w.size();
        return true;
    }

    Json any(int depth) {
        if (depth > Json::kDeepest) wrong(concat("nesting deeper than ", Json::kDeepest));
        space();
        Json out;
        if (at_ == text_.size()) wrong("the text ends too early");
        char c = text_[at_];
        if (c == '{') {
            ++at_;
            out.kind = Json::Kind::object;
            if (take('}')) return out;
            do {
                space();
                out.keys.push_back(text_string());
                if (!take(':')) wrong("a ':' is missing");
                out.array.push_back(any(depth + 1));
            } while (take(','));
            if (!take('}')) wrong("a ',' or '}' is missing");
            // Which of two values is meant cannot be told, and programs disagree about it.
            if (std::set<std::string_view>(out.keys.begin(), out.keys.end()).size() < out.keys.size())
                wrong("a key is there twice, before");
        } else if (c == '[') {
            const std::size_t begin = at_++;
            out.kind = Json::Kind::array;
            if (take(']')) return out;
            do {
                Json element = any(depth + 1);
                if (depth <= depth_) out.array.push_back(std::move(element));
            } while (take(','));
            if (!take(']')) wrong("a ',' or ']' is missing");
            if (depth > depth_) out.string = text_.substr(begin, at_ - begin);
        } else if (c == '"') {
            out.kind = Json::Kind::string;
            out.string = text_string();
        } else if (word("true") || word("false")) {
            out.kind = Json::Kind::boolean;
            out.boolean = c == 't';
        } else if (!word("null")) {
            number_into(out);
        }
        return out;
    }

    void number_into(Json& out) {
        std::size_t end = at_;
        while (end < text_.size()
               && std::string_view("+-0123456789.eE").find(text_[end]) != std::string_view::npos)
            ++end;
        std::string_view digits = text_.substr(at_, end - at_);
        auto value = digits.empty() || digits[0] == '+' ? std::nullopt : parse_double(digits);
        if (!value) wrong("no value");
        out.kind = Json::Kind::number;
        out.number = *value;
        out.string = digits;
        at_ = end;
    }

    std::uint32_t hex4() {
        std::uint32_t code = 0;
        auto part = text_.substr(at_, 4);
        auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), code, 16);
        if (error != std::errc() || end != part.data() + 4) wrong("a bad \\u escape");
        at_ += 4;
        return code;
    }

    std::string text_string() {
        if (at_ == text_.size() || text_[at_] != '"') wrong("a string is missing");
        ++at_;
        std::string out;
        for (;;) {
            if (at_ == text_.size()) wrong("a string does not end");
            char c = text_[at_++];
            if (c == '"') return out;
            if (std::uint8_t(c) < 0x20) wrong("a control character in a string");
            if (c != '\\') {
                out += c;
                continue;
            }
            if (at_ == text_.size()) wrong("a string does not end");
            constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
            const char escape = text_[at_++];
            if (const std::size_t i = kEscapes.find(escape); i != std::string_view::npos)
                out += kMeant[i];
            else if (escape == 'u')
                append_utf8(out, code_point());
            else
                wrong("an unknown escape");
        }
    }

    std::uint32_t code_point() {
        const std::uint32_t code = hex4();
        if (code < 0xD800 || code >= 0xE000) return code;
        // the first half of a surrogate pair; the second must follow
        const std::uint32_t second = code < 0xDC00 && word("\\u") ? hex4() : 0;
        if (second < 0xDC00 || second >= 0xE000) wrong("half a surrogate pair");
        return 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
    }

    static void append_utf8(std::string& out, std::uint32_t code) {
        int more = (code >= 0x80) + (code >= 0x800) + (code >= 0x10000);  // bytes, of six bits each
        constexpr std::uint32_t kFirst[] = {0, 0xC0, 0xE0, 0xF0};
        out += char(kFirst[more] | code >> 6 * more);
        while (more-- > 0) out += char(0x80 | (code >> 6 * more & 63));
    }
};

}  // namespace

std::string json_quote(std::string_view text) {
    std::string out = "\"";
    for_each_character(text, [&](std::string_view character, bool valid) {
        const auto c = std::uint8_t(character[0]);
        if (!valid) {
            out += "\xEF\xBF\xBD";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c < 0x20 || c == 0x7F) {
            constexpr std::string_view kHex = "0123456789abcdef";
            out += {'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]};
        } else {
            if (c == '"' || c == '\\') out += '\\';
            out += character;
        }
    });
    return out + '"';
}

std::string json_number(double x) { return std::isfinite(x) ? number(x) : "null"; }

Json Json::parse(std::string_view text, int depth) { return Parser(text, depth).document(); }

const Json& Json::operator[](std::string_view key) const {
    static const Json missing;
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (keys[i] == key) return array[i];
    return missing;
}

bool Json::has(std::string_view key) const { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

}  // namespace rhm

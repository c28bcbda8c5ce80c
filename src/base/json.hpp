// JSON (RFC 8259), as much as a record needs: a writer for one-line objects and a reader.
#pragma once
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace rhm {

/// The text as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);
/// A finite number in the shortest form; null when it is not finite (a missing number is never 0).
std::string json_number(double x);

/// A text, a truth or a number as JSON.
template <class T>
std::string json_text(const T& value) {
    if constexpr (std::is_convertible_v<T, std::string_view>)
        return json_quote(value);
    else if constexpr (std::same_as<T, bool>)
        return value ? "true" : "false";
    else if constexpr (std::floating_point<T>)
        return json_number(value);
    else
        return std::to_string(value);
}

/// Writes one object on one line: JsonLine().add("kind", "run").add("seed", 0).text() =
/// {"kind":"run","seed":0}
class JsonLine {
public:
    JsonLine& raw(std::string_view key, std::string_view json) {
        text_ += text_.empty() ? "{" : ",";
        text_ += json_quote(key);
        text_ += ":";
        text_ += json;
        return *this;
    }
    template <class T>
    JsonLine& add(std::string_view key, const T& value) {
        return raw(key, json_text(value));
    }
    template <class Range>
    JsonLine& array(std::string_view key, const Range& values) {
        std::string list = "[";
        for (const auto& x : values) {
            if (list.size() > 1) list += ',';
            list += json_text(x);
        }
        return raw(key, list + "]");
    }
    std::string text() const { return text_.empty() ? "{}" : text_ + "}"; }

private:
    std::string text_;
};

/// A parsed JSON value. An object keeps the order of its keys; the value of keys[i] is array[i].
struct Json {
    enum class Kind { null, boolean, number, string, array, object } kind = Kind::null;
    bool boolean = false;
    double number = 0;
    std::string string;  ///< the text of a string, or of a number (see parse: of a list) as it was written
    std::vector<Json> array;
    std::vector<std::string> keys;

    /// Parses the whole text; throws Error(input) with the byte position of the first fault. An array that is
    /// nested deeper than `depth` is checked, but kept as its text: a tree takes some 30 times the memory.
    static Json parse(std::string_view text, int depth = kDeepest);
    static constexpr int kDeepest = 200;
    /// The value at a key of an object; a null value when it is absent or this is no object.
    const Json& operator[](std::string_view key) const;
    bool has(std::string_view key) const;
    bool is(Kind k) const { return kind == k; }
};

}  // namespace rhm

// A table of results in the forms in which it is read: aligned text for people, CSV, and JSON Lines.
#pragma once
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rhm {

class Listing {
public:
    enum class Kind {
        left,
        right,
        words  ///< may be broken into several lines
    };
    /// Its name in each form; "" leaves it out there.
    struct Column {
        std::string text = {};
        Kind kind = Kind::left;
        std::string_view json = {}, csv = {};
    };
    /// A column of values for programs only, and one for people, too.
    static Column data(std::string_view name) { return {.json = name, .csv = name}; }
    static Column both(std::string title, std::string_view name, Kind kind = Kind::left) {
        return {std::move(title), kind, name, name};
    }

    /// What one row has in one column. A missing number is null in JSON and empty in CSV.
    struct Cell {
        std::string text, json = "null", csv;

        Cell() = default;
        Cell(double value);
        template <std::integral I>
        Cell(I value) : text(std::to_string(value)), json(text), csv(text) {
            if constexpr (std::same_as<I, bool>) text = json = csv = value ? "true" : "false";
        }
        Cell(const char* words) : Cell(std::string_view(words)) {}
        Cell(const std::string& words) : Cell(std::string_view(words)) {}
        Cell(std::string_view words);
        /// A value, and what people read in its place.
        Cell(const Cell& value, std::string shown) : Cell(value) { text = std::move(shown); }
    };

    /// `kind`: the first field of each JSON line, when it has a name.
    explicit Listing(std::vector<Column> columns, std::string_view kind = {})
        : columns_(std::move(columns)), kind_(kind) {}
    void add(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
    bool empty() const { return rows_.empty(); }

    /// Aligned lines. Where they would be too wide, titles and words are broken; when that is not enough, the
    /// last columns are left out, and a line says so. Names in the cells may hold any character.
    std::string text(std::size_t width) const;
    std::string csv() const;
    std::string json() const;

private:
    std::vector<Column> columns_;
    std::string_view kind_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace rhm

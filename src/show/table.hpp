// Tables for people that fit the width they are given.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace rhm {

class TextTable {
public:
    enum class Kind {
        left,
        right,
        words  ///< may be broken into several lines
    };
    struct Column {
        std::string title;
        Kind kind = Kind::left;
    };
    explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
    /// Names in the cells may hold any character.
    void add(std::vector<std::string> cells);
    /// The lines. Where they would be too wide, titles and words are broken; when that is not enough, the
    /// last columns are left out, and a line says so.
    std::string text(std::size_t width) const;

private:
    std::vector<std::size_t> widths(std::size_t shown, std::size_t width) const;
    std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const;

    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace rhm

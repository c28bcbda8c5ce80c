#include "io/measure_record.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "io/record.hpp"

namespace rhm {
namespace {

std::string row_json(const Table& table, std::size_t row) {
    std::string out;
    for (std::size_t c = 0; c < table.cols(); ++c) out += concat(c ? "," : "", json_number(table(row, c)));
    return table.cols() == 1 ? out : concat("[", out, "]");
}

double entry_of(const Json& json) {
    if (json.is(Json::Kind::null)) return std::nan("");
    if (!json.is(Json::Kind::number)) fail(Exit::input, "a measurement holds something else than numbers");
    return json.number;
}

Table table_of(const Json& json) {
    const std::size_t rows = json.array.size(),
                      cols = rows && json.array[0].is(Json::Kind::array) ? json.array[0].array.size() : 1;
    Table table(rows, cols);
    for (std::size_t r = 0; r < rows; ++r) {
        const Json& row = json.array[r];
        if (row.is(Json::Kind::array) && row.array.size() != cols)
            fail(Exit::input, "a measurement's rows differ in length");
        for (std::size_t c = 0; c < cols; ++c)
            table(r, c) = entry_of(row.is(Json::Kind::array) ? row.array[c] : row);
    }
    return table;
}

}  // namespace

std::string measure_line(const Measurement& m) {
    JsonLine line;
    line.add("kind", "measure").add("what", m.what).add("step", m.step);
    for (const auto& [name, values] : m.tables) {
        std::string rows;
        for (std::size_t r = 0; r < values.rows(); ++r) rows += concat(r ? "," : "", row_json(values, r));
        line.raw(name, concat("[", rows, "]"));
    }
    return line.text();
}

Measurement parse_measurement(const Json& line) {
    Measurement m{line["what"].string, whole_of(line, "step", 0, std::int64_t{1} << 53), {}};
    if (line["kind"].string != "measure" || !contains(kMeasureNames, m.what))
        fail(Exit::input, "not a measurement of this version");
    for (std::size_t i = 0; i < line.keys.size(); ++i)
        if (line.array[i].is(Json::Kind::array)) m.tables.emplace_back(line.keys[i], table_of(line.array[i]));
    return m;
}

}  // namespace rhm

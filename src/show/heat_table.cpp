#include "show/heat_table.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.hpp"
#include "base/text.hpp"

namespace rhm {
namespace {

constexpr int kNameWidth = 10, kCellWidth = 10;  // columns of a row's name and of a cell

/// `text`, right-aligned in a cell.
std::string plain_cell(std::string_view text) { return pad(text, 1 - kCellWidth) + " "; }

/// How a table is drawn.
struct Drawn {
    bool colour;
    std::size_t width;
    std::string heading(std::string_view text) const { return wrap(text, width, 2) + "\n"; }
    /// The same in a cell whose shade says how large `heat` in 0..1 is.
    std::string cell(const std::string& text, double heat) const {
        static constexpr std::string_view shades[] = {" ", "░", "▒", "▓", "█"};
        static constexpr std::string_view colours[] = {"48;5;234;38;5;250", "48;5;17;38;5;252",
                                                       "48;5;24;38;5;255", "48;5;31;38;5;255",
                                                       "48;5;80;38;5;16"};
        if (std::isnan(heat)) return plain_cell(text);
        const auto shade = std::size_t(std::clamp(heat, 0.0, 1.0) * 4.999);
        if (colour) return concat("\x1b[", colours[shade], "m", pad(text, -(kCellWidth - 2)), " \x1b[0m ");
        return concat(pad("", kCellWidth - 8), shades[shade], shades[shade], pad(text, -5), " ");
    }
};

using Cells = std::function<std::string(std::size_t row, std::size_t column)>;

/// Rows of layers, the top one first; below them `last`, when it has a name. Columns that do not fit beside
/// the others stand below them.
std::string table(const std::vector<std::string>& columns, std::size_t layers, const Cells& cells, Drawn how,
                  std::string_view last = {}, const Cells& last_cells = {}) {
    const std::size_t most = std::max<std::size_t>(
        1, (std::max<std::size_t>(how.width, kNameWidth) - kNameWidth + 1) / kCellWidth);
    const Cells titles = [&](std::size_t, std::size_t c) { return plain_cell(columns[c]); };
    std::string out;
    for (std::size_t from = 0; from < columns.size(); from += most) {
        auto add = [&](std::string_view name, const Cells& texts, std::size_t k) {
            std::string row = pad(name, kNameWidth);
            for (std::size_t c = from; c < std::min(columns.size(), from + most); ++c) row += texts(k, c);
            while (row.ends_with(' ')) row.pop_back();
            out += row + "\n";
        };
        add("", titles, 0);
        for (std::size_t k = layers; k-- > 0;) add(concat("layer ", k + 1), cells, k);
        if (!last.empty()) add(last, last_cells, 0);
    }
    return out;
}

std::vector<std::string> level_names(std::size_t levels) {
    std::vector<std::string> names;
    for (std::size_t l = 1; l <= levels; ++l) names.push_back(concat("level ", l));
    return names;
}

std::string share(double x) { return std::isnan(x) ? "-" : fixed(x, 2); }

std::string largest_error(const Table& error) {
    double most = 0;
    for (std::size_t i = 0; i < error.size(); ++i)
        most = std::max(most, std::isnan(error.data()[i]) ? 0 : error.data()[i]);
    return concat("standard error up to ", fixed(most, 3));
}

std::string sensitivity_text(const Measurement& m, Drawn how) {
    const Table &s = m.table("value"), &error = m.table("error");
    return how.heading(concat("synonym sensitivity after ", m.step,
                              " steps: 1 as different as another string, 0 invariant (", largest_error(error),
                              ")"))
           + table(
               level_names(s.cols()), s.rows(),
               [&](std::size_t k, std::size_t l) { return how.cell(share(s(k, l)), s(k, l)); }, how);
}

/// The levels that some layer decodes with an error below 10 % of the chance error.
std::string decoded_levels(const Table& accuracy, const Table& chance) {
    std::string list;
    for (std::size_t l = 0; l < accuracy.cols(); ++l) {
        double best = 0;
        for (std::size_t k = 0; k < accuracy.rows(); ++k) best = std::max(best, accuracy(k, l));
        if (1 - best < 0.1 * (1 - chance(l, 0))) list += concat(list.empty() ? "" : ", ", l + 1);
    }
    return list.empty() ? "none" : list;
}

std::string probes_text(const Measurement& m, Drawn how) {
    const Table &accuracy = m.table("accuracy"), &random = m.table("random"), &chance = m.table("chance");
    if (chance.size() != accuracy.cols() || random.rows() != accuracy.rows()
        || random.cols() != accuracy.cols())
        fail(Exit::input, "the tables of the probes at step ", m.step, " do not fit together");
    auto cells = [&](const Table& x) {
        return [&](std::size_t k, std::size_t l) {
            return how.cell(share(x(k, l)), (x(k, l) - chance(l, 0)) / (1 - chance(l, 0)));
        };
    };
    auto chances = [&](std::size_t, std::size_t l) { return plain_cell(share(chance(l, 0))); };
    const std::vector<std::string> levels = level_names(accuracy.cols());
    return how.heading(concat("symbols decoded by linear probes after ", m.step,
                              " steps, held-out accuracy (", largest_error(m.table("error")), ")"))
           + table(levels, accuracy.rows(), cells(accuracy), how, "chance", chances)
           + how.heading("the same for the network before training")
           + table(levels, random.rows(), cells(random), how)
           + how.heading(concat("levels decoded by some layer with an error below 10 % of the chance error: ",
                                decoded_levels(accuracy, chance)));
}

struct Column {
    std::string_view name, table;
    bool shaded;
};

/// One column for each quantity; those between 0 and 1 are shaded.
std::string quantities(const Measurement& m, std::span<const Column> columns, Drawn how) {
    std::vector<std::string> names;
    for (const Column& c : columns) names.emplace_back(c.name);
    const std::size_t layers = m.table(columns[0].table).rows();
    for (const Column& c : columns)
        if (m.table(c.table).size() != layers)
            fail(Exit::input, "the tables of '", m.what, "' at step ", m.step, " do not fit together");
    auto cells = [&](std::size_t k, std::size_t c) {
        const double x = m.table(columns[c].table)(k, 0);
        if (columns[c].shaded) return how.cell(share(x), x);
        return plain_cell(std::isnan(x) ? "-" : digits_of(x, 3));
    };
    return table(names, layers, cells, how);
}

std::string alignment_text(const Measurement& m, Drawn how) {
    static constexpr Column columns[] = {{"cosine", "cosine", true},     {"|update|", "update", false},
                                         {"|bp|", "bp_gradient", false}, {"|delta|", "signal", false},
                                         {"|h|", "activity", false},     {"active", "active", true},
                                         {"mask", "mask", true}};
    return how.heading(concat("the rule's update beside bp's gradient after ", m.step,
                              " steps (mask: delta is there exactly when the unit is active)"))
           + quantities(m, columns, how);
}

std::string health_text(const Measurement& m, Drawn how) {
    static constexpr Column columns[] = {{"deviation", "deviation", false},
                                         {"rank", "rank", false},
                                         {"dead", "dead", true},
                                         {"active", "active", true}};
    return how.heading(concat(
               "the codes after ", m.step,
               " steps (deviation of a unit; rank: participation ratio; shares of dead and active units)"))
           + quantities(m, columns, how);
}

}  // namespace

std::string heat_table(const Measurement& m, bool colour, std::size_t width) {
    const Drawn how{colour, width};
    if (m.what == "sensitivity") return sensitivity_text(m, how);
    if (m.what == "probes") return probes_text(m, how);
    if (m.what == "alignment") return alignment_text(m, how);
    return health_text(m, how);
}

}  // namespace rhm

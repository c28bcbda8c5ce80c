#include "show/summary_text.hpp"

#include <cmath>
#include <functional>
#include <set>

#include "base/error.hpp"
#include "data/theory.hpp"
#include "base/text.hpp"
#include "show/listing.hpp"

namespace rhm {
namespace {

using K = SummaryRow::Kind;
using enum Listing::Kind;

std::string three(double x) { return fixed(x, 3); }

/// Those that have accuracies.
std::vector<GrammarShape> tasks_in(const SummaryRows& rows) {
    std::vector<GrammarShape> tasks;
    for (const SummaryRow& r : rows)
        if (r.kind == K::accuracy && (tasks.empty() || !(tasks.back() == r.task))) tasks.push_back(r.task);
    return tasks;
}

/// The accuracies on a task; `title` and `place`: what they stand against.
std::string accuracies_text(const SummaryRows& rows, const GrammarShape& task, std::size_t width,
                            std::string_view title,
                            const std::function<std::string(const SummaryRow&)>& place) {
    Listing table({{"rule", words},
                   {std::string(title), right},
                   {"seeds", right},
                   {"test accuracy", right},
                   {"95 % interval"}});
    for (const SummaryRow& r : rows)
        if (r.kind == K::accuracy && r.task == task)
            table.add(
                {r.label, place(r), r.count, three(r.estimate.value), interval_text(r.estimate, three)});
    return table.text(width);
}

std::string task_tables(const SummaryRows& rows, const GrammarShape& task, std::size_t width) {
    Listing data({{"rule", words},
                  {"P*", right},
                  {"95 % interval"},
                  {"P*/law", right},
                  {"P*/P*(bp)", right},
                  {"95 % interval"}});
    for (const SummaryRow& r : rows) {
        if (r.kind != K::p_star || !(r.task == task)) continue;
        std::string ratio, interval;
        for (const SummaryRow& q : rows)
            if (q.kind == K::ratio && q.task == task && q.label == r.label) {
                ratio = value_text(q.estimate, two);
                interval = interval_text(q.estimate, two);
            }
        data.add({r.label, value_text(r.estimate, brief), interval_text(r.estimate, brief),
                  r.estimate.known() ? two(r.estimate.value / r.law) : "", ratio, interval});
    }
    const std::string heading = concat(task_text(task), "   law n_c m^L = ", brief(law(task)),
                                       "; solved from ", three(solved_accuracy(task.classes)));
    return concat(wrap(heading, width, 2), "\n\n",
                  accuracies_text(rows, task, width, "P", [](const SummaryRow& r) { return brief(r.p); }),
                  "\n", data.text(width));
}

std::string scaling_table(const SummaryRows& rows, std::size_t width) {
    Listing table({{"scaling", words},
                   {"rule", words},
                   {"tasks", right},
                   {"value", right},
                   {"95 % interval"},
                   {"law", right},
                   {"of tasks", words}});
    for (const SummaryRow& r : rows) {
        const char* name = r.kind == K::per_level         ? "P* times, per level"
                           : r.kind == K::ratio_per_level ? "P*/P*(bp) times, per level"
                           : r.kind == K::exponent_m      ? "exponent of m in P*/n_c"
                           : r.kind == K::exponent_law    ? "exponent of n_c m^L in P*"
                                                          : nullptr;
        if (!name) continue;
        table.add({name, r.label, r.count, value_text(r.estimate, two), interval_text(r.estimate, two),
                   std::isnan(r.law) ? "" : brief(r.law), task_text(r.task)});
    }
    return table.empty() ? "" : table.text(width);
}

}  // namespace

std::string value_text(const Estimated& e, std::string (*show)(double)) {
    if (e.bound == '?' || std::isnan(e.value)) return "-";
    return e.bound == '=' ? show(e.value) : concat(e.bound, " ", show(e.said()));
}

std::string interval_text(const Estimated& e, std::string (*show)(double)) {
    const bool said = (e.bound == '>' && e.low == e.said() && std::isinf(e.high))
                      || (e.bound == '<' && e.low == 0 && e.high == e.said());
    if (std::isnan(e.low) || std::isnan(e.high) || said) return "";
    return concat(show(e.low), " .. ", show(e.high));
}

std::string two(double x) { return std::isinf(x) ? "inf" : fixed(x, 2); }

std::string task_text(const GrammarShape& t) {
    std::string out;
    for (auto [name, value] :
         {std::pair{"v", t.vocab}, {"n_c", t.classes}, {"m", t.synonyms}, {"s", t.tuple}, {"L", t.levels}})
        if (value) out += concat(out.empty() ? "" : " ", name, "=", value);
    return out;
}

std::string task_text(const GrammarShape& task, std::int64_t train_size) {
    return concat(task_text(task), " P=", train_size);
}

std::string model_text(const Config& c) {
    return concat("Random Hierarchy Model ", task_text(c.task), ", P=", c.train_size, ", ", c.test_size,
                  " test data, chance ", fixed(1.0 / c.task.classes, 3));
}

std::string brief(double x) {
    if (std::isinf(x)) return "inf";
    if (x >= 1e6) return number(std::stod(fixed(x / 1e6, 1))) + "M";
    if (x >= 100 || x == std::floor(x)) return fixed(x, 0);
    return fixed(x, x < 10 ? 2 : 1);
}

std::string shared_text(const SummaryRows& rows, const GrammarShape& task) {
    std::set<double> sizes;
    for (const SummaryRow& r : rows)
        if (r.task == task) sizes.insert(r.p);
    const std::string first = fixed(*sizes.begin(), 0), last = fixed(*sizes.rbegin(), 0);
    return concat(task_text(task), " P=", first, first == last ? "" : concat(" .. ", last));
}

std::string axis_text(const SummaryRows& rows, const Axis& axis, std::size_t width) {
    std::string out;
    for (const GrammarShape& task : tasks_in(rows)) {
        std::string heading = shared_text(rows, task);
        if (task.classes) heading += concat("   solved from ", three(solved_accuracy(task.classes)));
        out += concat(out.empty() ? "" : "\n\n", wrap(heading, width, 2), "\n\n",
                      accuracies_text(rows, task, width, axis.option->name,
                                      [&](const SummaryRow& r) { return axis.text(r.place); }));
    }
    return out;
}

std::string summary_text(const SummaryRows& rows, std::size_t width) {
    std::string out;
    for (const GrammarShape& task : tasks_in(rows))
        out += concat(out.empty() ? "" : "\n\n", task_tables(rows, task, width));
    out += concat("\n",
                  wrap("P* is the median over seeds, P*/P*(bp) that of the seeds' own ratios. An interval "
                       "from 0 or to inf reaches beyond the P that were tried; of what was not reached, '>' "
                       "says the lower end of its interval.",
                       width, 0),
                  "\n");
    if (std::string scaling = scaling_table(rows, width); !scaling.empty()) out += concat("\n\n", scaling);
    return out;
}

Listing summary_listing(const SummaryRows& rows, const Axis* axis) {
    std::vector<Listing::Column> columns;
    for (const char* name :
         {"kind", "v", "n_c", "m", "s", "L", "rule", "P", "count", "bound", "value", "low", "high", "law"})
        columns.push_back(Listing::data(name));
    if (axis) columns.push_back(Listing::data(axis->option->name));
    Listing out(columns);
    for (const SummaryRow& r : rows) {
        const GrammarShape& t = r.task;
        const Estimated& e = r.estimate;
        std::vector<Listing::Cell> cells = {name_of(r.kind, kSummaryKinds)};
        for (int size : {t.vocab, t.classes, t.synonyms, t.tuple, t.levels})
            cells.push_back(size ? Listing::Cell(size) : Listing::Cell());
        cells.insert(cells.end(),
                     {r.label, r.p, r.count, std::string(1, e.bound), e.value, e.low, e.high, r.law});
        if (axis) cells.push_back(axis->words.empty() ? Listing::Cell(r.place) : axis->text(r.place));
        out.add(std::move(cells));
    }
    return out;
}

}  // namespace rhm

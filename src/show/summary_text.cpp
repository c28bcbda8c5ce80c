#include "show/summary_text.hpp"

#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "show/table.hpp"
#include "study/reproduce.hpp"

namespace rhm {
namespace {

std::string three(double x) { return fixed(x, 3); }

using Kind = TextTable::Kind;

std::string task_tables(const std::vector<SummaryRow>& rows, const GrammarShape& task, std::size_t width) {
    using K = SummaryRow::Kind;
    TextTable accuracy({{"rule", Kind::words},
                        {"P", Kind::right},
                        {"seeds", Kind::right},
                        {"test accuracy", Kind::right},
                        {"95 % interval"}});
    for (const SummaryRow& r : rows)
        if (r.kind == K::accuracy && r.task == task)
            accuracy.add({r.label, brief(r.p), std::to_string(r.count), three(r.estimate.value),
                          interval_text(r.estimate, three)});
    TextTable data({{"rule", Kind::words},
                    {"P*", Kind::right},
                    {"95 % interval"},
                    {"P*/law", Kind::right},
                    {"P*/P*(bp)", Kind::right},
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
    return concat(wrap(heading, width, 2), "\n\n", accuracy.text(width), "\n", data.text(width));
}

std::string scaling_table(const std::vector<SummaryRow>& rows, std::size_t width) {
    using K = SummaryRow::Kind;
    TextTable table({{"scaling", Kind::words},
                     {"rule", Kind::words},
                     {"tasks", Kind::right},
                     {"value", Kind::right},
                     {"95 % interval"},
                     {"law", Kind::right},
                     {"of tasks", Kind::words}});
    bool any = false;
    for (const SummaryRow& r : rows) {
        const char* name = r.kind == K::per_level         ? "P* times, per level"
                           : r.kind == K::ratio_per_level ? "P*/P*(bp) times, per level"
                           : r.kind == K::exponent_m      ? "exponent of m in P*/n_c"
                           : r.kind == K::exponent_law    ? "exponent of n_c m^L in P*"
                                                          : nullptr;
        if (!name) continue;
        any = true;
        table.add({name, r.label, std::to_string(r.count), value_text(r.estimate, two),
                   interval_text(r.estimate, two), std::isnan(r.law) ? "" : brief(r.law), task_text(r.task)});
    }
    return any ? table.text(width) : "";
}

std::string csv_number(double x) { return std::isnan(x) ? "" : number(x); }
std::string csv_text(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string out = "\"";
    for (char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}
std::string csv_size(int n) { return n ? std::to_string(n) : ""; }

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

std::string brief(double x) {
    if (std::isinf(x)) return "inf";
    if (x >= 1e6) return number(std::stod(fixed(x / 1e6, 1))) + "M";
    if (x >= 100 || x == std::floor(x)) return fixed(x, 0);
    return fixed(x, x < 10 ? 2 : 1);
}

std::string summary_text(const std::vector<SummaryRow>& rows, std::size_t width) {
    std::string out;
    std::vector<GrammarShape> tasks;
    for (const SummaryRow& r : rows)
        if (r.kind == SummaryRow::Kind::accuracy && (tasks.empty() || !(tasks.back() == r.task)))
            tasks.push_back(r.task);
    for (const GrammarShape& task : tasks)
        out += concat(out.empty() ? "" : "\n\n", task_tables(rows, task, width));
    out += concat(
        "\n",
        wrap("P*/P*(bp) is on the seeds that both have. An interval from 0 or to inf reaches beyond the P "
             "that were tried; of what was not reached, '>' says the lower end of its interval.",
             width, 0),
        "\n");
    if (std::string scaling = scaling_table(rows, width); !scaling.empty()) out += concat("\n\n", scaling);
    return out;
}

std::string summary_csv(const std::vector<SummaryRow>& rows) {
    std::string out = "kind,v,n_c,m,s,L,rule,P,count,bound,value,low,high,law\n";
    for (const SummaryRow& r : rows)
        out +=
            concat(kSummaryKinds[static_cast<int>(r.kind)], ",", csv_size(r.task.vocab), ",",
                   csv_size(r.task.classes), ",", csv_size(r.task.synonyms), ",", csv_size(r.task.tuple), ",",
                   csv_size(r.task.levels), ",", csv_text(r.label), ",", csv_number(r.p), ",", r.count, ",",
                   r.estimate.bound, ",", csv_number(r.estimate.value), ",", csv_number(r.estimate.low), ",",
                   csv_number(r.estimate.high), ",", csv_number(r.law), "\n");
    return out;
}

std::string summary_json(const std::vector<SummaryRow>& rows) {
    std::string out;
    for (const SummaryRow& r : rows) {
        JsonLine line;
        line.add("kind", kSummaryKinds[static_cast<int>(r.kind)]);
        for (auto [name, value] : {std::pair{"v", r.task.vocab},
                                   {"n_c", r.task.classes},
                                   {"m", r.task.synonyms},
                                   {"s", r.task.tuple},
                                   {"L", r.task.levels}})
            line.raw(name, value ? std::to_string(value) : "null");
        line.add("rule", r.label)
            .add("P", r.p)
            .add("count", r.count)
            .add("bound", std::string(1, r.estimate.bound))
            .add("value", r.estimate.value);
        out += line.add("low", r.estimate.low).add("high", r.estimate.high).add("law", r.law).text() + "\n";
    }
    return out;
}

}  // namespace rhm

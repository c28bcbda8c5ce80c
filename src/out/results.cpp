#include "out/results.hpp"

#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "out/measure_text.hpp"
#include "run/advice.hpp"
#include "run/reproduce.hpp"

namespace rhm {
namespace {

std::string text_of(const Json& value) {
    switch (value.kind) {
        case Json::Kind::boolean:
            return value.boolean ? "true" : "false";
        case Json::Kind::number:
        case Json::Kind::string:
            return value.string;
        default:
            return "";
    }
}

int whole(const Json& run, std::string_view name) {
    if (!run[name].is(Json::Kind::number))
        fail(Exit::input, "a run does not say its '", name, "'; it is no record of this program");
    return static_cast<int>(run[name].number);
}

Measured measured(const std::string& run_line, const StoredRun& stored) {
    Json run = Json::parse(run_line);
    Measured out;
    out.task = {whole(run, "vocab"), whole(run, "classes"), whole(run, "synonyms"), whole(run, "tuple"),
                whole(run, "levels")};
    out.train_size = run["train-size"].number;
    out.seed = static_cast<std::uint64_t>(run["seed"].number);
    out.rule = run["rule"].string;
    out.told = run["told"].string;
    out.diverged = stored.result.status == Status::diverged;
    out.silent = is_silent(stored.result);
    for (std::size_t i = 0; i < run.keys.size(); ++i) {
        const std::string& key = run.keys[i];
        if (key != "kind" && key != "version" && key != "build" && key != "kernel" && key != "told")
            out.options[key] = text_of(run.array[i]);
    }
    if (out.rule.empty() || !(out.train_size > 0))
        fail(Exit::input, "a run does not say its rule and training data; it is no record of this program");
    out.test_accuracy = counted(stored.result, out.task.classes).test_accuracy;
    for (std::string_view line : split(stored.text, '\n')) {
        if (line.starts_with("{\"kind\":\"measure\",")) out.measurements.push_back(parse_measurement(line));
        if (!line.starts_with("{\"kind\":\"eval\",")) continue;
        Json eval = Json::parse(line);
        out.evaluations.push_back({static_cast<std::int64_t>(eval["step"].number), eval["loss"].number,
                                   eval["train_accuracy"].number, eval["test_accuracy"].number});
    }
    return out;
}

std::string three(double x) { return fixed(x, 3); }

std::string task_tables(const std::vector<SummaryRow>& rows, const GrammarShape& task) {
    using K = SummaryRow::Kind;
    auto cell = [](std::string_view text, int width) { return pad(text, width); };
    std::string out = concat(task_text(task), "   law n_c m^L = ", brief(law(task)), "; solved from ",
                             three(solved_accuracy(task.classes)), "\n\n");
    std::size_t width = 12;
    for (const SummaryRow& r : rows) width = std::max(width, columns(r.label) + 2);
    const int w = static_cast<int>(width);
    out += concat(cell("rule", w), cell("P", -9), cell("seeds", -7), cell("test accuracy", -15),
                  "   95 % interval\n");
    for (const SummaryRow& r : rows)
        if (r.kind == K::accuracy && r.task == task)
            out += concat(cell(r.label, w), cell(brief(r.p), -9), cell(std::to_string(r.count), -7),
                          cell(three(r.estimate.value), -15), "   ", interval_text(r.estimate, three), "\n");
    out += concat("\n", cell("rule", w), cell("P*", -10), "   ", cell("95 % interval", 20),
                  cell("P*/law", -8), cell("P*/P*(bp)", -12), "   95 % interval\n");
    for (const SummaryRow& r : rows) {
        if (r.kind != K::p_star || !(r.task == task)) continue;
        out += concat(cell(r.label, w), cell(value_text(r.estimate, brief), -10), "   ",
                      cell(interval_text(r.estimate, brief), 20),
                      cell(r.estimate.known() ? two(r.estimate.value / r.law) : "", -8));
        for (const SummaryRow& q : rows)
            if (q.kind == K::ratio && q.task == task && q.label == r.label)
                out += concat(cell(value_text(q.estimate, two), -12), "   ", interval_text(q.estimate, two));
        out += "\n";
    }
    return out;
}

std::string scaling_table(const std::vector<SummaryRow>& rows) {
    using K = SummaryRow::Kind;
    std::string out;
    for (const SummaryRow& r : rows) {
        const char* name = r.kind == K::per_level         ? "P* times, per level"
                           : r.kind == K::ratio_per_level ? "P*/P*(bp) times, per level"
                           : r.kind == K::exponent_m      ? "exponent of m in P*/n_c"
                           : r.kind == K::exponent_law    ? "exponent of n_c m^L in P*"
                                                          : nullptr;
        if (!name) continue;
        if (out.empty())
            out = concat(pad("scaling", 28), pad("rule", 14), pad("tasks", -5), pad("value", -9), "   ",
                         pad("95 % interval", 20), pad("law", -5), "   of tasks\n");
        out += concat(pad(name, 28), pad(r.label, 14), pad(std::to_string(r.count), -5),
                      pad(value_text(r.estimate, two), -9), "   ", pad(interval_text(r.estimate, two), 20),
                      pad(std::isnan(r.law) ? "" : brief(r.law), -5), "   ", task_text(r.task), "\n");
    }
    return out;
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
    return e.bound == '=' ? show(e.value) : concat(e.bound, " ", show(e.value));
}

std::string interval_text(const Estimated& e, std::string (*show)(double)) {
    const bool said = (e.bound == '>' && e.low == e.value && std::isinf(e.high))
                      || (e.bound == '<' && e.low == 0 && e.high == e.value);
    if (std::isnan(e.low) || std::isnan(e.high) || said) return "";
    return concat(show(e.low), " .. ", show(e.high));
}

std::string two(double x) { return std::isinf(x) ? "∞" : fixed(x, 2); }

std::vector<Measured> load_results(const std::vector<std::string>& paths, Skipped& skipped) {
    std::vector<Measured> out;
    std::set<std::string> known;
    for (const std::string& path : paths) {
        RunReader reader{[&](std::string line, StoredRun stored) {
                             if (stored.result.status == Status::interrupted)
                                 return ++skipped.interrupted, true;
                             if (!known.insert(line).second) return false;
                             try {
                                 out.push_back(measured(line, stored));
                             } catch (const Error& error) {
                                 fail(Exit::input, "'", path, "': ", error.what());
                             }
                             return true;
                         },
                         {},
                         {}};
        reader.read(read_file(path));
        skipped.repeated += reader.skipped.repeated;
        skipped.torn += reader.skipped.torn;
        skipped.foreign += reader.skipped.foreign;
    }
    if (out.empty())
        fail(Exit::input, "there is no finished run in '", paths.empty() ? "" : paths[0],
             "'; 'rhm sweep' and 'rhm train --format json' record runs");
    return out;
}

std::string task_text(const GrammarShape& t) {
    std::string out;
    for (auto [name, value] :
         {std::pair{"v", t.vocab}, {"n_c", t.classes}, {"m", t.synonyms}, {"s", t.tuple}, {"L", t.levels}})
        if (value) out += concat(out.empty() ? "" : " ", name, "=", value);
    return out;
}

std::string brief(double x) {
    if (std::isinf(x)) return "∞";
    if (x >= 1e6) return number(std::stod(fixed(x / 1e6, 1))) + "M";
    if (x >= 100 || x == std::floor(x)) return fixed(x, 0);
    return fixed(x, x < 10 ? 2 : 1);
}

std::string summary_text(const std::vector<SummaryRow>& rows) {
    std::string out;
    std::vector<GrammarShape> tasks;
    for (const SummaryRow& r : rows)
        if (r.kind == SummaryRow::Kind::accuracy && (tasks.empty() || !(tasks.back() == r.task)))
            tasks.push_back(r.task);
    for (const GrammarShape& task : tasks) out += concat(out.empty() ? "" : "\n\n", task_tables(rows, task));
    out +=
        "\nP*/P*(bp) is on the seeds that both have. An interval from 0 or to ∞ reaches beyond the P that "
        "were tried.\n";
    if (std::string scaling = scaling_table(rows); !scaling.empty()) out += concat("\n\n", scaling);
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

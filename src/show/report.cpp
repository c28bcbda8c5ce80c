#include "show/report.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "train/options.hpp"
#include "show/figures.hpp"
#include "show/experiment_text.hpp"
#include "show/summary_text.hpp"

namespace rhm {
namespace {

constexpr const char* kStyle =
    ":root{color-scheme:light dark;--ink:#222;--paper:#fff;--box:#f6f6f6;--line:#ddd;--no:#a00;--yes:#060}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#ddd;--paper:#181a1b;--box:#242729;--line:#444;--no:#f77;"
    "--yes:#7c7}}\n"
    "body{font:16px/1.5 Georgia,serif;max-width:78rem;margin:2rem auto;padding:0 1rem;color:var(--ink);"
    "background:var(--paper);overflow-wrap:anywhere}\n"
    "h1,h2{font-family:Helvetica,Arial,sans-serif;line-height:1.2}h2 a{color:inherit;text-decoration:none}\n"
    "figure,.wide{margin:1rem 0;overflow-x:auto}svg{max-width:100%;height:auto;display:block}\n"
    "pre{font-size:12px;line-height:1.35;overflow-x:auto;background:var(--box);padding:.8rem}"
    ".no{color:var(--no)}.yes{color:var(--yes)}\n"
    "table{border-collapse:collapse;font-size:14px}th,td{padding:.15rem .7rem;text-align:right;"
    "border-bottom:1px solid var(--line);white-space:nowrap}"
    "th:first-child,td:first-child,td:nth-child(2),th:nth-child(2){text-align:left}summary{cursor:pointer}\n"
    "@media(max-width:700px){svg{max-width:none}li{margin-left:-1rem}}\n"
    "@media print{pre{white-space:pre-wrap}svg{break-inside:avoid}}";

constexpr std::size_t kReportWidth = 120;  // columns of its <pre>

std::string pre(std::string_view text) { return concat("<pre>", xml_text(text), "</pre>\n"); }

/// A heading that can be linked to.
std::string heading(std::string_view id, std::string_view text) {
    return concat("<h2 id=\"", id, "\"><a href=\"#", id, "\">", xml_text(text), "</a></h2>\n");
}

std::string claims_html(const std::vector<Verdict>& verdicts) {
    if (verdicts.empty()) return "";
    std::string out = heading("claims", "Claims") + "<ol>\n";
    for (const Verdict& v : verdicts)
        out += concat("<li>", xml_text(v.claim), " <b class=\"", v.holds.value_or(false) ? "yes" : "no",
                      "\">", verdict_text(v.holds), "</b><br>", xml_text(v.evidence), "</li>\n");
    return out + "</ol>\n";
}

std::string cells(const char* tag, const std::vector<std::string>& texts) {
    std::string out = "<tr>";
    for (const std::string& text : texts) out += concat("<", tag, ">", xml_text(text), "</", tag, ">");
    return out + "</tr>\n";
}

const SummaryRow* row_of(const SummaryRows& rows, SummaryRow::Kind kind, const Curve& curve) {
    for (const SummaryRow& r : rows)
        if (r.kind == kind && r.label == curve.label && r.task == curve.task) return &r;
    return nullptr;
}

/// P* and the data ratio of every rule on the task with the most curves.
std::string rules_html(const Curves& curves, const SummaryRows& rows) {
    auto on = [&](const GrammarShape& task) {
        return std::count_if(curves.begin(), curves.end(),
                             [&](const Curve& c) { return c.task == task && c.points.size() > 1; });
    };
    const GrammarShape* task = nullptr;
    for (const Curve& curve : curves)
        if (on(curve.task) > 1 && (!task || on(curve.task) >= on(*task))) task = &curve.task;
    if (!task) return "";
    std::string out =
        concat(heading("rules", concat("All rules on ", task_text(*task))), "<div class=\"wide\"><table>\n",
               cells("th", {"rule", "its hidden layers are told", "P*", "95 % interval", "P*/P*(bp)",
                            "95 % interval", "seeds", "accuracy at the largest P"}));
    for (const Curve& curve : curves) {
        if (!(curve.task == *task) || curve.points.size() < 2) continue;
        const SummaryRow *star = row_of(rows, SummaryRow::Kind::p_star, curve),
                         *ratio = row_of(rows, SummaryRow::Kind::ratio, curve);
        const auto& [p, by_seed] = *curve.points.rbegin();
        double sum = 0;
        for (const auto& [seed, run] : by_seed) sum += run.test_accuracy;
        out +=
            cells("td", {curve.label, by_seed.begin()->second.told, value_text(star->estimate, brief),
                         interval_text(star->estimate, brief), ratio ? value_text(ratio->estimate, two) : "1",
                         ratio ? interval_text(ratio->estimate, two) : "", std::to_string(star->count),
                         concat(fixed(sum / double(by_seed.size()), 3), " at ", fixed(p, 0))});
    }
    return concat(out,
                  "</table></div>\n<p>&gt;: the largest P that was tried did not suffice; the number is the "
                  "lower end of the interval, where there is one.</p>\n");
}

std::string masking_html(const Curves& curves) {
    std::string out, commands;
    for (const MaskingTask& task : masking_of(curves)) {
        out += pre(masking_text(task, kReportWidth));
        commands += concat(masking_command_of(task, curves), "\n");
    }
    if (out.empty()) return "";
    return concat(
        heading("masking", "Wrong weights or missing masks?"),
        "<p>Test accuracy, +- half a 95 % interval (Student's t) over the seeds that all lines have.</p>\n",
        out, pre(commands));
}

/// The recorded options of a curve that are not the defaults of its rule, as arguments, but for those that
/// the command says already.
std::string given_options(const Curve& curve) {
    constexpr std::string_view kSaid[] = {"rule",     "train-size", "seed",   "vocab",   "classes",
                                          "synonyms", "tuple",      "levels", "measure", "measure-every"};
    const Measured& first = curve.points.begin()->second.begin()->second;
    const Config plain = plain_run(first);
    std::string out;
    for (const auto& [name, value] : first.options) {
        const Option* option = find_option(name);
        if (!option || !option->recorded || contains(kSaid, name)) continue;
        if (name == "test-size" ? value != text_of(Config{}, *option) : value != text_of(plain, *option))
            out += concat(" --", name, option->value.empty() ? "=" : " ", shell_word(value));
    }
    return out;
}

std::string task_options(const GrammarShape& t) {
    return concat(" -v ", t.vocab, " -c ", t.classes, " -m ", t.synonyms, " -s ", t.tuple, " -L ", t.levels);
}

}  // namespace

std::string command_of(const Curve& curve) {
    std::string sizes, seeds;
    std::set<std::uint64_t> all;
    for (const auto& [p, by_seed] : curve.points) {
        sizes += concat(sizes.empty() ? "" : ",", fixed(p, 0));
        for (const auto& [seed, run] : by_seed) all.insert(seed);
    }
    for (std::uint64_t seed : all) seeds += concat(seeds.empty() ? "" : ",", number(double(seed)));
    return concat("rhm sweep", task_options(curve.task), " -r ", shell_word(curve.rule), " -P ", sizes,
                  " --seed ", seeds, given_options(curve));
}

std::string masking_command_of(const MaskingTask& task, const Curves& curves) {
    const Curve& bp = *std::find_if(curves.begin(), curves.end(),
                                    [&](const Curve& c) { return c.label == "bp" && c.task == task.shape; });
    return concat("rhm masking", task_options(task.shape), " -P ", task.train_size, " --seeds ",
                  task.rows[0].results.size(), given_options(bp));
}

std::string report_html(const std::string& files, const Curves& curves, const SummaryRows& rows,
                        const std::vector<Verdict>& verdicts, std::span<const PlasticityTask> strict) {
    const auto figure_html = [&](std::string_view kind) -> std::string {
        const Figure figure = figure_of(kind, curves, rows);
        if (figure.empty()) return "";
        return concat("<figure>\n", to_svg(figure), "</figure>\n",
                      pre(concat("rhm plot ", files, " --kind ", kind, " -o ", kind, ".svg")));
    };
    std::string out = concat(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><title>rhm: which rules learn the hierarchy?</title>\n<style>",
        kStyle, "</style></head>\n<body>\n<h1>Which learning rules discover the hidden hierarchy?</h1>\n");
    std::size_t runs = 0;
    for (const Curve& curve : curves)
        for (const auto& [p, by_seed] : curve.points) runs += by_seed.size();
    out += concat(
        "<p>", runs, " runs on the Random Hierarchy Model (Cagnetta et al., arXiv 2307.02129), drawn by rhm ",
        kVersion, " (", kBuild,
        "). P* is the smallest number of training data with test error below 10 % of the chance "
        "error, the median over seeds (grammars). P*/P*(bp) is the median of the ratios on the "
        "same grammar, so it need not be the quotient of two P* of a table. Intervals are 95 % "
        "bootstrap intervals over seeds; with fewer than five seeds they are too narrow, and those "
        "from 0 or to &infin; reach beyond the P that were tried. Rules that learn from pairs see "
        "two strings at a step and have half as many steps at most.</p>\n",
        figure_html("ratio"), claims_html(verdicts), rules_html(curves, rows), heading("curves", "Curves"),
        figure_html("accuracy"), figure_html("scaling"), masking_html(curves));
    if (!strict.empty())
        out += concat(heading("plasticity", "Without the aids that cortex has not"),
                      "<p>One pair at a time, plain descent, each position its own weights, no head. Strings "
                      "seen until the task was solved: median and range over the seeds.</p>\n",
                      pre(plasticity_text(strict, kReportWidth)), pre("rhm plasticity"));
    if (std::string measures = figure_html("measures"); !measures.empty())
        out += concat(heading("layers", "The layers"), measures);
    out += concat(heading("numbers", "All numbers"), pre(concat("rhm summary ", files)),
                  "<details><summary>show</summary>", pre(summary_text(rows, kReportWidth)), "</details>\n",
                  heading("commands", "To run it again"));
    std::string commands;
    for (const Curve& curve : curves) commands += concat(command_of(curve), "\n");
    return out + "<details><summary>one command a curve</summary>" + pre(commands)
           + "</details>\n</body></html>\n";
}

}  // namespace rhm

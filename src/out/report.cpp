#include "out/report.hpp"

#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "out/figures.hpp"
#include "out/results.hpp"
#include "out/svg.hpp"

namespace rhm {
namespace {

constexpr const char* kStyle =
    "body{font:16px/1.5 Georgia,serif;max-width:78rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}"
    "h1,h2{font-family:Helvetica,Arial,sans-serif;line-height:1.2}svg{max-width:100%;height:auto;display:block;margin:1rem 0}"
    "pre{font-size:12px;line-height:1.35;overflow-x:auto;background:#f6f6f6;padding:.8rem}.no{color:#a00}.yes{color:#060}"
    "@media print{pre{white-space:pre-wrap}svg{break-inside:avoid}}";

std::string pre(std::string_view text) { return concat("<pre>", xml_text(text), "</pre>\n"); }

std::string claims_html(const std::vector<Verdict>& verdicts) {
    if (verdicts.empty()) return "";
    std::string out = "<h2>Claims</h2>\n<ol>\n";
    for (const Verdict& v : verdicts)
        out += concat("<li>", xml_text(v.claim), " <b class=\"", v.holds ? "yes\">holds" : "no\">does not hold", "</b><br>", xml_text(v.evidence), "</li>\n");
    return out + "</ol>\n";
}

template <class Key>
std::string list_of(const std::set<Key>& values) {
    std::string out;
    for (const Key& value : values) out += concat(out.empty() ? "" : ",", number(static_cast<double>(value)));
    return out;
}

}  // namespace

std::string command_of(const Curve& curve) {
    std::set<double> sizes;
    std::set<std::uint64_t> seeds;
    std::set<std::string> test_sizes;
    for (const auto& [p, by_seed] : curve.points) {
        sizes.insert(p);
        for (const auto& [seed, run] : by_seed) seeds.insert(seed), test_sizes.insert(run.options.at("test-size"));
    }
    std::string sizes_text;
    for (double p : sizes) sizes_text += concat(sizes_text.empty() ? "" : ",", fixed(p, 0));
    const GrammarShape& t = curve.task;
    std::string out = concat("rhm sweep -v ", t.vocab, " -c ", t.classes, " -m ", t.synonyms, " -s ", t.tuple, " -L ", t.levels, " -r ", curve.rule, " -P ", sizes_text, " --seed ", list_of(seeds));
    Config plain;  // the same rule and task with nothing else given
    plain.task = t, plain.classes = t.classes, plain.rule = curve.rule, plain.train_size = plain.test_size = 1;
    resolve(plain);
    for (const auto& [name, value] : curve.points.begin()->second.begin()->second.options) {
        const Option* option = find_option(name);
        bool said = name == "rule" || name == "train-size" || name == "seed" || name == "vocab" || name == "classes" || name == "synonyms" || name == "tuple" || name == "levels";
        if (!option || !option->recorded || said) continue;
        if (name == "test-size" ? value != text_of(Config{}, *option) : value != text_of(plain, *option)) out += concat(" --", name, option->value.empty() ? "=" : " ", value.empty() ? "''" : value);
    }
    return out;
}

std::string report_html(const std::string& path, const std::vector<Curve>& curves, const std::vector<SummaryRow>& rows, const std::vector<Verdict>& verdicts) {
    std::string out = concat("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>rhm: which rules learn the hierarchy?</title>\n<style>",
                             kStyle, "</style></head>\n<body>\n<h1>Which learning rules discover the hidden hierarchy?</h1>\n");
    std::size_t runs = 0;
    for (const Curve& curve : curves)
        for (const auto& [p, by_seed] : curve.points) runs += by_seed.size();
    out += concat("<p>", runs, " runs on the Random Hierarchy Model (Cagnetta et al., arXiv 2307.02129), drawn by rhm ", kVersion, " (", kBuild, "). P* is the smallest number of training data with test error below "
                  "10 % of the chance error. Intervals are 95 % bootstrap intervals over seeds; with few seeds they are too narrow.</p>\n", claims_html(verdicts), "<h2>Figures</h2>\n");
    for (std::string_view kind : {"ratio", "accuracy", "scaling", "measures", "learning", "heat"}) {
        Figure figure = figure_of(kind, curves, rows);
        if (figure.empty()) continue;
        out += concat("<figure>\n", to_svg(figure), "</figure>\n", pre(concat("rhm plot ", path, " --kind ", kind, " -o ", kind, ".svg")));
    }
    out += concat("<h2>Tables</h2>\n", pre(concat("rhm summary ", path)), pre(summary_text(rows)), "<h2>To run it again</h2>\n");
    std::string commands;
    for (const Curve& curve : curves) commands += concat(command_of(curve), "\n");
    return out + pre(commands) + "</body></html>\n";
}

}  // namespace rhm

// rhm reproduce: runs the comparison, whole runs in parallel, and says which claims hold.
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/plan.hpp"
#include "data/theory.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "show/listing.hpp"
#include "show/figures.hpp"
#include "show/experiment_text.hpp"
#include "show/report.hpp"
#include "study/results.hpp"
#include "show/summary_text.hpp"
#include "study/full.hpp"
#include "study/plasticity.hpp"
#include "study/reproduce.hpp"

namespace rhm {
namespace {

Listing listing(const std::vector<Variant>& variants) {
    using enum Listing::Kind;
    Listing out({Listing::both("rule", "rule", words),
                 Listing::both("told", "told", words),
                 Listing::data("seeds"),
                 {.text = "accuracy", .json = "test_accuracy", .csv = "test_accuracy_mean"},
                 {.text = "range", .json = "low", .csv = "test_accuracy_low"},
                 {.json = "high", .csv = "test_accuracy_high"},
                 {.text = "steps", .kind = right, .json = "steps", .csv = "steps_mean"},
                 {.json = "seconds", .csv = "seconds_mean"},
                 Listing::data("diverged")},
                "row");
    for (const Variant& v : variants) {
        const Summary s = summarise(v.results);
        out.add({{v.short_name, v.name + diverged_text(s.diverged)},
                 told(v.configs[0]),
                 v.results.size(),
                 {s.mean, fixed(s.mean, 3)},
                 {s.low, concat(fixed(s.low, 3), " .. ", fixed(s.high, 3))},
                 s.high,
                 {s.steps, fixed(s.steps, 0)},
                 s.seconds,
                 s.diverged});
    }
    return out;
}

std::string heading(const Config& c, int seeds) {
    return concat(model_text(c), "; ", name_of(c.arch, kArchNames), ", width ", c.width, ", adam, at most ",
                  c.steps, " steps (half as many of pairs), ", count_text(std::size_t(seeds), "seed"));
}

/// No fewer runs, and none cheaper, than the walks can take: every doubling, then the largest of the halved
/// steps.
std::vector<Config> most_runs(const std::vector<Walk>& walks) {
    std::vector<Config> out;
    for (const Walk& w : walks) {
        for (std::size_t i = 0; i < w.sizes.size(); i += w.doubling) out.push_back(w.sizes[i]);
        const std::size_t last = (w.sizes.size() - 1) / w.doubling * w.doubling;
        for (std::size_t step = w.doubling / 2; step > 0 && last > 0; step /= 2)
            out.push_back(w.sizes[last - step]);
    }
    return out;
}

/// Round by round: of every walk the next size, until no size is left that would tell anything.
void walk(std::vector<Walk>& walks, const std::string& path, const Request& base) {
    std::vector<Config> tried;
    for (bool more = true; more;) {
        std::vector<Config> runs;
        for (const Walk& w : walks)
            if (w.next() < w.sizes.size()) runs.push_back(w.sizes[w.next()]);
        tried.insert(tried.end(), runs.begin(), runs.end());
        more = !runs.empty();
        const RunnerReport report =
            run_plan(more ? runs : tried, path, base);  // at last, all of them in order
        for (std::size_t i = 0, run = 0; more && i < walks.size(); ++i) {
            const std::size_t next = walks[i].next();
            if (next == walks[i].sizes.size()) continue;
            const double solved = solved_accuracy(*runs[run].classes);
            walks[i].tried[next] = report.results[run++].test_accuracy >= solved ? 1 : -1;
        }
    }
}

/// --full: the runs, then everything that is drawn and concluded from the file they are in.
Exit full_command(Request& base) {
    const std::string path = files_of(base, "full").runs;
    base.seeds = full_seeds(base);
    std::vector<Walk> walks = full_walks(base);
    if (base.dry_run) {
        const std::vector<Config> most = most_runs(walks);
        return dry_run(most, most.size(), base);
    }
    walk(walks, path, base);
    Skipped skipped;
    const Curves curves = curves_of(load_results({path}, skipped), skipped.repeated);
    const SummaryRows rows = summary_of(curves);
    const std::vector<MaskingTask> masking = masking_of(curves);
    std::vector<PlasticityTask> strict = strict_plan(base);
    run_plan(lines_of(strict), base.output + "/strict/runs.jsonl", base);
    std::vector<Verdict> verdicts = judge_full(rows, masking);
    verdicts.push_back(judge_plasticity(strict));
    write_file(base.output + "/summary.csv", summary_listing(rows).csv());
    for (std::string_view kind : kFigureKinds)
        if (Figure figure = figure_of(kind, curves, rows); !figure.empty())
            write_file(concat(base.output, "/", kind, ".svg"), to_svg(figure));
    write_file(base.output + "/masking.csv", masking_listing(masking).csv());
    write_file(base.output + "/report.html", report_html(shell_file(path), curves, rows, verdicts, strict));
    if (base.format == "text") {
        std::string masks;
        for (const MaskingTask& task : masking) masks += "\n" + masking_text(task, text_width());
        print_text(concat(summary_text(rows, text_width()), masks, "\n",
                          verdicts_text(verdicts, text_width()), "\n",
                          sentence(concat("Runs, tables, figures and report.html are in ", base.output))));
    } else {
        print(summary_listing(rows).json() + claims_json(verdicts));
    }
    return all_hold(verdicts) ? Exit::ok : Exit::unmet;
}

}  // namespace

Exit reproduce_command(Arguments& arguments) {
    Request& base = arguments.config;
    check_rules(base);
    if (base.full) return full_command(base);
    if (base.dry_run)
        fail(Exit::usage, "--dry-run belongs to 'rhm sweep' and 'rhm reproduce --full'; leave it out");
    if (base.output.empty() && base.smoke) base.output = "results/smoke";
    const Files files = files_of(base, "reproduce");
    if (base.smoke && !is_given(base, "seeds")) base.seeds = 1;
    const bool text = base.format == "text";
    std::vector<Variant> variants = comparison(base);
    if (text) print_text(sentence(heading(variants[0].configs[0], base.seeds)) + "\n");
    flush_stdout();
    std::vector<PlasticityTask> strict = strict_plan(base);
    std::vector<Line*> lines = lines_of(variants);
    for (Line* line : lines_of(strict)) lines.push_back(line);
    const RunnerReport report = run_plan(lines, files.runs, base);
    const Listing table = listing(variants);
    write_file(files.table, table.csv());
    Skipped skipped;  // the figure is drawn from the file, with whatever runs it holds
    Curves curves = curves_of(load_results({files.runs}, skipped), skipped.repeated);
    std::erase_if(curves, [&](const Curve& c) { return !(c.task == variants[0].configs[0].task); });
    write_file(base.output + "/learning.svg", to_svg(figure_of("learning", curves, summary_of(curves))));

    std::vector<Verdict> verdicts = judge(variants);
    verdicts.push_back(judge_plasticity(strict));
    if (!text) {
        print(table.json() + claims_json(verdicts));
    } else {
        const std::string note =
            report.reused ? sentence(
                concat(report.reused, " of ", report.results.size(),
                       " runs were already there from this build; remove the directory to run them again."))
                          : "";
        print_text(
            concat(table.text(text_width()), "\n",
                   sentence(concat("told: what the hidden layers learn from. A task counts as solved from ",
                                   fixed(solved_accuracy(variants[0].configs[0].task.classes), 3),
                                   " (test error below 10 % of the chance error).")),
                   "\n", verdicts_text(verdicts, text_width()), "\n",
                   sentence(concat("Runs: ", files.runs, ", table: ", files.table, ", figure: ", base.output,
                                   "/learning.svg")),
                   note));
    }
    return all_hold(verdicts) ? Exit::ok : Exit::unmet;
}

}  // namespace rhm

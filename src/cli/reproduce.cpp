// rhm reproduce: runs the comparison, whole runs in parallel, and says which claims hold.
#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/pool.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/results.hpp"
#include "out/file.hpp"
#include "out/figures.hpp"
#include "out/masking_text.hpp"
#include "out/report.hpp"
#include "out/results.hpp"
#include "out/runner.hpp"
#include "run/full.hpp"
#include "run/sweep.hpp"
#include "run/reproduce.hpp"

namespace rhm {
namespace {

std::string table(const std::vector<Variant>& variants) {
    std::string out = concat(pad("rule", 26), pad("hidden layers are told", 24), pad("test accuracy", 15),
                             pad("range", 16), pad("steps", -7), pad("seconds", -9), "\n");
    for (const Variant& v : variants) {
        Summary s = summarise(v.results);
        out += concat(pad(v.name, 26), pad(told(v.configs[0]), 24), pad(fixed(s.mean, 3), 15),
                      pad(concat(fixed(s.low, 3), " .. ", fixed(s.high, 3)), 16), pad(fixed(s.steps, 0), -7),
                      pad(fixed(s.seconds, 1), -9), s.diverged ? concat("  ", s.diverged, " diverged") : "",
                      "\n");
    }
    return out;
}

std::string csv(const std::vector<Variant>& variants) {
    std::string out =
        "rule,told,seeds,test_accuracy_mean,test_accuracy_low,test_accuracy_high,steps_mean,seconds_mean,"
        "diverged\n";
    for (const Variant& v : variants) {
        Summary s = summarise(v.results);
        out += concat(v.short_name, ",", told(v.configs[0]), ",", v.results.size(), ",", number(s.mean), ",",
                      number(s.low), ",", number(s.high), ",", number(s.steps), ",", number(s.seconds), ",",
                      s.diverged, "\n");
    }
    return out;
}

std::string task_text(const Config& c) {
    return concat("Random Hierarchy Model, v=", c.task.vocab, " n_c=", c.task.classes, " m=", c.task.synonyms,
                  " s=", c.task.tuple, " L=", c.task.levels, ", P=", c.train_size, ", ", c.test_size,
                  " test data, chance ", fixed(1.0 / c.task.classes, 3), "; ", c.arch, ", width ", c.width,
                  ", adam, batch ", c.batch, ", at most ", c.steps, " steps, ", c.seeds,
                  c.seeds == 1 ? " seed" : " seeds");
}

void print_claims(const std::vector<Verdict>& verdicts) {
    for (const Verdict& v : verdicts)
        print(JsonLine()
                  .add("kind", "claim")
                  .add("claim", v.claim)
                  .add("evidence", v.evidence)
                  .raw("holds", v.holds ? (*v.holds ? "true" : "false") : "null")
                  .text()
              + "\n");
}

void print_json(const std::vector<Variant>& variants, const std::vector<Verdict>& verdicts) {
    for (const Variant& v : variants) {
        Summary s = summarise(v.results);
        print(JsonLine()
                  .add("kind", "row")
                  .add("rule", v.short_name)
                  .add("told", told(v.configs[0]))
                  .add("seeds", v.results.size())
                  .add("test_accuracy", s.mean)
                  .add("low", s.low)
                  .add("high", s.high)
                  .add("steps", s.steps)
                  .add("seconds", s.seconds)
                  .add("diverged", s.diverged)
                  .text()
              + "\n");
    }
    print_claims(verdicts);
}

Exit interrupted(const Config& base) {
    std::fprintf(stderr,
                 "rhm: interrupted; the finished runs are in '%s', the same command goes on from there\n",
                 base.output.c_str());
    return static_cast<Exit>(128 + interrupt_signal());
}

void write_file(const std::string& path, const std::string& text) {
    OutputFile file(path);
    file.write(text);
    file.commit();
}

std::string verdicts_text(const std::vector<Verdict>& verdicts) {
    std::string out;
    for (std::size_t i = 0; i < verdicts.size(); ++i)
        out += concat(i + 1, ". ", verdicts[i].claim, "\n   ", wrap(verdicts[i].evidence, 96, 3), "\n   => ",
                      verdict_text(verdicts[i]), "\n");
    return out;
}

/// --full: the runs, then everything that is drawn and concluded from the file they are in.
Exit full_command(Config& base) {
    if (base.output.empty()) base.output = base.smoke ? "results/full-smoke" : "results/full";
    std::vector<Config> plan = full_plan(base);
    if (base.dry_run) {
        Cost e = cost_of(plan);
        std::size_t threads = thread_count(base.threads);
        print(concat(plan.size(), " runs; at most ", seconds_text(e.seconds / static_cast<double>(threads)),
                     " on ", threads,
                     " threads (runs stop before the cap of steps when they have learnt), about ",
                     bytes_text(e.bytes * static_cast<double>(threads)), " of memory\n"));
        return Exit::ok;
    }
    make_directory(base.output);
    const std::string path = base.output + "/runs.jsonl";
    {
        RunStore store(path);
        say_skipped(path, store.skipped());
        run_all(plan, store, base);
    }
    if (interrupt_signal()) return interrupted(base);
    Skipped skipped;
    std::vector<Curve> curves = curves_of(load_results({path}, skipped), skipped.repeated);
    std::vector<SummaryRow> rows = summary_of(curves);
    std::vector<Verdict> verdicts = judge_full(rows);
    write_file(base.output + "/summary.csv", summary_csv(rows));
    for (std::string_view kind : kFigureKinds)
        if (Figure figure = figure_of(kind, curves, rows); !figure.empty())
            write_file(concat(base.output, "/", kind, ".svg"), to_svg(figure));
    const std::vector<MaskingTask> masking = masking_of(curves);
    write_file(base.output + "/masking.csv", masking_csv(masking));
    write_file(base.output + "/report.html", report_html(path, curves, rows, verdicts));
    if (base.format == "text") {
        std::string masks;
        for (const MaskingTask& task : masking) masks += "\n" + masking_text(task);
        print(concat(summary_text(rows), masks, "\n", verdicts_text(verdicts),
                     "\nRuns, tables, figures and report.html are in ", base.output, "\n"));
    } else {
        print(summary_json(rows));
        print_claims(verdicts);
    }
    return all_hold(verdicts) ? Exit::ok : Exit::unmet;
}

}  // namespace

Exit reproduce_command(Arguments& arguments) {
    Config& base = arguments.config;
    select_kernels(base.kernel);
    if (base.full) return full_command(base);
    if (base.dry_run)
        fail(Exit::usage, "--dry-run belongs to 'rhm sweep' and 'rhm reproduce --full'; leave it out");
    if (base.output.empty()) base.output = base.smoke ? "results/smoke" : "results/reproduce";
    const bool text = base.format == "text";
    std::vector<Variant> variants = comparison(base);
    make_directory(base.output);
    RunStore store(base.output + "/runs.jsonl");
    say_skipped(base.output + "/runs.jsonl", store.skipped());
    if (text) print(concat(wrap(task_text(variants[0].configs[0]), 100, 0), "\n\n"));
    flush_stdout();

    std::vector<Config> plan;
    for (const Variant& v : variants) plan.insert(plan.end(), v.configs.begin(), v.configs.end());
    RunnerReport report = run_all(plan, store, base);
    if (interrupt_signal()) return interrupted(base);
    std::size_t run = 0;
    for (Variant& v : variants)
        while (v.results.size() < v.configs.size()) v.results.push_back(report.results[run++]);
    write_file(base.output + "/table.csv", csv(variants));
    Skipped skipped;  // the figure is drawn from the file, with whatever runs it holds
    std::vector<Curve> curves =
        curves_of(load_results({base.output + "/runs.jsonl"}, skipped), skipped.repeated);
    write_file(base.output + "/learning.svg", to_svg(figure_of("learning", curves, summary_of(curves))));

    std::vector<Verdict> verdicts = judge(variants);
    if (!text)
        print_json(variants, verdicts);
    else {
        print(table(variants) + "\n");
        print(concat("A task counts as solved from ",
                     fixed(solved_accuracy(variants[0].configs[0].task.classes), 3),
                     " (test error below 10 % of the chance error).\n\n"));
        print(verdicts_text(verdicts));
        print(concat("\nRuns: ", base.output, "/runs.jsonl, table: ", base.output,
                     "/table.csv, figure: ", base.output, "/learning.svg",
                     report.reused ? concat(
                         " (", report.reused, " of ", plan.size(),
                         " runs were already there from this build; remove the directory to run them again)")
                                   : std::string(),
                     "\n"));
    }
    return all_hold(verdicts) ? Exit::ok : Exit::unmet;
}

}  // namespace rhm

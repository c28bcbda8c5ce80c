// rhm reproduce: runs the comparison, whole runs in parallel, and says which claims hold.
#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "out/file.hpp"
#include "out/runner.hpp"
#include "run/reproduce.hpp"

namespace rhm {
namespace {

std::string table(const std::vector<Variant>& variants) {
    std::string out = concat(pad("rule", 26), pad("hidden layers are told", 24), pad("test accuracy", 15), pad("range", 16), pad("steps", -7), pad("seconds", -9), "\n");
    for (const Variant& v : variants) {
        Summary s = summarise(v.results);
        out += concat(pad(v.name, 26), pad(told(v.configs[0]), 24), pad(fixed(s.mean, 3), 15), pad(concat(fixed(s.low, 3), " .. ", fixed(s.high, 3)), 16),
                      pad(fixed(s.steps, 0), -7), pad(fixed(s.seconds, 1), -9), s.diverged ? concat("  ", s.diverged, " diverged") : "", "\n");
    }
    return out;
}

std::string csv(const std::vector<Variant>& variants) {
    std::string out = "rule,told,seeds,test_accuracy_mean,test_accuracy_low,test_accuracy_high,steps_mean,seconds_mean,diverged\n";
    for (const Variant& v : variants) {
        Summary s = summarise(v.results);
        out += concat(v.short_name, ",", told(v.configs[0]), ",", v.results.size(), ",", number(s.mean), ",", number(s.low), ",", number(s.high), ",",
                      number(s.steps), ",", number(s.seconds), ",", s.diverged, "\n");
    }
    return out;
}

std::string task_text(const Config& c) {
    return concat("Random Hierarchy Model, v=", c.task.vocab, " n_c=", c.task.classes, " m=", c.task.synonyms, " s=", c.task.tuple, " L=", c.task.levels,
                  ", P=", c.train_size, ", ", c.test_size, " test data, chance ", fixed(1.0 / c.task.classes, 3), "; ", c.arch, ", width ", c.width,
                  ", adam, batch ", c.batch, ", at most ", c.steps, " steps, ", c.seeds, c.seeds == 1 ? " seed" : " seeds");
}

void print_json(const std::vector<Variant>& variants, const std::vector<Verdict>& verdicts) {
    for (const Variant& v : variants) {
        Summary s = summarise(v.results);
        print(JsonLine().add("kind", "row").add("rule", v.short_name).add("told", told(v.configs[0])).add("seeds", v.results.size())
                  .add("test_accuracy", s.mean).add("low", s.low).add("high", s.high).add("steps", s.steps).add("seconds", s.seconds)
                  .add("diverged", s.diverged).text() + "\n");
    }
    for (const Verdict& v : verdicts)
        print(JsonLine().add("kind", "claim").add("claim", v.claim).add("evidence", v.evidence).add("holds", v.holds).text() + "\n");
}

}  // namespace

Exit reproduce_command(Arguments& arguments) {
    Config& base = arguments.config;
    select_kernels(base.kernel);
    if (base.output.empty()) base.output = base.smoke ? "results/smoke" : "results/reproduce";
    const bool text = base.format == "text";
    std::vector<Variant> variants = comparison(base);
    make_directory(base.output);
    RunStore store(base.output + "/runs.jsonl");
    if (text) print(concat(wrap(task_text(variants[0].configs[0]), 100, 0), "\n\n"));
    flush_stdout();

    std::vector<Config> plan;
    for (const Variant& v : variants) plan.insert(plan.end(), v.configs.begin(), v.configs.end());
    RunnerReport report = run_all(plan, store, base);
    if (interrupt_signal()) {
        std::fprintf(stderr, "rhm: interrupted; the finished runs are in '%s', the same command goes on from there\n", base.output.c_str());
        return static_cast<Exit>(128 + interrupt_signal());
    }
    std::size_t run = 0;
    for (Variant& v : variants)
        while (v.results.size() < v.configs.size()) v.results.push_back(report.results[run++]);
    OutputFile table_file(base.output + "/table.csv");
    table_file.write(csv(variants));
    table_file.commit();

    std::vector<Verdict> verdicts = judge(variants);
    bool all_hold = true;
    for (const Verdict& v : verdicts) all_hold = all_hold && v.holds;
    if (!text) print_json(variants, verdicts);
    else {
        print(table(variants) + "\n");
        print(concat("A task counts as solved from ", fixed(solved_accuracy(variants[0].configs[0].task.classes), 3), " (test error below 10 % of the chance error).\n\n"));
        for (std::size_t i = 0; i < verdicts.size(); ++i)
            print(concat(i + 1, ". ", verdicts[i].claim, "\n   ", wrap(verdicts[i].evidence, 96, 3), "\n   => ", verdicts[i].holds ? "holds" : "does not hold", "\n"));
        print(concat("\nRuns: ", base.output, "/runs.jsonl, table: ", base.output, "/table.csv",
                     report.reused ? concat(" (", report.reused, " of ", plan.size(), " runs were already there from this build; remove the directory to run them again)") : std::string(), "\n"));
    }
    return all_hold ? Exit::ok : Exit::unmet;
}

}  // namespace rhm

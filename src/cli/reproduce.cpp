// rhm reproduce: runs the comparison, whole runs in parallel, and says which claims hold.
#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/pool.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "cli/commands.hpp"
#include "out/file.hpp"
#include "out/progress.hpp"
#include "out/record.hpp"
#include "out/store.hpp"
#include "run/reproduce.hpp"

namespace rhm {
namespace {

/// Runs what the store does not hold yet; fills in all results. Returns the number of runs that were there already.
std::size_t run_all(std::vector<Variant>& variants, RunStore& store, const Config& base, std::vector<std::string>& plan) {
    struct Job { const Config* config; std::string line; };
    std::vector<Job> missing;
    for (const Variant& variant : variants)
        for (const Config& config : variant.configs) {
            plan.push_back(run_line(config));
            if (!store.find(plan.back())) missing.push_back({&config, plan.back()});
        }
    // Progress is counted in steps, at the cap for runs that have not ended.
    std::atomic<std::int64_t> steps{0}, cap{0};
    std::atomic<std::size_t> finished{0};
    for (const Job& job : missing) cap += job.config->steps;
    Progress progress(!base.quiet);
    std::mutex mutex;

    run_jobs(missing.size(), thread_count(base.threads), [&](std::size_t i) {
        if (interrupt_signal()) return;
        const Config& config = *missing[i].config;
        std::string text = missing[i].line + "\n";
        Hooks hooks;
        std::int64_t counted = 0;
        hooks.stepped = [&](std::int64_t step, double) {
            steps += step - counted;
            counted = step;
            std::lock_guard lock(mutex);
            progress.show(double(steps), double(cap), concat(finished, " of ", missing.size(), " runs done, ", config.rule, " seed ", config.seed));
        };
        hooks.evaluated = [&](const Evaluation& e) { text += eval_line(e) + "\n"; };
        Result result = train(config, hooks);
        cap -= config.steps - counted;
        ++finished;
        if (result.status != Status::interrupted) store.add(missing[i].line, text + result_line(result) + "\n", result);
    });
    progress.clear();
    if (interrupt_signal()) return 0;
    std::size_t run = 0;
    for (Variant& variant : variants)
        while (variant.results.size() < variant.configs.size()) variant.results.push_back(store.find(plan[run++])->result);
    return plan.size() - missing.size();
}

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

    std::vector<std::string> plan;
    std::size_t reused = run_all(variants, store, base, plan);
    if (interrupt_signal()) {
        std::fprintf(stderr, "rhm: interrupted; the finished runs are in '%s', the same command goes on from there\n", base.output.c_str());
        return static_cast<Exit>(128 + interrupt_signal());
    }
    store.sort(plan);
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
                     reused ? concat(" (", reused, " of ", plan.size(), " runs were already there from this build; remove the directory to run them again)") : std::string(), "\n"));
    }
    return all_hold ? Exit::ok : Exit::unmet;
}

}  // namespace rhm

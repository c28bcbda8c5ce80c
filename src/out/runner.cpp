#include "out/runner.hpp"

#include <atomic>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/pool.hpp"
#include "out/measure_text.hpp"
#include "out/progress.hpp"
#include "out/record.hpp"

namespace rhm {

RunnerReport run_all(const std::vector<Config>& configs, RunStore& store, const Config& base) {
    std::vector<std::string> lines;
    std::vector<std::size_t> missing;
    for (const Config& config : configs) {
        lines.push_back(run_line(config));
        if (!store.find(lines.back())) missing.push_back(lines.size() - 1);
    }
    // Progress is counted in steps, at the cap for runs that have not ended.
    std::atomic<std::int64_t> steps{0}, cap{0};
    std::atomic<std::size_t> finished{0};
    for (std::size_t i : missing) cap += configs[i].steps;
    Progress progress(!base.quiet);
    std::mutex mutex;

    run_jobs(missing.size(), thread_count(base.threads), [&](std::size_t job) {
        if (interrupt_signal()) return;
        const Config& config = configs[missing[job]];
        const std::string& line = lines[missing[job]];
        std::string text = line + "\n";
        std::int64_t counted = 0;
        Hooks hooks;
        hooks.stepped = [&](std::int64_t step, double) {
            steps += step - counted;
            counted = step;
            std::lock_guard lock(mutex);
            progress.show(double(steps), double(cap), concat(finished, " of ", missing.size(), " runs done, now ", config.rule, " seed ", config.seed));
        };
        hooks.evaluated = [&](const Evaluation& e, Trainer&) { text += eval_line(e) + "\n"; };
        Measurer measurer(config);
        hooks.measured = [&](Trainer& trainer) {
            for (const Measurement& m : measurer.measure(trainer)) text += concat(measure_line(m), "\n");
        };
        Result result = train(config, hooks);
        cap -= config.steps - counted;
        ++finished;
        if (result.status != Status::interrupted) store.add(line, text + result_line(result) + "\n", result);
    });
    progress.clear();
    RunnerReport report{{}, configs.size() - missing.size()};
    if (interrupt_signal()) return report;
    store.sort(lines);
    for (const std::string& line : lines) report.results.push_back(store.find(line)->result);
    return report;
}

}  // namespace rhm

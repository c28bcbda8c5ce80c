#include "cli/plan.hpp"

#include <algorithm>
#include <filesystem>

#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/pool.hpp"
#include "base/text.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "rules/rule.hpp"
#include "study/sweep.hpp"

namespace rhm {

Files files_of(Request& base, std::string_view name, std::string_view table) {
    if (base.output.empty()) base.output = concat("results/", name, base.smoke ? "-smoke" : "");
    return {base.output + "/runs.jsonl", concat(base.output, table)};
}

void check_rules(const Request& base) {
    if (base.only.empty()) return;
    for (std::string_view name : split(base.only, ',')) find_rule(name);
}

RunnerReport run_plan(const std::vector<Config>& plan, const std::string& path, const Request& base) {
    const std::string directory = std::filesystem::path(path).parent_path().string();
    if (!directory.empty()) make_directory(directory);
    RunStore store(path);
    if (store.skipped().any()) notice(concat("not counted in '", path, "': ", to_text(store.skipped())));
    RunnerReport report = run_all(plan, store, base);
    if (const int signal = interrupt_signal())
        fail(static_cast<Exit>(128 + signal), "interrupted; the finished runs are in '", base.output,
             "', the same command goes on from there");
    return report;
}

RunnerReport run_plan(const std::vector<Line*>& lines, const std::string& path, const Request& base) {
    std::vector<Config> plan;
    for (const Line* line : lines) plan.insert(plan.end(), line->configs.begin(), line->configs.end());
    const RunnerReport report = run_plan(plan, path, base);
    auto next = report.results.begin();
    for (Line* line : lines) {
        const auto end = next + std::ptrdiff_t(line->configs.size());
        line->results.assign(next, end);
        next = end;
    }
    return report;
}

Exit dry_run(const std::vector<Config>& plan, std::size_t of, const Request& base) {
    const Cost cost = cost_of(plan);
    const std::size_t runs = plan.size(),
                      threads = std::min(thread_count(base.threads), std::max<std::size_t>(runs, 1));
    const double seconds = cost.seconds / double(threads), bytes = cost.bytes * double(threads);
    if (base.format == "json") {
        JsonLine line;
        line.add("kind", "estimate").add("grid", of).add("runs", runs).add("threads", threads);
        line.add("core_seconds", cost.seconds).add("seconds", seconds).add("bytes", bytes);
        print(line.text() + "\n");
        return Exit::ok;
    }
    print_text(sentence(concat(count_text(runs, "run"), runs < of ? concat(" of the grid's ", of) : "",
                               "; at most ", seconds_text(seconds), " on ", count_text(threads, "thread"),
                               " (runs stop before the cap of steps when they have learnt), about ",
                               bytes_text(bytes), " of memory")));
    return Exit::ok;
}

}  // namespace rhm

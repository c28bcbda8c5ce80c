#include "study/runner.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/pool.hpp"
#include "base/text.hpp"
#include "io/measure_record.hpp"
#include "io/network_file.hpp"
#include "io/progress.hpp"
#include "io/record.hpp"
#include "study/sweep.hpp"

namespace rhm {
namespace {

/// What the screen says while runs go on: the tally, and the whole in units of work, counted at the cap for
/// runs that have not ended.
class Board {
public:
    Board(const std::vector<Config>& configs, const std::vector<std::size_t>& missing, bool wanted)
        : progress_(wanted), tally_(configs, missing) {
        for (std::size_t i : missing) total_ += work(configs[i]);
    }
    void stepped(const Config& config, double work_done) {
        std::lock_guard lock(mutex_);
        done_ += work_done;
        progress_.show(done_, total_, concat(tally_.text(), ", now ", config.rule, " seed ", config.seed),
                       [this] { return tally_.table(); });
    }
    void ended(const Config& config, double work_saved, const Result& result) {
        std::lock_guard lock(mutex_);
        total_ -= work_saved;
        tally_.ended(config, result);
    }

private:
    Progress progress_;
    std::mutex mutex_;
    Tally tally_;
    double done_ = 0, total_ = 0;
};

/// The record of one run, or nothing when it was interrupted.
bool run_one(const Config& config, std::string& text, Result& result, Board& board) {
    std::int64_t counted = 0;
    const double work_of_step = config.steps > 0 ? work(config) / double(config.steps) : 0;
    Hooks hooks;
    hooks.stepped = [&](std::int64_t step, double) {
        board.stepped(config, work_of_step * double(step - counted));
        counted = step;
    };
    hooks.evaluated = [&](const Evaluation& e, Trainer&) { text += concat(eval_line(e), "\n"); };
    hooks.started = [&](Trainer& trainer) { load_weights(config, trainer.net); };
    Measurer measurer(config);
    hooks.measured = [&](Trainer& trainer) {
        for (const Measurement& m : measurer.measure(trainer)) text += concat(measure_line(m), "\n");
    };
    result = train(config, hooks);
    board.ended(config, work_of_step * double(config.steps - counted), result);
    text += concat(result_line(result), "\n");
    return result.status != Status::interrupted;
}

}  // namespace

Tally::Tally(const std::vector<Config>& configs, const std::vector<std::size_t>& missing) {
    for (std::size_t i : missing) ++of(configs[i].rule).runs;
}

Tally::Row& Tally::of(const std::string& rule) {
    for (Row& row : rows_)
        if (row.name == rule) return row;
    rows_.push_back({rule});
    return rows_.back();
}

void Tally::ended(const Config& config, const Result& result) {
    Row& row = of(config.rule);
    ++row.done;
    row.accuracy += counted(result, *config.classes).test_accuracy;
}

std::string Tally::text() const {
    std::size_t done = 0, runs = 0;
    for (const Row& row : rows_) done += row.done, runs += row.runs;
    return concat(done, " of ", runs, " runs done");
}

std::vector<std::string> Tally::table() const {
    std::vector<std::string> out = {pad("rule", 16) + pad("done", -6) + pad("of", -6)
                                    + "   mean test accuracy"};
    for (const Row& r : rows_)
        out.push_back(pad(r.name, 16) + pad(std::to_string(r.done), -6) + pad(std::to_string(r.runs), -6)
                      + "   " + (r.done ? fixed(r.accuracy / double(r.done), 3) : ""));
    return out;
}

std::vector<std::size_t> longest_first(const std::vector<Config>& configs, std::vector<std::size_t> missing) {
    std::stable_sort(missing.begin(), missing.end(),
                     [&](std::size_t a, std::size_t b) { return work(configs[a]) > work(configs[b]); });
    return missing;
}

RunnerReport run_all(const std::vector<Config>& configs, RunStore& store, const Request& base) {
    std::vector<std::string> lines;
    std::vector<std::size_t> missing;
    std::set<std::string> planned;  // two files of one content make one run
    for (const Config& config : configs) {
        lines.push_back(run_line(config));
        const std::string& line = lines.back();
        if (!store.find(line) && planned.insert(run_identity(Json::parse(line))).second)
            missing.push_back(lines.size() - 1);
    }
    missing = longest_first(configs, std::move(missing));
    {
        Board board(configs, missing, !base.quiet);
        run_jobs(missing.size(), thread_count(base.threads), [&](std::size_t job) {
            if (interrupt_signal()) return;
            std::string text = lines[missing[job]] + "\n";
            Result result;
            try {
                if (!run_one(configs[missing[job]], text, result, board)) return;
            } catch (const Error&) {
                if (interrupt_signal()) return;  // while it drew its data
                throw;
            }
            store.add(lines[missing[job]], text, result);
        });
    }
    RunnerReport report{{}, configs.size() - missing.size()};
    if (interrupt_signal()) return report;
    store.sort(lines);
    for (std::size_t i = 0; i < configs.size(); ++i)
        report.results.push_back(counted(store.find(lines[i])->result, *configs[i].classes));
    return report;
}

}  // namespace rhm

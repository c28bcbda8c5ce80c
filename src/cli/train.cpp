// rhm train: one run, shown as text or recorded as JSON Lines.
#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "base/interrupt.hpp"
#include "base/pool.hpp"
#include "matrix/team.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "io/checkpoint.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "io/measure_record.hpp"
#include "show/heat_table.hpp"
#include "show/summary_text.hpp"
#include "io/network_file.hpp"
#include "io/progress.hpp"
#include "io/record.hpp"
#include "train/advice.hpp"

namespace rhm {

static std::string heading(const Config& c) {
    const std::string text = concat(c.rule, " on the ", model_text(c));
    std::string how = concat(name_of(c.arch, kArchNames), " of ", *c.depth, " hidden layers, width ", c.width,
                             "; ", name_of(c.optimizer, kOptimizerNames), ", learning rate ", number(*c.lr),
                             ", batch ", c.batch, ", at most ", c.steps, " steps, stop at cross-entropy ",
                             number(c.stop_loss), ", seed ", c.seed, "; hidden layers are told: ", told(c));
    return sentence(text) + sentence(how) + "\n    step    loss   train    test\n";
}

/// "-" where there is no number.
static std::string shown(double x, int digits) { return std::isnan(x) ? "-" : fixed(x, digits); }

static std::string row(const Evaluation& e) {
    return concat(pad(std::to_string(e.step), -8), " ", pad(shown(e.loss, 4), -7),
                  pad(shown(e.train_accuracy, 3), -8), pad(shown(e.test_accuracy, 3), -8), "\n");
}

static std::string ending(const Config& config, const Result& r) {
    std::string silence;
    const std::string silent = silence_text(config, r);
    for (std::string_view line : split(silent, '\n'))
        if (!line.empty()) silence += sentence(line);
    return concat(
        silence.empty() ? "" : "\n" + silence, "\n",
        sentence(concat(name_of(r.status, kStatusNames), ": test accuracy ", shown(r.test_accuracy, 4),
                        ", train accuracy ", shown(r.train_accuracy, 4), " after ", r.steps,
                        config.readout_labels ? " steps without labels in " : " steps in ",
                        seconds_text(r.seconds), " (", fixed(r.samples_per_second, 0), " samples/s)")));
}

/// --like and --resume: the options of a record's first run; says when a file that it names has become
/// another.
static void take_record(Request& config, const std::string& name) {
    const std::string text = read_file(name);
    std::optional<Json> run;
    for (std::string_view line : split(text, '\n')) {
        run = parse_line(trimmed_line(line));
        if (run && (*run)["kind"].string == "run") break;
        run.reset();
    }
    if (!run) fail(Exit::input, "'", name, "' is no record of 'rhm train --format json' or 'rhm sweep'");
    const std::string grammar = config.grammar, load = config.load;
    set_recorded(config, *run);
    resolve(config);
    const Json now = Json::parse(run_line(config));
    for (auto [given, key] : {std::pair{&grammar, "grammar_digest"}, {&load, "load_digest"}})
        if (given->empty() && (*run)[key].string != now[key].string)
            fail(Exit::input, "a file that '", name,
                 "' names is another one today; give --grammar or --load");
}

namespace {

/// The text of a run: to standard output or a pipe as it comes, to a file at the end. When it cannot be
/// written and there is a network to save, the run goes on for that.
class RunText {
public:
    RunText(const Request& config, bool json)
        : file_(config.output.empty() ? "-" : config.output),
          go_on_(!config.save.empty()),
          for_screen_(config.output.empty() && !json) {
        file_.reserve(1 << 20);
    }
    void write(const std::string& text) {
        text_ += text;
        if (failure_ || !file_.streams()) return;
        try {
            put();
            flush_stdout();
        } catch (const Error& error) {
            if (!go_on_) throw;
            failure_ = error;
        }
    }
    /// Throws what could not be written.
    void commit() {
        if (failure_) throw *failure_;
        put();
        file_.commit();
    }
    bool replaces() const { return file_.replaces(); }

private:
    void put() {
        const std::string text = std::exchange(text_, {});
        file_.write(for_screen_ ? screen_text(text) : text);
    }
    OutputFile file_;
    bool go_on_, for_screen_;
    std::string text_;
    std::optional<Error> failure_;
};

/// --resume: what to go on from; and --checkpoint: whether it can be written, before hours of work.
std::unique_ptr<Checkpoint> open_checkpoint(const Request& config) {
    if (!config.resume.empty() && !config.like.empty())
        fail(Exit::usage, "--resume has the options of its run; leave --like out");
    if (!config.checkpoint.empty() && OutputFile(config.checkpoint).streams())
        fail(Exit::usage, "--checkpoint wants a file, not '", config.checkpoint, "'");
    return config.resume.empty() ? nullptr : std::make_unique<Checkpoint>(config.resume);
}

std::unique_ptr<OutputFile> open_network(const Request& config) {
    if (config.save.empty()) return nullptr;
    auto file = std::make_unique<OutputFile>(config.save);
    constexpr std::size_t head = 1 << 16;  // the names of the weights, the configuration, the result
    file->reserve(head + sizeof(float) * parameter_count(shape_of(config)));
    return file;
}

/// No earlier network is replaced by a broken one.
bool worth_saving(const OutputFile& file, Status status) {
    return status != Status::diverged && !(status == Status::interrupted && file.replaces());
}

/// Says on standard error why the run ended before its time.
Exit told_end(const Request& config, const Result& result, bool kept) {
    if (result.status == Status::interrupted) {
        const bool halfway = !config.checkpoint.empty() && !result.in_readout;
        notice(concat("interrupted after ", result.steps, " steps",
                      halfway ? concat("; --resume ", shell_file(config.checkpoint), " goes on") : "",
                      kept ? concat("; '", config.output, "' is left as it was") : ""));
        return static_cast<Exit>(128 + interrupt_signal());
    }
    if (result.status == Status::ok) return Exit::ok;
    notice(concat("the run diverged: after ", result.steps, " steps",
                  result.in_readout ? " and those of the readout" : "", " a number is not finite; ",
                  divergence_advice(config, result)));
    return Exit::not_finite;
}

}  // namespace

Exit train_command(Arguments& arguments) {
    Request& config = arguments.config;
    const std::unique_ptr<Checkpoint> checkpoint = open_checkpoint(config);
    if (config.like.empty() && !checkpoint)
        resolve(config);
    else
        take_record(config, checkpoint ? config.resume : config.like);
    std::string lines = run_line(config) + "\n";  // the record so far
    if (checkpoint) checkpoint->refuse_other(lines);
    const bool json = config.format == "json";
    RunText record(config, json);  // opened before hours of work
    const std::unique_ptr<OutputFile> saved = open_network(config);
    std::optional<Network> initial;  // --load: checked before anything is printed
    if (!config.load.empty())
        loaded_network(config).read_into(initial.emplace(shape_of(config), config.seed));
    Progress progress(!config.quiet);
    record.write(json ? lines : heading(config));
    Hooks hooks;
    hooks.halfway = [&](Trainer& trainer, const Sums& sums) {
        if (config.checkpoint.empty()) return;
        try {
            write_checkpoint(config.checkpoint, trainer, sums, lines);
        } catch (const Error& error) {  // the run is worth more
            progress.clear();
            notice(error.what());
        }
    };
    hooks.stepped = [&](std::int64_t step, double loss) {
        progress.show(double(step), double(config.steps),
                      concat("step ", step, " of at most ", config.steps, ", loss ", fixed(loss, 4)));
    };
    const auto say = [&](const std::string& line, const std::string& text) {
        progress.clear();
        lines += line + "\n";
        record.write(json ? line + "\n" : text);
    };
    hooks.resumed = [&](Trainer& trainer, Sums& sums) {
        if (!checkpoint) return false;
        checkpoint->restore(trainer, sums);
        for (const std::string_view line : split(checkpoint->record, '\n')) {
            const auto parsed = parse_line(line);
            const std::string kind = parsed ? (*parsed)["kind"].string : "run";
            if (kind != "run")
                say(std::string(line), kind == "eval" ? row(parse_evaluation(*parsed)) : std::string());
        }
        return true;
    };
    hooks.evaluated = [&](const Evaluation& e, Trainer&) { say(eval_line(e), row(e)); };
    Measurer measurer(config);
    std::vector<Measurement> last;
    hooks.measured = [&](Trainer& trainer) {
        if (config.measure.empty()) return;
        last = measurer.measure(trainer);
        for (const Measurement& m : last) say(measure_line(m), "");
    };
    hooks.started = [&](Trainer& trainer) {
        if (initial) trainer.net = *initial;
    };
    std::optional<Error> unsaved;  // said when the record is written
    hooks.ended = [&](Trainer& trainer, const Result& r) {
        if (!saved || !worth_saving(*saved, r.status)) return;
        try {
            write_network(*saved, trainer.net, run_line(config), result_line(r), trainer.grammar);
            saved->commit();
        } catch (const Error& error) {
            unsaved = error;
        }
    };
    // More threads than cores would wait for each other.
    Team team(std::min(thread_count(config.threads), thread_count(0)));
    const Result result = train(config, hooks);
    progress.clear();
    record.write(json ? result_line(result) + "\n" : ending(config, result));
    for (const Measurement& m : last)
        if (!json)
            record.write(concat("\n", heat_table(m, config.output.empty() && screen_colour(), text_width())));
    const bool kept = result.status == Status::interrupted && record.replaces();
    try {
        if (!kept) record.commit();
    } catch (const Error& error) {
        if (!unsaved) throw;
        fail(error.code, error.what(), "; and ", unsaved->what());  // both, with what is kept where
    }
    if (unsaved) throw *unsaved;
    return told_end(config, result, kept);
}

}  // namespace rhm

// rhm train: one run, shown as text or recorded as JSON Lines.
#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "base/interrupt.hpp"
#include "base/pool.hpp"
#include "base/team.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "out/file.hpp"
#include "out/measure_text.hpp"
#include "out/network_file.hpp"
#include "out/progress.hpp"
#include "out/record.hpp"
#include "run/advice.hpp"

namespace rhm {

static std::string heading(const Config& c) {
    std::string text =
        concat(c.rule, " on the Random Hierarchy Model v=", c.task.vocab, " n_c=", c.task.classes,
               " m=", c.task.synonyms, " s=", c.task.tuple, " L=", c.task.levels, ", P=", c.train_size, ", ",
               c.test_size, " test data, chance ", fixed(1.0 / c.task.classes, 3), "\n");
    text += concat(c.arch, " of ", *c.depth, " hidden layers, width ", c.width, "; ", c.optimizer,
                   ", learning rate ", number(*c.lr), ", batch ", c.batch, ", at most ", c.steps,
                   " steps, stop at cross-entropy ", number(c.stop_loss), ", seed ", c.seed,
                   "; hidden layers are told: ", told(c), "\n\n");
    return text + "    step    loss   train    test\n";
}

static std::string row(const Evaluation& e) {
    auto accuracy = [](double x) { return pad(std::isnan(x) ? "-" : fixed(x, 3), -8); };
    return concat(pad(std::to_string(e.step), -8), " ", pad(std::isnan(e.loss) ? "-" : fixed(e.loss, 4), -7),
                  accuracy(e.train_accuracy), accuracy(e.test_accuracy), "\n");
}

static std::string ending(const Config& config, const Result& r) {
    const std::string silence = silence_text(config, r);
    auto accuracy = [](double x) { return std::isnan(x) ? "-" : fixed(x, 4); };
    return concat(silence.empty() ? "" : "\n" + silence, "\n", kStatusNames[static_cast<int>(r.status)],
                  ": test accuracy ", accuracy(r.test_accuracy), ", train accuracy ",
                  accuracy(r.train_accuracy), " after ", r.steps,
                  config.readout_labels ? " steps without labels in " : " steps in ", seconds_text(r.seconds),
                  " (", fixed(r.samples_per_second, 0), " samples/s)\n");
}

Exit train_command(Arguments& arguments) {
    Config& config = arguments.config;
    select_kernels(config.kernel);
    resolve(config);
    const bool json = config.format == "json";
    std::unique_ptr<OutputFile> file;  // opened before hours of work
    if (!config.output.empty()) file = std::make_unique<OutputFile>(config.output);
    auto write = [&](const std::string& text) {
        if (file) return file->write(text);
        print(text);
        flush_stdout();
    };
    std::optional<Network<float>> initial;  // --load: checked before anything is printed
    if (!config.load.empty())
        NetworkFile(config.load).read_into(initial.emplace(shape_of(config), config.seed));
    Progress progress(!config.quiet);
    write(json ? run_line(config) + "\n" : heading(config));
    Hooks hooks;
    hooks.stepped = [&](std::int64_t step, double loss) {
        progress.show(double(step), double(config.steps),
                      concat("step ", step, " of at most ", config.steps, ", loss ", fixed(loss, 4)));
    };
    hooks.evaluated = [&](const Evaluation& e, Trainer&) {
        progress.clear();
        write(json ? eval_line(e) + "\n" : row(e));
    };
    Measurer measurer(config);
    std::vector<Measurement> last;
    hooks.measured = [&](Trainer& trainer) {
        if (config.measure.empty()) return;
        progress.clear();
        last = measurer.measure(trainer);
        for (const Measurement& m : last)
            if (json) write(concat(measure_line(m), "\n"));
    };
    hooks.started = [&](Trainer& trainer) {
        if (initial) trainer.net.parameters = initial->parameters;
    };
    std::unique_ptr<OutputFile> saved;
    if (!config.save.empty()) saved = std::make_unique<OutputFile>(config.save);
    hooks.ended = [&](Trainer& trainer, const Result& r) {
        if (!saved || r.status == Status::diverged || (r.status == Status::interrupted && saved->replaces()))
            return;  // no earlier network is replaced by a broken one
        write_network(*saved, trainer.net, run_line(config), result_line(r));
        saved->commit();
    };
    Team team(std::min(thread_count(config.threads),
                       thread_count(0)));  // more than the cores would wait for each other
    Result result = train(config, hooks);
    progress.clear();
    write(json ? result_line(result) + "\n" : ending(config, result));
    for (const Measurement& m : last)
        if (!json) write(concat("\n", heat_table(m, !file && stdout_is_terminal())));
    const bool interrupted = result.status == Status::interrupted,
               kept = interrupted && file && file->replaces();
    if (file && !kept) file->commit();
    if (interrupted)
        std::fprintf(stderr, "rhm: interrupted after %lld steps%s\n", static_cast<long long>(result.steps),
                     kept ? concat("; '", config.output, "' is left as it was").c_str() : "");
    if (result.status == Status::diverged) {
        std::fprintf(stderr, "rhm: the run diverged: after %lld steps%s a number is not finite; %s\n",
                     static_cast<long long>(result.steps),
                     result.in_readout ? " and those of the readout" : "",
                     divergence_advice(config, result).c_str());
        return Exit::not_finite;
    }
    if (interrupted) return static_cast<Exit>(128 + interrupt_signal());
    return Exit::ok;
}

}  // namespace rhm

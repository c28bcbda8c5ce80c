// A run that goes on from a checkpoint is the run that never stopped, to the bit.
#include "catch.hpp"

#include "base/input.hpp"
#include "base/text.hpp"
#include "data/help.hpp"
#include "io/checkpoint.hpp"
#include "io/measure_record.hpp"
#include "io/record.hpp"
#include "train/small_run.hpp"
#include "train/measurer.hpp"

namespace {

/// All that a run says, times apart, and its weights; `from` goes on, `to` gets the checkpoint of a step.
struct Told {
    std::string record;
    std::vector<real> weights;
};
Told told_by(const Config& config, const Checkpoint* from, std::int64_t step = 0, const std::string& to = {}) {
    Told out{from ? from->record : run_line(config) + "\n", {}};
    Measurer measurer(config);
    Hooks hooks;
    hooks.resumed = [&](Trainer& trainer, Sums& sums) {
        if (from) from->restore(trainer, sums);
        return from != nullptr;
    };
    hooks.halfway = [&](Trainer& trainer, const Sums& sums) {
        if (trainer.steps == step) write_checkpoint(to, trainer, sums, out.record);
    };
    hooks.evaluated = [&](const Evaluation& e, Trainer&) { out.record += eval_line(e) + "\n"; };
    hooks.measured = [&](Trainer& trainer) {
        for (const Measurement& m : measurer.measure(trainer)) out.record += measure_line(m) + "\n";
    };
    hooks.ended = [&](Trainer& trainer, const Result&) {
        out.weights.assign(trainer.net.parameters.values().begin(), trainer.net.parameters.values().end());
    };
    Result result = train(config, hooks);
    result.seconds = result.samples_per_second = 0;
    out.record += result_line(result);
    return out;
}

Config run_of(std::string_view rule, std::string_view options) {
    Config config = small(rule);
    config.eval_every = 7;  // so that no sum is empty where the run stops
    set_all(config, options);
    resolve(config);
    return config;
}

void check(const Config& config) {
    const ScratchFile file;
    const Told whole = told_by(config, nullptr, 21, file.path);
    const Checkpoint checkpoint(file.path);
    REQUIRE(whole.record.starts_with(checkpoint.record));
    const Told rest = told_by(config, &checkpoint);
    CHECK(rest.record == whole.record);
    CHECK((!whole.weights.empty() && rest.weights == whole.weights));
}

}  // namespace

TEST_CASE("every rule goes on from a checkpoint as if it had never stopped", "[checkpoint]") {
    for (const Rule* rule : rules()) {
        INFO(rule->name);
        check(run_of(rule->name, ""));
    }
}

TEST_CASE("... and whatever a run remembers besides its weights", "[checkpoint]") {
    for (auto [rule, options] : {std::pair{"bp", "optimizer=sgd lr-schedule=cosine"},
                                 {"bp", "norm=batch bias=true measure=alignment measure-every=10"},
                                 {"vicreg", "schedule=greedy"},
                                 {"vicreg", "readout-labels=16 readout-steps=20"},
                                 {"vicreg", "views=siblings measure=alignment measure-every=7"},
                                 {"infonce", "views=synonyms"},
                                 {"clapp", "online=8 hebbian=true"},
                                 {"vicreg", "online=8"},
                                 {"bp", "stop-loss=1.25 steps=400"}}) {
        INFO(rule << " " << options);
        check(run_of(rule, options));
    }
}

TEST_CASE("... and what it has counted", "[checkpoint]") {
    const ScratchFile file;
    Trainer trainer(run_of("bp", "")), other(trainer.config);
    trainer.step();
    Sums sums{{.solved_step = 5, .seconds = 0.1}, 1. / 3, 0.7, 2}, read;
    write_checkpoint(file.path, trainer, sums, "");
    Checkpoint(file.path).restore(other, read);
    CHECK((read.result.solved_step == 5 && read.result.seconds == 0.1 && other.steps == 1));
    CHECK((read.window_loss == 1. / 3 && read.loss_sum == 0.7 && read.summed == 2));
}

TEST_CASE("a checkpoint of another run, or a damaged one, is refused", "[checkpoint]") {
    const ScratchFile file;
    const Config config = run_of("bp", "");
    told_by(config, nullptr, 21, file.path);
    const Checkpoint checkpoint(file.path);
    checkpoint.refuse_other(run_line(config));
    REQUIRE(outcome([&] { checkpoint.refuse_other(run_line(run_of("bp", "width=13"))); })
                .sentence.find("of a run with another --width") != std::string::npos);
    const auto refused = [&] { return outcome([&] { Checkpoint(file.path); }).sentence; };
    std::string bytes = read_file(file.path);
    bytes[bytes.size() / 2] ^= 1;
    file.write(bytes);
    REQUIRE(refused().find("is damaged") != std::string::npos);
    file.write(bytes.substr(0, bytes.size() / 2));
    REQUIRE(refused().find("is damaged") != std::string::npos);
    for (const std::string& other : {std::string(), std::string("{}\n"), run_line(config)}) {
        file.write(other);
        REQUIRE(refused().find("is no checkpoint") != std::string::npos);
    }
}

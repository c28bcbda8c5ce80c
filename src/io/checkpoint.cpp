#include "io/checkpoint.hpp"

#include <cstring>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "io/file.hpp"
#include "io/record.hpp"
#include "train/options.hpp"

namespace rhm {

void write_checkpoint(const std::string& path, Trainer& trainer, const Sums& sums,
                      const std::string& record) {
    std::vector<double> numbers{sums.window_loss, sums.loss_sum, sums.result.seconds};
    std::vector<std::size_t> traces;
    for (const Trace& trace : trainer.memory.traces)
        traces.insert(traces.end(), {trace.values.rows(), trace.values.cols()});
    std::string state;
    trainer.each_state([&](double& x) { numbers.push_back(x); },
                       [&](std::span<real> list) {
                           state.append(reinterpret_cast<const char*>(list.data()), list.size_bytes());
                       });
    JsonLine head;
    head.add("steps", trainer.steps)
        .add("summed", sums.summed)
        .add("solved_step", sums.result.solved_step.value_or(-1))
        .add("record_size", record.size())
        .array("traces", traces)
        .array("numbers", numbers);
    const std::string rest = concat(head.text(), "\n", record, state);
    JsonLine first;
    first.add("kind", "checkpoint").add("digest", digest_of(rest));
    write_file(path, concat(first.text(), "\n", rest));
}

Checkpoint::Checkpoint(std::string path) : path_(std::move(path)) {
    const std::string text = read_file(path_);
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const auto first = parse_line(std::string_view(text).substr(0, end));
    const std::string_view rest = std::string_view(text).substr(end);
    if (!first || (*first)["kind"].string != "checkpoint")
        fail(Exit::input, "'", path_, "' is no checkpoint; 'rhm train --checkpoint' writes them");
    if ((*first)["digest"].string != digest_of(rest))
        fail(Exit::input, "the checkpoint '", path_, "' is damaged; start the run anew");
    numbers_ = rest.substr(0, rest.find('\n'));
    const auto size = std::size_t(Json::parse(numbers_)["record_size"].number);
    record = rest.substr(numbers_.size() + 1, size);
    state_ = rest.substr(numbers_.size() + 1 + size);
}

void Checkpoint::refuse_other(const std::string& run_line) const {
    const Json then = Json::parse(record.substr(0, record.find('\n'))), now = Json::parse(run_line);
    const std::string other = first_difference(then, now);
    if (other.empty()) return;
    fail(Exit::usage, "'", path_, "' is of a run with another ", find_option(other) ? "--" : "", other,
         "; leave that out, or start the run anew without --resume");
}

void Checkpoint::restore(Trainer& trainer, Sums& sums) const {
    const Json head = Json::parse(numbers_);
    trainer.go_on(std::int64_t(head["steps"].number));
    sums.summed = std::int64_t(head["summed"].number);
    if (const double solved = head["solved_step"].number; solved >= 0)
        sums.result.solved_step = std::int64_t(solved);
    const std::vector<Json>&traces = head["traces"].array, &numbers = head["numbers"].array;
    for (std::size_t i = 0; i < traces.size(); i += 2)
        trainer.memory.trace(i / 2, std::size_t(traces[i].number), std::size_t(traces[i + 1].number));
    std::size_t number = 0, byte = 0;
    const auto next = [&](double& x) { x = numbers.at(number++).number; };
    next(sums.window_loss);
    next(sums.loss_sum);
    next(sums.result.seconds);
    trainer.each_state(next, [&](std::span<real> list) {
        if (list.size_bytes() > state_.size() - byte)
            fail(Exit::input, "the checkpoint '", path_, "' is of another network");
        if (!list.empty()) std::memcpy(list.data(), state_.data() + byte, list.size_bytes());
        byte += list.size_bytes();
    });
}

}  // namespace rhm

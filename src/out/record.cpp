#include "out/record.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/version.hpp"

namespace rhm {

std::string run_line(const Config& config) {
    JsonLine line;
    line.add("kind", "run")
        .add("version", kVersion)
        .add("build", kBuild)
        .add("kernel", selected_kernels())
        .add("told", told(config));
    for (const Option& option : options())
        if (option.recorded) line.raw(option.name, json_of(config, option));
    return line.text();
}

std::string eval_line(const Evaluation& e) {
    JsonLine line;
    line.add("kind", "eval")
        .add("step", e.step)
        .add("loss", e.loss)
        .add("train_accuracy", e.train_accuracy)
        .add("test_accuracy", e.test_accuracy);
    if (!e.rank.empty()) line.array("deviation", e.deviation).array("rank", e.rank);
    return line.text();
}

std::string result_line(const Result& r) {
    JsonLine line;
    line.add("kind", "result")
        .add("status", kStatusNames[static_cast<int>(r.status)])
        .add("train_accuracy", r.train_accuracy)
        .add("test_accuracy", r.test_accuracy);
    if (!std::isnan(r.validation_accuracy)) line.add("validation_accuracy", r.validation_accuracy);
    if (!r.collapsed.empty()) line.array("collapsed", r.collapsed);
    if (!r.dead.empty()) line.array("dead", r.dead);
    return line.add("steps", r.steps)
        .add("seconds", r.seconds)
        .add("samples_per_second", r.samples_per_second)
        .text();
}

Result parse_result(std::string_view text) {
    Json line = Json::parse(text);
    Result r;
    bool known = false;
    for (std::size_t i = 0; i < std::size(kStatusNames); ++i)
        if (line["status"].string == kStatusNames[i]) r.status = static_cast<Status>(i), known = true;
    if (line["kind"].string != "result" || !known) fail(Exit::input, "not the result line of a run");
    auto number_of = [&](std::string_view key) {
        return line[key].is(Json::Kind::number) ? line[key].number : kNoLoss;
    };
    r.train_accuracy = number_of("train_accuracy");
    r.test_accuracy = number_of("test_accuracy");
    r.validation_accuracy = number_of("validation_accuracy");
    for (const Json& layer : line["collapsed"].array)
        r.collapsed.push_back(static_cast<std::int64_t>(layer.number));
    for (const Json& share : line["dead"].array) r.dead.push_back(share.number);
    r.steps = static_cast<std::int64_t>(line["steps"].number);
    r.seconds = line["seconds"].number;
    r.samples_per_second = line["samples_per_second"].number;
    return r;
}

}  // namespace rhm

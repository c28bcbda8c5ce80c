#include "io/record.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "matrix/arithmetic.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "io/network_file.hpp"
#include "train/options.hpp"

namespace rhm {

std::string run_line(const Config& config) {
    JsonLine line;
    line.add("kind", "run")
        .add("version", kVersion)
        .add("build", kBuild)
        .add("kernel", selected_kernels())
        .add("results", kResults)
        .add("arithmetic", arithmetic())
        .add("told", told(config));
    if (!config.grammar.empty()) line.add("grammar_digest", grammar_of(config).digest());
    if (!config.load.empty()) line.add("load_digest", loaded_network(config).digest());
    for (const Option& option : options())
        if (option.recorded) line.raw(option.name, json_of(config, option));
    return line.text();
}

constexpr std::string_view kInformation[] = {"kind", "version", "build", "kernel", "told", "grammar", "load"};

std::string value_text(const Json& value) {
    if (value.is(Json::Kind::number)) return number(value.number);
    if (value.is(Json::Kind::boolean)) return std::string(value.boolean ? "true" : "false");
    return value.string;
}

std::string first_difference(const Json& run, const Json& other) {
    for (const std::string& key : other.keys)
        if (!contains(kInformation, key) && value_text(run[key]) != value_text(other[key])) return key;
    return run.keys.size() == other.keys.size() ? "" : "file";
}

std::string run_identity(const Json& run) {
    static const Config usual;
    std::map<std::string_view, std::string> values;
    for (const Option& option : options())
        if (option.recorded) values[option.name] = text_of(usual, option);
    for (std::size_t i = 0; i < run.keys.size(); ++i) values[run.keys[i]] = value_text(run.array[i]);
    for (std::string_view name : kInformation) values.erase(name);
    std::string text;
    for (const auto& [name, value] : values) {
        if (value.empty()) continue;  // not given
        text.append(name).append("=").append(value).append("\n");
    }
    return text;
}

/// Whether the record has the value only because of others, or what was given says it in another way.
static bool follows(const Config& config, const Json& run, std::string_view name, std::string_view value) {
    constexpr std::string_view kShape[] = {"vocab", "classes", "synonyms", "tuple", "levels"};
    if (is_given(config, "grammar") && contains(kShape, name)) return true;
    if (name == "train-size" && config.times_law) return true;
    if (name == "view-level" && is_given(config, "views")) return true;
    if (name == "classes") return value == run["vocab"].string;
    if (name == "depth") return value == run["levels"].string;
    if (name == "view-level") return number_of(run, name) == std::max(1.0, number_of(run, "levels") - 1);
    if (!is_given(config, "rule") || config.rule == run["rule"].string) return false;
    if (!has_tuned_defaults(name)) return false;
    Config plain;  // a run of the record's rule to which nothing was given
    plain.rule = run["rule"].string;
    for (const char* option : kDefaultsDependOn)
        if (!run[option].is(Json::Kind::null)) set(plain, *find_option(option), run[option].string);
    set_defaults(plain, defaults_of(plain));
    const std::string own = text_of(plain, *find_option(name));
    return value == own || (parse_double(value) && parse_double(value) == parse_double(own));
}

void set_recorded(Config& config, const Json& run) {
    const Config asked = config;
    for (std::size_t i = 0; i < run.keys.size(); ++i) {
        const Option* option = find_option(run.keys[i]);
        const Json& json = run.array[i];
        if (!option || !option->recorded || json.is(Json::Kind::null)) continue;
        const std::string value =
            json.is(Json::Kind::boolean) ? (json.boolean ? "true" : "false") : json.string;
        if (!is_given(asked, option->name) && !follows(asked, run, option->name, value))
            set(config, *option, value);
    }
}

bool is_of_this_version(const Json& run) {
    const Json& version = run["results"];
    return version.is(Json::Kind::number) && version.number == kResults;
}

std::string_view trimmed_line(std::string_view line) {
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);  // a byte-order mark
    constexpr std::string_view kBlanks = " \t\r";
    const std::size_t first = line.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

std::optional<Json> parse_line(std::string_view line) {
    try {
        Json json = Json::parse(trimmed_line(line));
        if (json.is(Json::Kind::object)) return json;
    } catch (const Error&) {
        return std::nullopt;
    }
    return std::nullopt;
}

double number_of(const Json& line, std::string_view key) {
    const Json& value = line[key];
    if (line.has(key) && value.is(Json::Kind::null)) return NAN;
    if (!value.is(Json::Kind::number))
        fail(Exit::input, "a run does not say its '", key, "'; it is no record of this program");
    return value.number;
}

std::int64_t whole_of(const Json& line, std::string_view key, std::int64_t low, std::int64_t high) {
    const double x = number_of(line, key);
    if (!(x >= double(low) && x <= double(high)) || x != std::floor(x))
        fail(Exit::input, "a run's '", key, "' is no whole number from ", low, " to ", high,
             "; the record is damaged");
    return std::int64_t(x);
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
        .add("status", name_of(r.status, kStatusNames))
        .add("train_accuracy", r.train_accuracy)
        .add("test_accuracy", r.test_accuracy);
    if (!std::isnan(r.validation_accuracy)) line.add("validation_accuracy", r.validation_accuracy);
    if (!r.collapsed.empty()) line.array("collapsed", r.collapsed);
    if (!r.dead.empty()) line.array("dead", r.dead);
    if (r.solved_step) line.add("solved_step", *r.solved_step);
    return line.add("steps", r.steps)
        .add("seconds", r.seconds)
        .add("samples_per_second", r.samples_per_second)
        .text();
}

namespace {

constexpr std::int64_t kMostSteps = std::int64_t{1} << 53;

double accuracy_of(const Json& line, std::string_view key) {
    const double x = number_of(line, key);
    if (x < 0 || x > 1)
        fail(Exit::input, "a run's '", key, "' is not between 0 and 1; the record is damaged");
    return x;
}

}  // namespace

Evaluation parse_evaluation(const Json& line) {
    return {whole_of(line, "step", 0, kMostSteps), number_of(line, "loss"),
            accuracy_of(line, "train_accuracy"), accuracy_of(line, "test_accuracy")};
}

Result parse_result(const Json& line) {
    Result r;
    const auto status = std::find(std::begin(kStatusNames), std::end(kStatusNames), line["status"].string);
    if (line["kind"].string != "result" || status == std::end(kStatusNames))
        fail(Exit::input, "not the result line of a run");
    r.status = Status(status - std::begin(kStatusNames));
    r.train_accuracy = accuracy_of(line, "train_accuracy");
    r.test_accuracy = accuracy_of(line, "test_accuracy");
    if (r.status == Status::ok && std::isnan(r.test_accuracy))
        fail(Exit::input, "a run that ended well has no accuracy; the record is damaged");
    if (line.has("validation_accuracy")) r.validation_accuracy = accuracy_of(line, "validation_accuracy");
    for (const Json& layer : line["collapsed"].array) r.collapsed.push_back(std::int64_t(layer.number));
    for (const Json& share : line["dead"].array) r.dead.push_back(share.number);
    r.steps = whole_of(line, "steps", 0, kMostSteps);
    if (line.has("solved_step")) r.solved_step = whole_of(line, "solved_step", 0, r.steps);
    r.seconds = number_of(line, "seconds");
    r.samples_per_second = number_of(line, "samples_per_second");
    return r;
}

}  // namespace rhm

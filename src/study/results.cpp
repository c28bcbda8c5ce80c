#include "study/results.hpp"

#include <set>

#include "matrix/arithmetic.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "io/measure_record.hpp"
#include "io/record.hpp"
#include "train/advice.hpp"
#include "train/options.hpp"

namespace rhm {
namespace {

/// The value of an option as text; "" when it is not given.
std::string text_of(const Option& option, const Json& value) {
    Json::Kind kind = option.is_number() ? Json::Kind::number : Json::Kind::string;
    if (option.kind == Option::Kind::flag) kind = Json::Kind::boolean;
    if (!value.is(Json::Kind::null) && !value.is(kind))
        fail(Exit::input, "a run's '", option.name, "' is no value of that option; the record is damaged");
    return value_text(value);
}

/// Every recorded option but those in which all runs of a curve differ. One that the record does not name has
/// its default.
Settings settings_of(const Json& run) {
    static const Config usual;
    Settings::Map out;
    for (const Option& option : options()) {
        if (!option.recorded || option.name == "seed" || option.name == "train-size") continue;
        out[std::string(option.name)] =
            run.has(option.name) ? text_of(option, run[option.name]) : rhm::text_of(usual, option);
    }
    for (const char* file : {"grammar_digest", "load_digest"})
        if (run.has(file)) out[file] = run[file].string;
    return out;
}

Measured measured(const ReadRun& read) {
    const Json& run = read.run;
    constexpr std::int64_t kMost = 1000000000, kMostSeed = 9000000000000000;
    auto whole = [&](const char* name) { return int(whole_of(run, name, 1, kMost)); };
    Measured out;
    out.task = {whole("vocab"), whole("classes"), whole("synonyms"), whole("tuple"), whole("levels")};
    out.train_size = whole("train-size");
    whole("test-size");
    out.seed = std::uint64_t(whole_of(run, "seed", 0, kMostSeed));
    out.rule = run["rule"].string;
    if (out.rule.empty()) fail(Exit::input, "a run does not say its rule; it is no record of this program");
    out.told = run["told"].string;
    out.ours = run["arithmetic"].string == arithmetic();
    out.options = settings_of(run);
    out.diverged = read.stored.result.status == Status::diverged;
    out.silent = is_silent(read.stored.result);
    out.test_accuracy = counted(read.stored.result, out.task.classes).test_accuracy;
    for (const Json& line : read.lines) {
        if (line["kind"].string == "measure")
            out.measurements.push_back(parse_measurement(line));
        else
            out.evaluations.push_back(parse_evaluation(line));
    }
    return out;
}

}  // namespace

std::vector<Measured> load_results(const std::vector<std::string>& paths, Skipped& skipped, bool by_file) {
    std::vector<Measured> out;
    std::set<std::string> known;
    std::set<Settings> settings;  // runs share them where they are the same
    for (const std::string& path : paths) {
        if (by_file) known.clear();
        RunReader reader([&](const ReadRun& read) {
            if (!known.insert(run_identity(read.run)).second) return false;
            try {
                out.push_back(measured(read));
                if (by_file) out.back().options["file"] = path;
                out.back().options = *settings.insert(out.back().options).first;
            } catch (const Error& error) {
                fail(Exit::input, "'", path, "': ", error.what());
            }
            return true;
        });
        reader.read(read_file(path));
        skipped.add(reader.skipped);
    }
    if (out.empty())
        fail(Exit::input, "there is no finished run of this program's results in '",
             paths.empty() ? "" : paths[0], "'",
             skipped.any() ? concat(" (not counted: ", to_text(skipped), ")") : std::string(),
             "; 'rhm sweep' and 'rhm train --format json' record runs");
    return out;
}

}  // namespace rhm

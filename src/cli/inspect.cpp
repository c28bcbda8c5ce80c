// rhm inspect: what the layers of a recorded run or of a saved network have learnt, as heat tables.
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "io/file.hpp"
#include "io/measure_record.hpp"
#include "show/heat_table.hpp"
#include "io/network_file.hpp"
#include "io/record.hpp"
#include "io/screen.hpp"
#include "matrix/denormals.hpp"

namespace rhm {
namespace {

/// One line about a run, from its first record line.
std::string title(const Json& run) {
    auto value = [&](std::string_view key) { return run[key].string; };
    return sentence(concat(value("rule"), " on v=", value("vocab"), " n_c=", value("classes"),
                           " m=", value("synonyms"), " s=", value("tuple"), " L=", value("levels"),
                           ", P=", value("train-size"), "; ", value("arch"), ", width ", value("width"),
                           ", seed ", value("seed")));
}

void print_table(const Measurement& m) {
    print_text(concat("\n", heat_table(m, screen_colour(), text_width())));
}

/// The last measurement of each kind of one run.
void print_run(const Json& run, const std::vector<Measurement>& measurements) {
    print_text(title(run));
    for (std::string_view name : kMeasureNames) {
        const Measurement* last = nullptr;
        for (const Measurement& m : measurements)
            if (m.what == name) last = &m;
        if (last) print_table(*last);
    }
}

[[noreturn]] void bad_line(const std::string& path, std::size_t number, std::string_view why) {
    fail(Exit::input, "'", path, "', line ", number, ": ", why);
}

/// Prints every measured run of a record; returns how many there are.
std::size_t inspect_record(const std::string& path, bool json) {
    const std::string text = read_file(path);
    std::size_t number = 0, runs = 0;
    Json run;
    std::vector<Measurement> measurements;
    auto finish = [&] {
        if (measurements.empty()) return;
        if (runs++ && !json) print("\n");
        if (!json) print_run(run, measurements);
        measurements.clear();
    };
    for (std::string_view line : split(text, '\n')) {
        ++number;
        line = trimmed_line(line);
        std::optional<Json> parsed = parse_line(line);
        if (!parsed && line.starts_with("{\"kind\":")) bad_line(path, number, "it is cut off or damaged");
        const std::string kind = parsed ? (*parsed)["kind"].string : "";
        if (kind != "run" && kind != "measure") continue;
        try {
            if (kind == "run") {
                finish();
                run = std::move(*parsed);
            } else {
                measurements.push_back(parse_measurement(*parsed));
            }
        } catch (const Error& error) {
            bad_line(path, number, error.what());
        }
        if (json) print(concat(line, "\n"));
    }
    finish();
    return runs;
}

/// Measures a saved network on the test data of the run that saved it.
void inspect_network(const Request& asked) {
    const NoDenormals as_when_it_was_trained;
    NetworkFile file(asked.load);
    Config config = file.config();
    config.measure = asked.measure.empty() ? "all" : asked.measure;
    config.measure_size = asked.measure_size;
    config.measure_every.reset();
    resolve(config);
    Grammar grammar = grammar_of(config);
    Network net(shape_of(config), config.seed);
    file.read_into(net);
    const bool json = asked.format == "json";
    const std::string line = run_line(config);
    json ? print(line + "\n") : print_text(title(Json::parse(line)));
    const Dataset data = draw(grammar, sizes_of(config), Split::test, config.seed);
    for (const Measurement& m : Measurer(config).measure(net, grammar, data, file.steps()))
        json ? print(measure_line(m) + "\n") : print_table(m);
}

}  // namespace

Exit inspect_command(Arguments& arguments) {
    const Request& config = arguments.config;
    if (arguments.words.empty() == config.load.empty())
        fail(Exit::usage,
             "'rhm inspect' wants a record (rhm inspect RUN.jsonl) or a network (--load FILE), one of the "
             "two");
    if (!config.load.empty()) {
        auto names = measures_of(config.measure);
        if (names.size() == 1 && names[0] == "alignment")
            fail(Exit::usage,
                 "alignment compares the updates of a rule at work, which a saved network does not hold; use "
                 "'rhm train --measure alignment'");
        inspect_network(config);
        return Exit::ok;
    }
    if (is_given(config, "measure") || is_given(config, "measure-size"))
        fail(
            Exit::usage,
            "a record shows what was measured when it was made; --measure and --measure-size go with --load");
    if (inspect_record(arguments.words[0], config.format == "json") == 0)
        fail(Exit::input, "'", arguments.words[0],
             "' holds no measurements; make some with 'rhm train --measure all --format json -o FILE'");
    return Exit::ok;
}

}  // namespace rhm

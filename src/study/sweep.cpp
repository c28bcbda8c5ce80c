#include "study/sweep.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/rng.hpp"
#include "base/text.hpp"
#include "train/trainer.hpp"

namespace rhm {
namespace {

constexpr std::size_t kMostValues = 100000, kMostRuns = 1000000;

/// Twelve digits, so that 0.1:0.3:0.1 ends in 0.3 and not in 0.30000000000000004.
double rounded(double x) {
    if (x == 0) return 0;
    double scale = std::pow(10.0, 11 - std::floor(std::log10(std::abs(x))));
    return std::isfinite(scale) ? std::round(x * scale) / scale : x;
}

[[noreturn]] void bad_range(const Option& option, std::string_view item, std::string_view why) {
    fail(Exit::usage, "--", option.name, " ", item, ": ", why,
         "; a range is FIRST:LAST, FIRST:LAST:STEP or FIRST:LAST:xFACTOR");
}

double range_number(const Option& option, std::string_view text, std::string_view item) {
    if (auto whole = parse_integer(text)) return double(*whole);  // 4k
    if (auto x = parse_double(text); x && std::isfinite(*x)) return *x;
    bad_range(option, item, concat("'", text, "' is no number"));
}

void expand_range(const Option& option, std::string_view item, std::vector<std::string>& values) {
    auto parts = split(item, ':');
    if (parts.size() > 3) bad_range(option, item, "it has too many colons");
    double first = range_number(option, parts[0], item), last = range_number(option, parts[1], item);
    bool times = parts.size() == 3 && parts[2].starts_with('x');
    double step = parts.size() == 3 ? range_number(option, parts[2].substr(times), item) : 1;
    if (first > last) bad_range(option, item, "the first value is above the last");
    if (times ? !(step > 1 && first > 0) : !(step > 0))
        bad_range(
            option, item,
            times ? "the factor must be above 1 and the first value above 0" : "the step must be above 0");
    const bool whole = option.kind == Option::Kind::whole;
    if (whole && !(std::abs(first) < 9e15 && std::abs(last) < 9e15))
        bad_range(option, item, "its numbers are too large");
    for (std::size_t i = 0;; ++i) {
        double x = rounded(times ? first * std::pow(step, double(i)) : first + double(i) * step);
        if (whole) x = std::round(x);
        if (x > last * (1 + 1e-12)) break;
        if (i == kMostValues) bad_range(option, item, concat("it has more than ", kMostValues, " values"));
        std::string text = whole ? std::to_string(std::int64_t(x)) : number(x);
        if (values.empty() || values.back() != text) values.push_back(text);
    }
}

std::size_t rows_of(const Config& config) {
    return std::size_t(config.batch) * (find_rule(config.rule).wants_pairs() ? 2 : 1);
}

double multiply_adds(const NetworkShape& net) {  // of one datum's forward pass
    double sum = double(net.classes) * double(net.hidden.back().units());
    for (const LayerShape& layer : net.hidden)
        sum += double(layer.positions * layer.inputs) * double(layer.width);
    return sum;
}

/// Seconds of one step: the least of a few, after one that makes the buffers.
double step_seconds(Config config) {
    using Clock = std::chrono::steady_clock;
    config.train_size = std::min<std::int64_t>(config.train_size, 1024);
    config.test_size = 1;
    Trainer trainer(config);
    trainer.step();
    double best = 1e300, spent = 0;
    for (int i = 0; i < 20 && spent < 0.05; ++i) {
        auto start = Clock::now();
        trainer.step();
        double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        best = std::min(best, seconds);
        spent += seconds;
    }
    return best;
}

}  // namespace

std::string identity(const Config& config) {
    std::string text;
    for (const Option& option : options())
        if (option.recorded) text += text_of(config, option) + '\n';
    return text;
}

/// The items between commas; of a free text, such as a file's name, "\\," is a comma and "\\\\" a backslash.
static std::vector<std::string> items_of(const Option& option, std::string_view text) {
    if (option.value == "LIST") return {std::string(text)};  // commas are its own
    const bool escapes = option.kind == Option::Kind::text;
    std::vector<std::string> items(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped =
            escapes && text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == ',' || text[i + 1] == '\\');
        if (escaped)
            items.back() += text[++i];
        else if (text[i] == ',')
            items.emplace_back();
        else
            items.back() += text[i];
    }
    return items;
}

std::vector<std::string> expand(const Option& option, std::string_view text) {
    std::vector<std::string> values;
    for (const std::string& item : items_of(option, text)) {
        if (option.is_number() && item.find(':') != std::string::npos)
            expand_range(option, item, values);
        else
            values.emplace_back(item);
        if (values.size() > kMostValues)
            fail(Exit::usage, "--", option.name, " has more than ", kMostValues,
                 " values; make the ranges shorter");
    }
    for (const std::string& value : values) {
        Request scratch;
        set(scratch, option, value);
        if (option.name == "rule") find_rule(value);
    }
    return values;
}

Grid expand_grid(const Config& base, std::span<const GridAxis> axes) {
    std::size_t total = 1;
    for (const GridAxis& axis : axes) {
        total *= axis.values.size();
        if (total > kMostRuns)
            fail(Exit::usage, "the grid has more than ", kMostRuns, " runs; make it smaller");
    }
    Grid grid;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < total; ++i) {
        stop_if_interrupted();
        Config config = base;
        std::string name;
        std::size_t block = total, rest = i;
        for (const GridAxis& axis : axes) {
            block /= axis.values.size();
            const std::string& value = axis.values[rest / block];
            rest %= block;
            set(config, *axis.option, value);
            name += concat(name.empty() ? "" : " ", "--", axis.option->name, " ", value);
        }
        try {
            resolve(config);
        } catch (const Error& error) {
            if (error.code == Exit::io) throw;
            grid.impossible.push_back(concat(name, ": ", error.what()));
            continue;
        }
        if (seen.insert(identity(config)).second)
            grid.configs.push_back(std::move(config));
        else
            ++grid.repeated;
    }
    return grid;
}

Shard parse_shard(std::string_view text) {
    auto parts = split(text, '/');
    auto index = parse_integer(parts[0]), count = parts.size() == 2 ? parse_integer(parts[1]) : std::nullopt;
    if (!index || !count || *index < 1 || *count < *index)
        fail(Exit::usage, "--shard takes I/N with I from 1 to N, such as 2/8, not '", text, "'");
    return {std::size_t(*index), std::size_t(*count)};
}

std::vector<Config> take_shard(const std::vector<Config>& configs, const Shard& shard) {
    std::vector<std::size_t> part(configs.size());
    for (std::size_t i = 0; i < part.size(); ++i) part[i] = i % shard.count + 1;
    Rng(0, Purpose::search).shuffle(std::span(part));
    std::vector<Config> mine;
    for (std::size_t i = 0; i < part.size(); ++i)
        if (part[i] == shard.index) mine.push_back(configs[i]);
    return mine;
}

double work(const Config& config) {
    return multiply_adds(shape_of(config)) * double(rows_of(config)) * double(config.steps);
}

double memory_of(const Config& config) {
    const NetworkShape net = shape_of(config);
    double activations = 0;
    for (const LayerShape& layer : net.hidden) activations += double(layer.units());
    const double order = 8 * double(config.train_size);  // of the data in an epoch and a class
    // About as much as weights, gradient and moments again for a rule's own; activations and signals of a
    // step, and of an evaluation.
    const double numbers =
        4 * double(parameter_count(net)) + activations * ((net.norm ? 4 : 3) * double(rows_of(config)) + 256);
    return least_memory(config) + order + sizeof(real) * numbers;
}

Cost cost_of(std::span<const Config> configs) {
    Cost out;
    std::map<std::string, double> measured;  // by everything that decides the time of a step
    for (const Config& config : configs) {
        Config alike = config;
        alike.seed = 0;
        alike.train_size = std::min<std::int64_t>(config.train_size, 1024);
        alike.test_size = 1;
        alike.lr = alike.weight_decay = alike.stop_loss = 0;
        alike.steps = 0;
        alike.eval_every = 1;
        auto [at, fresh] = measured.emplace(identity(alike), 0);
        if (fresh) at->second = step_seconds(config);
        // An evaluation is forward passes, a third of a step's work. A run has some at 1, 2, 5, 10, ...
        // steps, too.
        double data = double(config.train_size + config.test_size + config.validation_size),
               steps = double(config.steps);
        double probe = double(std::min(config.train_size, config.test_size) + config.test_size);
        double looks = 1 + std::floor(steps / config.eval_every);
        for (double early = 1; early < std::min(steps, double(config.eval_every)); early *= 10) looks += 3;
        if (config.readout_labels) steps += double(config.readout_steps);
        double evaluated = data + probe * looks;
        out.seconds += at->second * (steps + evaluated / double(rows_of(config)) / 3);
        out.bytes = std::max(out.bytes, memory_of(config));
    }
    return out;
}

}  // namespace rhm

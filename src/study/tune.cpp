#include "study/tune.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "base/text.hpp"
#include "data/theory.hpp"

namespace rhm {
namespace {

/// The digits of i in a prime base, mirrored at the point: 1, 2, 3, 4 in base 2 become 0.1, 0.01, 0.11, 0.001
/// (van der Corput).
double mirrored_digits(int i, int base) {
    double x = 0, place = 1;
    for (; i > 0; i /= base) x += (place /= base) * (i % base);
    return x;
}

/// A base for each range: bases with a common divisor would go together.
constexpr std::array<int, 20> kPrimes = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29,
                                         31, 37, 41, 43, 47, 53, 59, 61, 67, 71};

/// Whether a setting may say it: not which rule is searched and on which data.
bool is_setting(const Option& option) {
    return option.recorded && option.name != "rule" && option.name != "validation-size"
           && option.name != "seed";
}

constexpr std::int64_t kMostTrialRuns = 100000;  // some 2 KiB each

}  // namespace

std::string SearchRange::at(double x) const {
    if (!choices.empty()) return choices[std::size_t(x * double(choices.size()))];
    double value = low * std::pow(high / low, x);
    if (option->kind != Option::Kind::number) return number(std::round(value));
    double unit = std::pow(10, std::floor(std::log10(value)) - 1);
    double digits = std::round(value / unit), exponent = std::round(std::log10(unit));
    return number(exponent < 0 ? digits / std::pow(10, -exponent) : digits * unit);
}

std::vector<SearchRange> search_ranges(std::string_view search) {
    std::vector<SearchRange> ranges;
    for (std::string_view word : split(search, ' ')) {
        if (word.empty()) continue;
        std::size_t equals = word.find('=');
        SearchRange range;
        range.option = find_option(word.substr(0, equals));
        std::string_view values =
            equals == std::string_view::npos ? std::string_view{} : word.substr(equals + 1);
        if (!range.option || !is_setting(*range.option) || values.empty() || ranges.size() == kPrimes.size())
            fail(Exit::usage, "'", word, "' is no option of a run with the values to search, like ",
                 "lr=3e-4:1e-2 or head=8|16, or one of more than ", kPrimes.size());
        for (const SearchRange& other : ranges)
            if (other.option == range.option)
                fail(Exit::usage, "--search has ", range.option->name, " twice; leave one away");
        if (std::size_t colon = values.find(':'); colon != std::string_view::npos) {
            auto low = parse_double(values.substr(0, colon)), high = parse_double(values.substr(colon + 1));
            if (!low || !high || !(*low > 0) || !(*high > *low))
                fail(Exit::usage, "'", values, "' of --", range.option->name,
                     " is no range of positive numbers LOW:HIGH");
            range.low = *low;
            range.high = *high;
        } else {
            for (auto choice : split(values, '|')) range.choices.emplace_back(choice);
        }
        ranges.push_back(std::move(range));
    }
    if (ranges.empty()) fail(Exit::usage, "nothing is searched; name options with values, like lr=3e-4:1e-2");
    return ranges;
}

std::string search_of(const Rule& rule) {
    std::string search(kSearchOfAll);
    if (rule.loss.pairs) search += concat(" ", kSearchOfHeads);
    if (!rule.search.empty()) search += concat(" ", rule.search);
    return search;
}

std::vector<Config> tasks_of(const Request& base) {
    const auto size_at = [&](double x) { return std::llround(x * law(task_of(base))); };
    for (std::string_view name : {"also-times-law", "fewer-levels"})
        if (is_given(base, name) && !base.times_law)
            fail(Exit::usage, "--", name, " goes with --times-law; give --times-law, too");
    if (is_given(base, "fewer-levels") && base.fewer_levels > 0 && !base.grammar.empty())
        fail(Exit::usage, "the grammar in '", base.grammar, "' has one depth; leave out --fewer-levels");
    if (base.also_times_law && size_at(*base.also_times_law) == size_at(*base.times_law))
        fail(Exit::usage, "--times-law and --also-times-law are one size, P = ", size_at(*base.times_law),
             "; give two");
    std::vector<Config> tasks = {base};
    if (base.also_times_law) {
        tasks.push_back(base);
        tasks.back().times_law = base.also_times_law;
    }
    if (!base.times_law || !base.grammar.empty()) return tasks;
    const std::size_t sizes = tasks.size();
    for (int less = 1; less <= base.fewer_levels && less < base.task.levels; ++less)
        for (std::size_t i = 0; i < sizes; ++i) {
            tasks.push_back(tasks[i]);
            tasks.back().task.levels -= less;
        }
    return tasks;
}

std::vector<Trial> search_trials(const Request& base) {
    std::vector<SearchRange> ranges =
        search_ranges(base.search.empty() ? search_of(find_rule(base.rule)) : base.search);
    std::erase_if(ranges, [&](const SearchRange& range) {
        const bool given = is_given(base, range.option->name);
        if (given && !base.search.empty())
            fail(Exit::usage, "--", range.option->name,
                 " is given, and --search has it, too; leave one away");
        return given;
    });
    if (ranges.empty() && base.trials > 1)
        fail(Exit::usage, "all that would be searched is given; leave some of it to the search");
    const std::int64_t runs = std::int64_t{base.trials} * base.seeds * std::int64_t(tasks_of(base).size());
    if (runs > kMostTrialRuns)
        fail(Exit::usage, "--trials ", base.trials, " with --seeds ", base.seeds, " are ", runs,
             " runs; at most ", kMostTrialRuns, " can be done at once");
    std::vector<double> start;
    Rng rng(base.seed, Purpose::search);
    for (std::size_t d = 0; d < ranges.size(); ++d) start.push_back(rng.uniform());

    std::vector<Trial> trials;
    for (int t = 0; t < base.trials; ++t) {
        Trial trial;
        trial.defaults = t == 0;
        Request setting = base;
        for (std::size_t d = 0; t > 0 && d < ranges.size(); ++d) {
            const double x = start[d] + mirrored_digits(t, kPrimes.at(d));
            set(setting, *ranges[d].option, ranges[d].at(x - std::floor(x)));
        }
        for (const Config& task : tasks_of(setting))
            for (Config& one : on_seeds(task, base.seeds)) trial.configs.push_back(std::move(one));
        for (const SearchRange& range : ranges)
            trial.settings += concat(trial.settings.empty() ? "--" : " --", range.option->name, " ",
                                     shell_word(text_of(trial.configs[0], *range.option)));
        trials.push_back(std::move(trial));
    }
    return trials;
}

static double data_seen(const Trial& trial) { return trial.steps * trial.configs[0].batch; }

void score(std::vector<Trial>& trials) {
    for (Trial& trial : trials) {
        std::vector<double> validation, test;
        trial.steps = 0;
        trial.faults = {};
        for (const Result& r : trial.results) {
            bool diverged = r.status == Status::diverged;
            validation.push_back(diverged ? 0 : r.validation_accuracy);
            test.push_back(diverged ? 0 : r.test_accuracy);
            trial.steps += double(r.steps);
            trial.faults.count(r);
        }
        trial.steps /= double(std::max(trial.results.size(), std::size_t{1}));
        trial.validation = estimate(validation);
        trial.test = estimate(test);
    }
    std::stable_sort(trials.begin(), trials.end(), [](const Trial& a, const Trial& b) {
        return a.validation.mean != b.validation.mean ? a.validation.mean > b.validation.mean
                                                      : data_seen(a) < data_seen(b);
    });
}

bool any_scored(const std::vector<Trial>& trials) {
    return std::any_of(trials.begin(), trials.end(), [](const Trial& trial) { return trial.steps > 0; });
}

std::string command_line(const Config& base, const Trial& trial) {
    std::string line = concat("rhm train --rule ", base.rule);
    for (const Option& option : options()) {
        const bool told = is_setting(option) || option.name == "times-law";
        if (!told || !is_given(base, option.name)) continue;
        line += option.value.empty() ? concat(" --", option.name)
                                     : concat(" --", option.name, " ", shell_word(text_of(base, option)));
    }
    return trial.settings.empty() ? line : concat(line, " ", trial.settings);
}

}  // namespace rhm

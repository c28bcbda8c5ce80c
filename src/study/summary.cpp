#include "study/summary.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "base/error.hpp"
#include "data/theory.hpp"
#include "base/text.hpp"
#include "train/options.hpp"
#include "study/axis.hpp"

namespace rhm {
namespace {

/// Options that change with P, task and seed as a matter of course, or only how closely is looked: they make
/// no other curve.
bool makes_a_curve(const std::string& option, const Measured& run) {
    for (auto name : {"vocab", "classes", "synonyms", "tuple", "levels", "train-size", "test-size", "seed",
                      "rule", "eval-every", "measure", "measure-every", "measure-size", "grammar", "load"})
        if (option == name) return false;  // of files, their content makes a curve and not their name
    return option != "depth" || run.options.at(option) != std::to_string(run.task.levels);
}

using TaskKey = std::tuple<double, int, int, int, int, int>;

TaskKey task_key(const GrammarShape& t) {
    return {law(t), t.levels, t.synonyms, t.classes, t.vocab, t.tuple};
}

std::size_t rule_rank(const std::string& rule) {
    std::size_t rank = 0;
    for (const Rule* known : rules()) {
        if (known->name == rule) break;
        ++rank;
    }
    return rank;
}

/// What a label adds to the rule's name for an option that is not the default.
std::string setting_text(const std::string& name, const std::string& value, const Curve& curve) {
    for (const char* file : {"grammar", "load"})
        if (name == concat(file, "_digest")) {
            const Measured& run = curve.points.begin()->second.begin()->second;
            return concat(" ", file, "=", run.options.at(file));
        }
    if (name == "train-size") return concat(" P=", value);
    if (name == "downstream-mask") return concat(", ", value == "none" ? "no" : value, " downstream masks");
    return concat(" ", name, "=", value);
}

/// The options in which a run is no plain run of its rule.
Settings::Map own_settings(const Measured& run) {
    Settings::Map own;
    Config plain = plain_run(run);
    const Config usually = plain;
    for (const auto& [name, value] : run.options) {
        const Option* option = find_option(name);
        if (name.ends_with("-mask")) set(plain, *option, value);  // refuses a word that is none
        const std::string usual = option ? text_of(usually, *option) : "";
        if (makes_a_curve(name, run) && value != usual)
            own[name] = value;  // an option that an older record does not know is as usual
    }
    return own;
}

using Key = std::tuple<TaskKey, std::size_t, std::string, Settings::Map>;

/// The words of a label, so that it is ordered by its numbers: "bp P=20" before "bp P=160".
std::vector<std::tuple<std::string, double, std::string>> label_key(const std::string& label) {
    std::vector<std::tuple<std::string, double, std::string>> out;
    for (std::string_view word : split(label, ' ')) {
        const std::size_t value = std::min(word.find('=') + 1, word.size());
        const auto x = value ? parse_double(word.substr(value)) : std::nullopt;
        out.emplace_back(word.substr(0, x ? value : word.size()), x.value_or(0), word);
    }
    return out;
}

/// Options in which the curves of one task and rule differ.
std::set<std::string> differing(const std::vector<const Settings::Map*>& curves) {
    std::set<std::string> out;
    const auto compare = [&out](const Settings::Map& one, const Settings::Map& other) {
        for (const auto& [name, value] : one) {
            const auto at = other.find(name);
            if (value != (at == other.end() ? "" : at->second)) out.insert(name);
        }
    };
    for (const Settings::Map* curve : curves) {
        compare(*curve, *curves[0]);
        compare(*curves[0], *curve);
    }
    return out;
}

/// The first of the draws, with the interval of the others.
Estimated estimated(const std::vector<double>& draws) {
    if (std::isnan(draws[0])) return {'?', NAN, NAN, NAN};
    const auto [low, high] = central_interval({draws.begin() + 1, draws.end()});
    return {'=', draws[0], low, high};
}

/// The same of bounds: the interval reaches from the lower ones' low end to the upper ones' high end.
Estimated estimated(const std::vector<Bounds>& draws) {
    std::vector<double> lows, highs;
    for (const Bounds& b : draws) {
        lows.push_back(b.low);
        highs.push_back(b.high);
    }
    const Estimated low = estimated(lows), high = estimated(highs);
    if (draws[0].known()) return {'=', low.value, low.low, high.high};
    if (low.value > 0) return {'>', low.value, low.low, high.high};
    if (high.value < INFINITY) return {'<', high.value, low.low, high.high};
    return {'?', NAN, NAN, NAN};
}

/// A curve with its P* on each seed, or that over P* of bp, and the median.
struct Found {
    const Curve* curve;
    BySeed by_seed;
    Estimated median;

    Found(const Curve& of, const BySeed& seeds) : curve(&of), by_seed(seeds), median(median_of(seeds)) {}
    SummaryRow row(SummaryRow::Kind kind, double law_says) const {
        return {kind, curve->task, curve->label, NAN, by_seed.size(), median, law_says};
    }
};

std::vector<double> numbers_of(const std::map<std::uint64_t, Measured>& by_seed) {
    std::vector<double> accuracies;
    for (const auto& [seed, run] : by_seed)
        if (!std::isnan(run.test_accuracy)) accuracies.push_back(run.test_accuracy);
    return accuracies;
}

/// Regression of log(P* / unit), or of the logarithm of a ratio, on x over tasks.
struct Regression {
    using OfTask = double (*)(const GrammarShape&);
    SummaryRow::Kind kind;
    GrammarShape (*group)(GrammarShape);  ///< blanks in what the tasks of one regression may differ
    OfTask x, unit;
    bool factor;  ///< the exponential of the slope is told
    OfTask law_says;
};

GrammarShape without_levels(GrammarShape t) {
    t.levels = 0;
    return t;
}
GrammarShape levels_only(GrammarShape t) { return {0, 0, 0, t.tuple, t.levels}; }
GrammarShape nothing(GrammarShape) { return {0, 0, 0, 0, 0}; }
double levels(const GrammarShape& t) { return t.levels; }
double synonyms(const GrammarShape& t) { return t.synonyms; }
double classes(const GrammarShape& t) { return t.classes; }
double log_synonyms(const GrammarShape& t) { return std::log(t.synonyms); }
double log_law(const GrammarShape& t) { return std::log(law(t)); }
double one(const GrammarShape&) { return 1; }
double no_law(const GrammarShape&) { return NAN; }

constexpr Regression kRegressions[] = {
    {SummaryRow::Kind::per_level, without_levels, levels, one, true, synonyms},
    {SummaryRow::Kind::ratio_per_level, without_levels, levels, one, true, no_law},
    {SummaryRow::Kind::exponent_m, levels_only, log_synonyms, classes, false, levels},
    {SummaryRow::Kind::exponent_law, nothing, log_law, one, false, one},
};

using Tasks = std::vector<const Found*>;  // of one rule

/// What is known of each task, on the seeds that all of them have.
std::vector<std::vector<Bounds>> on_common_seeds(const Tasks& tasks) {
    std::vector<std::vector<Bounds>> out(tasks.size());
    for (const auto& [seed, first] : tasks[0]->by_seed) {
        const auto has = [seed = seed](const Found* task) { return task->by_seed.contains(seed); };
        if (!std::all_of(tasks.begin(), tasks.end(), has)) continue;
        for (std::size_t i = 0; i < tasks.size(); ++i) out[i].push_back(tasks[i]->by_seed.at(seed));
    }
    return out;
}

/// The slope through the tasks' medians and those through the medians of each resample, the same for all
/// tasks; NaN where one of them is only a bound.
std::vector<double> slopes(const Regression& of, const Tasks& tasks) {
    std::vector<double> x, out;
    std::vector<std::vector<double>> log_y;  // [draw][task]
    const auto seeds = on_common_seeds(tasks);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const GrammarShape& task = tasks[i]->curve->task;
        x.push_back(of.x(task));
        const std::vector<Bounds> draws = medians(seeds[i]);
        log_y.resize(draws.size());
        for (std::size_t d = 0; d < draws.size(); ++d)
            log_y[d].push_back(draws[d].known() ? std::log(draws[d].low / of.unit(task)) : NAN);
    }
    for (const std::vector<double>& y : log_y) out.push_back(of.factor ? std::exp(slope(x, y)) : slope(x, y));
    return out;
}

/// One regression for each rule and group of tasks; a task of which only a bound is known takes no part.
void add_regressions(std::vector<SummaryRow>& rows, const Regression& of, const std::vector<Found>& found) {
    std::map<std::tuple<std::size_t, std::string, TaskKey>, Tasks> groups;
    for (const Found& f : found) {
        if (!f.median.known()) continue;
        groups[{rule_rank(f.curve->rule), f.curve->label, task_key(of.group(f.curve->task))}].push_back(&f);
    }
    for (const auto& [key, tasks] : groups) {
        std::set<double> x;
        for (const Found* f : tasks) x.insert(of.x(f->curve->task));
        if (x.size() < 2) continue;
        const GrammarShape group = of.group(tasks[0]->curve->task);
        rows.push_back({of.kind, group, std::get<1>(key), NAN, tasks.size(), estimated(slopes(of, tasks)),
                        of.law_says(group)});
    }
}

}  // namespace

Config plain_run(const Measured& run) {
    Config plain;
    if (rule_rank(run.rule) < rules().size()) plain.rule = run.rule;
    plain.task = run.task;
    plain.classes = run.task.classes;
    plain.train_size = plain.test_size = 1;
    resolve(plain);
    Config like = plain;
    for (const char* option : kDefaultsDependOn)
        if (const std::string& value = run.options.at(option); !value.empty())
            set(like, *find_option(option), value);
    set_defaults(plain, defaults_of(like));
    return plain;
}

std::vector<Curve> curves_of(std::vector<Measured> runs, std::size_t& repeated, const Axis* axis) {
    std::map<Key, Curve> found;
    // runs of the same options are on one curve; on another axis those of each P
    std::map<std::tuple<std::string, TaskKey, Settings, double>, Curve*> by_settings;
    for (Measured& run : runs) {
        const double place = axis ? axis->place(run).value() : run.train_size;
        const GrammarShape task = axis ? axis->without(run.task) : run.task;
        auto [known, fresh] = by_settings.emplace(
            std::tuple(run.rule, task_key(task), run.options, axis ? run.train_size : 0), nullptr);
        if (fresh) {
            Settings::Map own = own_settings(run);
            if (axis) own = axis->without(std::move(own), run);
            known->second = &found[{task_key(task), rule_rank(run.rule), run.rule, std::move(own)}];
        }
        Curve& curve = *known->second;
        curve.task = task;
        curve.rule = run.rule;
        auto& by_seed = curve.points[place];
        auto at = by_seed.find(run.seed);
        repeated += at != by_seed.end();
        if (at != by_seed.end() && !run.ours && at->second.ours) continue;
        if (at != by_seed.end() && run.measurements.empty())  // a run that is measured is no other run
            run.measurements = std::move(at->second.measurements);
        by_seed[run.seed] = std::move(run);
    }
    using TaskAndRule = std::pair<TaskKey, std::string>;
    std::map<TaskAndRule, std::vector<const Settings::Map*>> settings;
    for (const auto& [key, curve] : found)
        settings[{std::get<0>(key), curve.rule}].push_back(&std::get<3>(key));
    std::vector<Curve> out;
    std::map<std::pair<TaskAndRule, std::string>, std::size_t> labels;
    for (auto& [key, curve] : found) {
        curve.label = curve.rule;
        for (const std::string& name : differing(settings[{std::get<0>(key), curve.rule}])) {
            auto at = std::get<3>(key).find(name);
            if (at != std::get<3>(key).end()) curve.label += setting_text(name, at->second, curve);
        }
        // files of one name and different contents
        if (std::size_t n = ++labels[{{std::get<0>(key), curve.rule}, curve.label}]; n > 1)
            curve.label += concat(" (", n, ")");
        out.push_back(std::move(curve));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const Curve& a, const Curve& b) {  // the plain rule before its variants
                         return std::tuple(task_key(a.task), rule_rank(a.rule), label_key(a.label))
                                < std::tuple(task_key(b.task), rule_rank(b.rule), label_key(b.label));
                     });
    return out;
}

std::vector<SummaryRow> accuracies_of(const std::vector<Curve>& curves) {
    std::vector<SummaryRow> rows;
    for (const Curve& curve : curves)
        for (const auto& [place, by_seed] : curve.points) {
            const double p = by_seed.begin()->second.train_size;
            rows.push_back({SummaryRow::Kind::accuracy, curve.task, curve.label, p, by_seed.size(),
                            estimated(means(numbers_of(by_seed))), NAN, place});
        }
    return rows;
}

std::vector<SummaryRow> summary_of(const std::vector<Curve>& curves) {
    using K = SummaryRow::Kind;
    std::vector<SummaryRow> rows = accuracies_of(curves);
    std::vector<Found> stars, ratios;
    for (const Curve& curve : curves) {
        stars.emplace_back(curve, stars_of(curve));
    }
    for (const Found& f : stars) {
        const std::string& file = f.curve->points.begin()->second.begin()->second.options.at("file");
        const auto is_bp = [&](const Found& other) {  // of the same file, when there is one of each
            const std::string& label = other.curve->label;
            return (label == "bp" || label == concat("bp file=", file)) && other.curve->task == f.curve->task;
        };
        const auto bp = std::find_if(stars.begin(), stars.end(), is_bp);
        if (bp == stars.end() || &*bp == &f) continue;
        ratios.emplace_back(*f.curve, ratios_of(f.by_seed, bp->by_seed));
    }
    for (const Found& f : stars) rows.push_back(f.row(K::p_star, law(f.curve->task)));
    for (const Found& f : ratios) rows.push_back(f.row(K::ratio, NAN));
    for (const Regression& r : kRegressions)
        add_regressions(rows, r, r.kind == K::ratio_per_level ? ratios : stars);
    return rows;
}

BySeed stars_of(const Curve& curve) {
    std::map<std::uint64_t, std::vector<std::pair<double, double>>> accuracies;  // of each seed, by P
    for (const auto& [p, by_seed] : curve.points)
        for (const auto& [seed, run] : by_seed)
            if (!std::isnan(run.test_accuracy)) accuracies[seed].emplace_back(p, run.test_accuracy);
    BySeed out;
    for (const auto& [seed, by_p] : accuracies) out[seed] = p_star(by_p, solved_accuracy(curve.task.classes));
    return out;
}

BySeed ratios_of(const BySeed& rule, const BySeed& bp) {
    BySeed out;
    for (const auto& [seed, star] : rule) {
        const auto other = bp.find(seed);
        if (other == bp.end()) continue;
        const Bounds ratio{star.low / other->second.high, star.high / other->second.low};
        if (ratio.low > 0 || ratio.high < INFINITY) out[seed] = ratio;
    }
    return out;
}

Estimated median_of(const BySeed& seeds) {
    std::vector<Bounds> values;
    for (const auto& [seed, value] : seeds) values.push_back(value);
    return estimated(medians(values));
}

}  // namespace rhm

#include "study/summary.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <set>
#include <tuple>

#include "base/error.hpp"
#include "base/text.hpp"
#include "study/reproduce.hpp"

namespace rhm {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity(),
                 kNaN = std::numeric_limits<double>::quiet_NaN();

/// Options that change with P, task and seed as a matter of course, or only how closely is looked: they make
/// no other curve.
bool makes_a_curve(const std::string& option, const Measured& run) {
    for (auto name : {"vocab", "classes", "synonyms", "tuple", "levels", "train-size", "test-size", "seed",
                      "rule", "eval-every", "measure", "measure-every", "measure-size", "grammar", "load"})
        if (option == name) return false;  // of files, their content makes a curve and not their name
    return option != "depth" || run.options.at(option) != std::to_string(run.task.levels);
}

auto task_key(const GrammarShape& t) {
    return std::tuple(law(t), t.levels, t.synonyms, t.classes, t.vocab, t.tuple);
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
    if (name == "downstream-mask") return concat(", ", value == "none" ? "no" : value, " downstream masks");
    return concat(" ", name, "=", value);
}

/// The options in which a run is no plain run of its rule: masks that are not exact, others that are not the
/// rule's defaults with those masks.
Settings::Map own_settings(const Measured& run) {
    Settings::Map own;
    const bool known = rule_rank(run.rule) < rules().size();
    Config plain;
    if (known) plain.rule = run.rule;
    plain.task = run.task, plain.classes = run.task.classes, plain.train_size = plain.test_size = 1;
    const Config exact = plain;
    for (const char* name : {"downstream-mask", "local-mask"})
        if (auto at = run.options.find(name); at != run.options.end())
            set(plain, *find_option(name), at->second);
    resolve(plain);
    for (const auto& [name, value] : run.options) {
        const Option* option = find_option(name);
        const std::string usual = !option ? "" : text_of(name.ends_with("-mask") ? exact : plain, *option);
        if (makes_a_curve(name, run) && value != usual)
            own[name] = value;  // an option that an older record does not know is as usual
    }
    return own;
}

using Key = std::tuple<decltype(task_key(GrammarShape{})), std::size_t, std::string, Settings::Map>;

/// Options in which the curves of one task and rule differ.
std::set<std::string> differing(const std::vector<const std::map<std::string, std::string>*>& settings) {
    std::set<std::string> names, out;
    for (const auto* s : settings)
        for (const auto& [name, value] : *s) names.insert(name);
    auto value = [](const std::map<std::string, std::string>& s, const std::string& name) {
        auto at = s.find(name);
        return at == s.end() ? std::string() : at->second;
    };
    for (const std::string& name : names)
        for (const auto* s : settings)
            if (value(*s, name) != value(*settings[0], name)) out.insert(name);
    return out;
}

using Seeds = std::set<std::uint64_t>;

Seeds seeds_of(const Curve& curve) {
    Seeds seeds;
    for (const auto& [p, by_seed] : curve.points)
        for (const auto& [seed, run] : by_seed) seeds.insert(seed);
    return seeds;
}

Seeds common(const Seeds& a, const Seeds& b) {
    Seeds out;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(out, out.end()));
    return out;
}

/// Every quantity is computed on some seeds themselves ([0]) and on each resample of them ([1..]).
using Draws = std::vector<double>;

/// The mean accuracies of one curve on some seeds and their resamples; NaN at a P at which none was run.
struct Means {
    std::vector<double> sizes;   ///< P
    std::vector<double> values;  ///< [draw][P]
    std::size_t draws = 0;

    std::vector<std::pair<double, double>> of(std::size_t draw) const {
        std::vector<std::pair<double, double>> out;
        for (std::size_t i = 0; i < sizes.size(); ++i)
            if (double mean = values[draw * sizes.size() + i]; !std::isnan(mean))
                out.emplace_back(sizes[i], mean);
        return out;
    }
    Draws at(std::size_t size) const {
        Draws out;
        for (std::size_t d = 0; d < draws; ++d) out.push_back(values[d * sizes.size() + size]);
        return out;
    }
};

/// The accuracies of a curve, [seed][P]; NaN where there is no run.
std::vector<double> accuracies(const Curve& curve, const Seeds& seeds) {
    std::vector<double> out;
    for (std::uint64_t seed : seeds)
        for (const auto& [p, by_seed] : curve.points) {
            auto run = by_seed.find(seed);
            out.push_back(run == by_seed.end() ? kNaN : run->second.test_accuracy);
        }
    return out;
}

Means means(const Curve& curve, const Seeds& seeds, bool resampled = true) {
    Means out;
    for (const auto& [p, by_seed] : curve.points) out.sizes.push_back(p);
    const std::vector<double> accuracy = accuracies(curve, seeds);
    const std::size_t count = out.sizes.size();
    std::vector<double> sums(count), runs(count);
    auto add = [&](std::span<const std::uint32_t> draw) {
        std::fill(sums.begin(), sums.end(), 0);
        std::fill(runs.begin(), runs.end(), 0);
        for (std::uint32_t seed : draw)
            for (std::size_t i = 0; i < count; ++i)
                if (const double a = accuracy[seed * count + i]; !std::isnan(a)) {
                    sums[i] += a;
                    ++runs[i];
                }
        for (std::size_t i = 0; i < count; ++i) out.values.push_back(runs[i] > 0 ? sums[i] / runs[i] : kNaN);
        ++out.draws;
    };
    std::vector<std::uint32_t> themselves(seeds.size());
    std::iota(themselves.begin(), themselves.end(), 0u);
    add(themselves);
    if (resampled) each_resample(seeds.size(), add);
    return out;
}

Draws p_stars(const Curve& curve, const Means& means) {
    Draws out;
    for (std::size_t d = 0; d < means.draws; ++d)
        out.push_back(p_star(means.of(d), solved_accuracy(curve.task.classes)));
    return out;
}
Draws p_stars(const Curve& curve, const Seeds& seeds, bool resampled = true) {
    return p_stars(curve, means(curve, seeds, resampled));
}

Estimated estimated(const Draws& draws) {
    if (std::isnan(draws[0])) return {'?', kNaN, kNaN, kNaN};
    auto [low, high] = central_interval({draws.begin() + 1, draws.end()});
    return {'=', draws[0], low, high};
}

/// What is known of a P* when the curve ends before it (infinite) or begins beyond it (0): it lies between
/// low and high.
struct Bounds {
    double low, high;
};

Bounds bounds(const Curve& curve, double star) {
    if (std::isinf(star)) return {curve.points.rbegin()->first, kInf};
    if (star == 0) return {0, curve.points.begin()->first};
    return {star, star};
}

/// The interval reaches from the low bounds' low end to the high bounds' high end. `value`: NaN when unknown,
/// infinite or 0 when only a bound.
Estimated estimated(double value, const std::vector<Bounds>& draws) {
    if (std::isnan(value)) return {'?', kNaN, kNaN, kNaN};
    Draws lows, highs;
    for (std::size_t d = 1; d < draws.size(); ++d)
        lows.push_back(draws[d].low), highs.push_back(draws[d].high);
    Estimated e{'=', value, central_interval(lows).first, central_interval(highs).second};
    if (std::isinf(value))
        e.bound = '>', e.value = draws[0].low;
    else if (value == 0)
        e.bound = '<', e.value = draws[0].high;
    return e;
}

Estimated estimated_star(const Curve& curve, const Means& means) {
    std::vector<Bounds> draws;
    const Draws stars = p_stars(curve, means);
    for (double star : stars) draws.push_back(bounds(curve, star));
    return estimated(stars[0], draws);
}

double ratio(
    double a,
    double b) {  // of two P*, each possibly 0 (below) or infinite (above); NaN when they cannot be compared
    if (std::isnan(a) || std::isnan(b) || (std::isinf(a) && std::isinf(b)) || (a == 0 && b == 0)) return kNaN;
    return b == 0 ? kInf : a / b;
}

Draws ratios(const Curve& curve, const Curve& bp, const Seeds& seeds, bool resampled) {
    Draws out = p_stars(curve, seeds, resampled), below = p_stars(bp, seeds, resampled);
    for (std::size_t d = 0; d < out.size(); ++d) out[d] = ratio(out[d], below[d]);
    return out;
}

Estimated estimated_ratio(const Curve& curve, const Curve& bp, const Seeds& seeds) {
    std::vector<Bounds> draws;
    const Draws above = p_stars(curve, seeds), below = p_stars(bp, seeds);
    for (std::size_t d = 0; d < above.size(); ++d) {
        Bounds a = bounds(curve, above[d]), b = bounds(bp, below[d]);
        draws.push_back({a.low / b.high, a.high / b.low});
    }
    return estimated(ratio(above[0], below[0]), draws);
}

/// A curve and, when there is one, bp's on the same task; `seeds`: those that both have.
struct Found {
    const Curve* curve;
    const Curve* bp;
    Seeds seeds;
};

/// Regression of log y on x over tasks, one y of each per draw; draws in which some y is only a bound are
/// left out.
SummaryRow regression(SummaryRow::Kind kind, const std::string& label, const GrammarShape& task,
                      const std::vector<double>& x, const std::vector<Draws>& y, bool factor,
                      double law_says) {
    Draws slopes(y[0].size());
    for (std::size_t d = 0; d < slopes.size(); ++d) {
        std::vector<double> log_y;
        for (const Draws& draws : y) log_y.push_back(std::log(draws[d]));
        bool all = std::all_of(log_y.begin(), log_y.end(), [](double v) { return std::isfinite(v); });
        double s = all ? slope(x, log_y) : kNaN;
        slopes[d] = factor ? std::exp(s) : s;
    }
    return {kind,    task,     label,
            kNaN,    x.size(), slopes[0] == 0 ? Estimated{'=', 0, 0, 0} : estimated(slopes),
            law_says};
}

bool inside(double p) { return std::isfinite(p) && p > 0; }

/// One regression for each group of tasks, on the seeds that all of them have: `group` blanks what may vary,
/// x is what log y is regressed on.
template <class Group, class X, class Y>
void add_regressions(std::vector<SummaryRow>& rows, SummaryRow::Kind kind, const std::vector<Found>& found,
                     bool factor, Group group, X x, Y y,
                     const std::function<double(const GrammarShape&)>& law_says) {
    std::map<std::tuple<std::size_t, std::string, decltype(task_key(GrammarShape{}))>,
             std::vector<const Found*>>
        groups;
    for (const Found& f : found)
        if (inside(y(f, f.seeds, false)[0]))
            groups[{rule_rank(f.curve->rule), f.curve->label, task_key(group(f.curve->task))}].push_back(&f);
    for (const auto& [key, members] : groups) {
        std::vector<double> xs;
        Seeds seeds = members[0]->seeds;
        for (const Found* f : members) xs.push_back(x(f->curve->task)), seeds = common(seeds, f->seeds);
        if (std::set<double>(xs.begin(), xs.end()).size() < 2) continue;
        std::vector<Draws> ys;
        for (const Found* f : members) ys.push_back(y(*f, seeds, true));
        GrammarShape task = group(members[0]->curve->task);
        rows.push_back(regression(kind, std::get<1>(key), task, xs, ys, factor, law_says(task)));
    }
}

void add_scaling(std::vector<SummaryRow>& rows, const std::vector<Found>& found) {
    using K = SummaryRow::Kind;
    auto without_levels = [](GrammarShape t) {
        t.levels = 0;
        return t;
    };
    auto levels_only = [](GrammarShape t) {
        t.vocab = t.classes = t.synonyms = 0;
        return t;
    };
    auto nothing = [](GrammarShape) { return GrammarShape{0, 0, 0, 0, 0}; };
    auto levels = [](const GrammarShape& t) { return static_cast<double>(t.levels); };
    auto stars = [](const Found& f, const Seeds& seeds, bool resampled) {
        return p_stars(*f.curve, seeds, resampled);
    };
    auto to_bp = [](const Found& f, const Seeds& seeds, bool resampled) {
        return f.bp && f.bp != f.curve ? ratios(*f.curve, *f.bp, seeds, resampled) : Draws{kNaN};
    };
    add_regressions(rows, K::per_level, found, true, without_levels, levels, stars,
                    [](const GrammarShape& t) { return static_cast<double>(t.synonyms); });
    add_regressions(rows, K::ratio_per_level, found, true, without_levels, levels, to_bp,
                    [](const GrammarShape&) { return kNaN; });
    add_regressions(
        rows, K::exponent_m, found, false, levels_only,
        [](const GrammarShape& t) { return std::log(t.synonyms); },
        [](const Found& f, const Seeds& seeds, bool resampled) {
            Draws scaled = p_stars(*f.curve, seeds, resampled);
            for (double& p : scaled) p /= f.curve->task.classes;
            return scaled;
        },
        levels);
    add_regressions(
        rows, K::exponent_law, found, false, nothing, [](const GrammarShape& t) { return std::log(law(t)); },
        stars, [](const GrammarShape&) { return 1.0; });
}

}  // namespace

std::vector<Curve> curves_of(std::vector<Measured> runs, std::size_t& repeated) {
    std::map<Key, Curve> found;
    std::map<const void*, Curve*> by_settings;  // runs that share their options are on one curve
    std::vector<Settings> alive;                // so that no address is used twice
    for (Measured& run : runs) {
        auto [known, fresh] = by_settings.emplace(run.options.address(), nullptr);
        if (fresh) {
            alive.push_back(run.options);
            known->second = &found[{task_key(run.task), rule_rank(run.rule), run.rule, own_settings(run)}];
        }
        Curve& curve = *known->second;
        curve.task = run.task;
        curve.rule = run.rule;
        auto& by_seed = curve.points[run.train_size];
        auto at = by_seed.find(run.seed);
        repeated += at != by_seed.end();
        if (at == by_seed.end() || run.ours || !at->second.ours) by_seed[run.seed] = std::move(run);
    }
    using Tasks = std::tuple<decltype(task_key(GrammarShape{})), std::string>;
    std::map<Tasks, std::vector<const Settings::Map*>> settings;
    for (const auto& [key, curve] : found)
        settings[{std::get<0>(key), curve.rule}].push_back(&std::get<3>(key));
    std::vector<Curve> out;
    std::map<std::pair<Tasks, std::string>, std::size_t> labels;
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
                         return std::tuple(task_key(a.task), rule_rank(a.rule), a.label)
                                < std::tuple(task_key(b.task), rule_rank(b.rule), b.label);
                     });
    return out;
}

std::vector<SummaryRow> summary_of(const std::vector<Curve>& curves) {
    using K = SummaryRow::Kind;
    std::vector<SummaryRow> rows, stars, to_bp;
    std::vector<Found> found;
    for (const Curve& curve : curves) {
        const Seeds seeds = seeds_of(curve);
        const Means drawn = means(curve, seeds);
        for (std::size_t i = 0; i < drawn.sizes.size(); ++i) {
            const double p = drawn.sizes[i];
            const Draws draws = drawn.at(i);
            Estimated e{'=', draws[0], 0, 0};
            std::tie(e.low, e.high) = central_interval({draws.begin() + 1, draws.end()});
            rows.push_back({K::accuracy, curve.task, curve.label, p, curve.points.at(p).size(), e, kNaN});
        }
        stars.push_back({K::p_star, curve.task, curve.label, kNaN, seeds.size(), estimated_star(curve, drawn),
                         law(curve.task)});
        auto bp = std::find_if(curves.begin(), curves.end(), [&](const Curve& other) {
            return other.label == "bp" && other.task == curve.task;
        });
        found.push_back({&curve, bp == curves.end() ? nullptr : &*bp,
                         bp == curves.end() ? seeds : common(seeds, seeds_of(*bp))});
    }
    for (const Found& f : found) {
        if (!f.bp || f.bp == f.curve) continue;
        to_bp.push_back({K::ratio, f.curve->task, f.curve->label, kNaN, f.seeds.size(),
                         estimated_ratio(*f.curve, *f.bp, f.seeds), kNaN});
    }
    rows.insert(rows.end(), stars.begin(), stars.end());
    rows.insert(rows.end(), to_bp.begin(), to_bp.end());
    add_scaling(rows, found);
    return rows;
}

}  // namespace rhm

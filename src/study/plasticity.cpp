#include "study/plasticity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/theory.hpp"

namespace rhm {
namespace {

struct Aid {
    std::string_view name, without;
};
constexpr Aid kAids[] = {
    {"nothing", ""},
    {"adam", "optimizer=sgd weight-decay=0"},
    {"sharing", "arch=lcn"},
    {"batch", "batch=1 weight-decay=0.01"},
    {"head", "head=0 head-hidden=0"},
    {"all", "optimizer=sgd weight-decay=0 arch=lcn batch=1 head=0 head-hidden=0"},
};

/// What a rule does instead, and the rates and scales that were best of a grid of eight (without all: of
/// twelve) for each on one grammar that no table shows: examples/full/tune/plasticity.csv. Without an aid
/// that is not listed here nothing else is changed.
struct Form {
    std::string_view rule, without, options;
};
constexpr Form kForms[] = {
    {"clapp", "adam", "lr=0.3 init-scale=0.3"},
    {"clapp", "batch", "online=1 lr=0.001 init-scale=1"},
    {"clapp", "head", "hebbian=true lr=0.003 init-scale=1"},
    {"clapp", "all", "hebbian=true online=1 lr=0.003 init-scale=2"},
    {"vicreg", "adam", "lr=1 init-scale=1"},
    {"vicreg", "batch", "online=30 lr=0.003 init-scale=1"},
    {"vicreg", "head", "lr=0.003 init-scale=1"},
    {"vicreg", "all", "online=30 lr=0.03 init-scale=2"},
    {"lpl", "adam", "lr=0.3 init-scale=1"},
    {"lpl", "batch", "online=30 lr=0.003 init-scale=1"},
    {"lpl", "head", "lr=0.003 init-scale=1"},
    {"lpl", "all", "online=30 lr=0.01 init-scale=2"},
    {"bp", "adam", "lr=1 init-scale=0.3"},
    {"bp", "batch", "lr=0.003 init-scale=0.1"},
    {"bp", "all", "lr=0.03 init-scale=0.3"},
    {"dfa", "adam", "lr=0.3 init-scale=0.3"},
    {"dfa", "batch", "lr=0.001 init-scale=1"},
    {"dfa", "all", "lr=0.03 init-scale=0.3"},
};

const Form* form_of(std::string_view rule, std::string_view without) {
    for (const Form& form : kForms)
        if (form.rule == rule && form.without == without) return &form;
    return nullptr;
}

/// Takes an aid away from a configuration's rule.
void take_away(Config& config, const Aid& aid) {
    std::string options(aid.without);
    const bool paired = find_rule(config.rule).wants_pairs();
    if (const std::size_t head = options.find("head=0"); !paired && head != std::string::npos)
        options.resize(head ? head - 1 : 0);
    set_all(config, options);
    if (const Form* form = form_of(config.rule, aid.name)) set_all(config, form->options);
}

std::vector<Config> runs_of(Config config, const Aid& aid) {
    take_away(config, aid);
    if (config.batch == 1) config.steps *= 50;
    if (find_rule(config.rule).wants_pairs()) config.steps /= 2;
    config.eval_every = config.batch == 1 ? 2000 : 100;
    return on_seeds(config);
}

/// v = n_c = 4 at P = 8 n_c m^L: the rules of `rules` without each of `aids`.
PlasticityTask task_of(const Config& base, int synonyms, int levels, std::span<const std::string_view> rules,
                       std::span<const Aid> aids) {
    Config config = base;
    config.task = {4, 4, synonyms, 2, levels};
    config.classes = 4;
    config.train_size = std::llround(8 * law(config.task));
    config.test_size = synonyms == 2 ? 200 : 1000;
    PlasticityTask task{config.task, config.train_size, {}};
    for (std::string_view rule : rules)
        for (const Aid& aid : aids) {
            config.rule = rule;
            const bool has = aid.name != "head" || find_rule(rule).wants_pairs();
            if (has && is_chosen(base, rule))
                task.rows.push_back({{runs_of(config, aid), {}}, rule, aid.name});
        }
    return task;
}

double quantile(std::vector<double> values, double q) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

const PlasticityRow* strict_row(const PlasticityTask& task, std::string_view rule) {
    for (const PlasticityRow& row : task.rows)
        if (row.rule == rule && row.without == "all") return &row;
    return nullptr;
}

}  // namespace

void make_strict(Config& config) {
    if (!form_of(config.rule, "all"))
        fail(Exit::input, "there is no strict form of '", config.rule, "'; of ",
             join(kSubjects, ", ", " and "), " there is");
    take_away(config, std::end(kAids)[-1]);
}

std::vector<PlasticityTask> plasticity_plan(const Config& base) {
    if (base.smoke) return {task_of(base, 2, 3, kSubjects, kAids)};
    return {task_of(base, 3, 3, kSubjects, kAids), task_of(base, 3, 4, kSubjects, kAids)};
}

std::vector<PlasticityTask> strict_plan(const Config& base) {
    const auto rules = std::span(kSubjects).first(2);
    const auto all = std::span(kAids).last(1);
    if (base.full && !base.smoke) return {task_of(base, 3, 3, rules, all), task_of(base, 3, 4, rules, all)};
    Config config = base;
    config.steps = std::min<std::int64_t>(config.steps, base.smoke ? 800 : 1600);
    return {task_of(config, 2, 3, rules, all)};
}

double strings_until_solved(const Config& config, const Result& result) {
    if (!result.solved_step) return std::numeric_limits<double>::infinity();
    return static_cast<double>(*result.solved_step) * config.batch
           * (find_rule(config.rule).wants_pairs() ? 2 : 1);
}

Presentations presentations(const PlasticityRow& row) {
    std::vector<double> strings;
    for (std::size_t i = 0; i < row.results.size(); ++i)
        strings.push_back(strings_until_solved(row.configs[i], row.results[i]));
    return {quantile(strings, 0.5), quantile(strings, 0), quantile(strings, 1)};
}

Audit strict_audit(std::string_view rule) {
    Config config;
    config.rule = rule;
    make_strict(config);
    return audit(find_rule(rule), config);
}

Verdict judge_plasticity(const std::vector<PlasticityTask>& tasks) {
    struct Judged {
        std::string_view rule;
        bool local, run = false, learns = true;
    };
    Judged rules[] = {{"clapp", false}, {"vicreg", false}, {"lpl", false}};
    std::string evidence;
    for (Judged& j : rules) {
        const Plasticity kind = strict_audit(j.rule).plasticity();
        j.local =
            kind == Plasticity::two_factor || kind == Plasticity::three_factor || kind == Plasticity::lateral;
        for (const PlasticityTask& task : tasks) {
            const PlasticityRow* row = strict_row(task, j.rule);
            if (!row || row->results.empty()) continue;
            if (!j.run)
                evidence += concat(evidence.empty() ? "" : "; ", j.rule, ": ",
                                   kPlasticityNames[static_cast<std::size_t>(kind)]);
            j.run = true;
            std::vector<double> accuracies;
            for (const Result& r : row->results)
                accuracies.push_back(counted(r, task.shape.classes).test_accuracy);
            const double median = quantile(accuracies, 0.5);
            j.learns = j.learns && median >= solved_accuracy(task.shape.classes);
            evidence +=
                concat(", ", fixed(median, 3), " at m=", task.shape.synonyms, " L=", task.shape.levels);
        }
    }
    const auto good = [](const Judged& j) { return j.local && j.run && j.learns; };
    Verdict verdict{
        "Layerwise self-supervised rules are compatible with known plasticity: without batches, "
        "Adam, shared weights and heads their updates are local, and they still learn.",
        concat(evidence,
               "; one pair at a time, plain descent, each position its own weights, no "
               "head; medians of test accuracy"),
        std::nullopt};
    const bool contrastive = rules[0].run, other = rules[1].run || rules[2].run;
    if (contrastive && other) verdict.holds = good(rules[0]) && (good(rules[1]) || good(rules[2]));
    return verdict;
}

}  // namespace rhm

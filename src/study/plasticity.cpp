#include "study/plasticity.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/theory.hpp"

namespace rhm {
namespace {

struct Aid {
    std::string_view name, without, of_pairs;  ///< options; of_pairs: for the rules with a head, too
};
constexpr Aid kAids[] = {
    {"nothing", "", ""},
    {"adam", "optimizer=sgd weight-decay=0", "head-depth=1 head-init-scale=1 head-centre=off positives=pair"},
    {"sharing", "arch=lcn", ""},
    {"batch", "batch=1 weight-decay=0.01", "head-depth=1 head-init-scale=1 head-centre=off"},
    {"head", "", "head=0 head-hidden=0 head-centre=off"},
    {"all", "optimizer=sgd weight-decay=0 arch=lcn batch=1", "head=0 head-hidden=0 head-centre=off"},
};

/// What a rule does instead, and the rates and scales that were best of a grid of eight (without all: of
/// twelve) for each on one grammar that no table shows: examples/full/tune/plasticity.csv. Without an aid
/// that is not listed here nothing else is changed. (Heads had one layer and no centre, and a datum one
/// positive then, and other constants were those named here, too.)
struct Form {
    std::string_view rule, without, options;
};
constexpr Form kForms[] = {
    {"clapp", "adam", "lr=0.3 init-scale=0.3 margin=1.9"},
    {"clapp", "batch", "online=1 lr=0.001 init-scale=1 margin=1.9"},
    {"clapp", "head", "hebbian=true lr=0.003 init-scale=1 weight-decay=0.012 margin=1.9"},
    {"clapp", "all", "hebbian=true online=1 lr=0.003 init-scale=2 margin=1.9"},
    {"vicreg", "adam", "lr=1 init-scale=1 variance=1.8 covariance=0.073"},
    {"vicreg", "batch", "online=30 lr=0.003 init-scale=1 variance=1.8 covariance=0.073"},
    {"vicreg", "head", "lr=0.003 init-scale=1 weight-decay=0.1 variance=1.8 covariance=0.073 positives=pair"},
    {"vicreg", "all", "online=30 lr=0.03 init-scale=2 variance=1.8 covariance=0.073"},
    {"lpl", "adam", "lr=0.3 init-scale=1 head-levels=20"},
    {"lpl", "batch", "online=30 lr=0.003 init-scale=1 head-levels=20"},
    {"lpl", "head", "lr=0.003 init-scale=1 positives=pair"},
    {"lpl", "all", "online=30 lr=0.01 init-scale=2"},
    {"bp", "adam", "lr=1 init-scale=0.3"},
    {"bp", "batch", "lr=0.003 init-scale=0.1"},
    {"bp", "all", "lr=0.03 init-scale=0.3"},
    {"dfa", "adam", "lr=0.3 init-scale=0.3 feedback-scale=0.26"},
    {"dfa", "batch", "lr=0.001 init-scale=1 epsilon=1e-8 feedback-scale=0.26"},
    {"dfa", "all", "lr=0.03 init-scale=0.3 feedback-scale=0.26"},
};

const Form* form_of(std::string_view rule, std::string_view without) {
    for (const Form& form : kForms)
        if (form.rule == rule && form.without == without) return &form;
    return nullptr;
}

/// Takes an aid away from a configuration's rule.
void take_away(Config& config, const Aid& aid) {
    set_all(config, aid.without);
    if (find_rule(config.rule).wants_pairs()) set_all(config, aid.of_pairs);
    if (const Form* form = form_of(config.rule, aid.name)) set_all(config, form->options);
}

std::vector<Config> runs_of(Config config, const Aid& aid, int seeds) {
    take_away(config, aid);
    if (config.batch == 1) config.steps *= 50;
    if (find_rule(config.rule).wants_pairs()) config.steps /= 2;
    config.eval_every = config.batch == 1 ? 2000 : 100;
    return on_seeds(config, seeds);
}

/// v = n_c = 4 at P = 8 n_c m^L: the rules of `rules` without each of `aids`.
PlasticityTask task_of(const Request& base, int synonyms, int levels, std::span<const std::string_view> rules,
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
                task.rows.push_back({{runs_of(config, aid, base.seeds), {}}, rule, aid.name});
        }
    return task;
}

}  // namespace

void make_strict(Config& config) {
    if (!form_of(config.rule, "all"))
        fail(Exit::input, "there is no strict form of '", config.rule, "'; of ",
             join(kSubjects, ", ", " and "), " there is");
    take_away(config, std::end(kAids)[-1]);
}

static std::vector<PlasticityTask> tasks_of(const Request& base, bool small,
                                            std::span<const std::string_view> rules,
                                            std::span<const Aid> aids) {
    if (small) return {task_of(base, 2, 3, rules, aids)};
    return {task_of(base, 3, 3, rules, aids), task_of(base, 3, 4, rules, aids)};
}

std::vector<PlasticityTask> plasticity_plan(const Request& base) {
    return tasks_of(base, base.smoke, kSubjects, kAids);
}

std::vector<PlasticityTask> strict_plan(const Request& base) {
    const bool small = base.smoke || !base.full;
    Request config = base;
    if (small) config.steps = std::min<std::int64_t>(config.steps, base.smoke ? 800 : 1600);
    return tasks_of(config, small, std::span(kSubjects).first(2), std::span(kAids).last(1));
}

double strings_until_solved(const Config& config, const Result& result) {
    if (!result.solved_step) return INFINITY;
    return double(*result.solved_step) * config.batch * (find_rule(config.rule).wants_pairs() ? 2 : 1);
}

Spread spread_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return {values[(values.size() - 1) / 2], values.front(), values.back()};
}

Audit strict_audit(std::string_view rule) {
    Config config;
    config.rule = rule;
    make_strict(config);
    return audit(find_rule(rule), config);
}

namespace {

bool is_local(Plasticity kind) {
    return kind == Plasticity::two_factor || kind == Plasticity::three_factor || kind == Plasticity::lateral;
}

/// Whether the strict form of a rule is local and solves every task: false when it is not local or solves
/// some task on no seed, undecided when seeds differ, nothing when it was not run.
std::optional<Judged> strict_form(std::string_view rule, const std::vector<PlasticityTask>& tasks,
                                  Verdict& verdict) {
    std::string known;
    Judged all = true;
    for (const PlasticityTask& task : tasks) {
        const auto row = std::find_if(task.rows.begin(), task.rows.end(), [&](const PlasticityRow& r) {
            return r.rule == rule && r.without == "all";
        });
        if (row == task.rows.end() || row->results.empty()) continue;
        std::vector<double> accuracies;
        for (const Result& r : row->results)
            accuracies.push_back(counted(r, task.shape.classes).test_accuracy);
        const Spread spread = spread_of(accuracies);
        all = all_of(all, solves(accuracies, solved_accuracy(task.shape.classes)));
        const std::string name = concat(rule, "_L", task.shape.levels);
        verdict.numbers.insert(
            verdict.numbers.end(),
            {{name, spread.median}, {name + "_low", spread.low}, {name + "_high", spread.high}});
        known += concat(", ", fixed(spread.median, 3), " (", fixed(spread.low, 3), " to ",
                        fixed(spread.high, 3), ") at m=", task.shape.synonyms, " L=", task.shape.levels);
    }
    if (known.empty()) return std::nullopt;
    const Plasticity kind = strict_audit(rule).plasticity();
    verdict.evidence += concat(rule, ": ", name_of(kind, kPlasticityNames), known, "; ");
    return all_of(is_local(kind), all);
}

}  // namespace

Verdict judge_plasticity(const std::vector<PlasticityTask>& tasks) {
    Verdict verdict{"plasticity",
                    "Layerwise self-supervised rules are compatible with known plasticity: without batches, "
                    "Adam, shared weights and heads their updates are local, and they still learn.",
                    ""};
    const auto of = [&](std::string_view rule) { return strict_form(rule, tasks, verdict); };
    const std::optional<Judged> clapp = of("clapp"), vicreg = of("vicreg"), lpl = of("lpl");
    const Judged others = vicreg && lpl ? any_of(*vicreg, *lpl) : vicreg ? *vicreg : lpl.value_or(Judged());
    verdict.evidence +=
        "one pair at a time, plain descent, each position its own weights, no head; test accuracy, median "
        "and "
        "range of the seeds";
    if (clapp && (vicreg || lpl)) verdict.holds = all_of(*clapp, others);
    return verdict;
}

}  // namespace rhm

#include "train/options.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/theory.hpp"
#include "rules/pairs.hpp"

namespace rhm {

Grammar grammar_of(const Config& config) {
    if (config.carried) return *config.carried;
    if (!config.grammar.empty()) {
        std::lock_guard lock(config.files->mutex);
        auto& read = config.files->grammars[config.grammar];
        if (!read) read = std::make_shared<const Grammar>(Grammar::load(config.grammar));
        return *read;
    }
    return config.no_correlation ? Grammar::no_correlation(config.task, config.seed)
                                 : Grammar(config.task, config.seed);
}

SplitSizes sizes_of(const Config& config) {
    return {std::size_t(config.train_size), std::size_t(config.test_size),
            std::size_t(config.validation_size), config.uniform};
}

NetworkShape shape_of(const Config& config) {
    return network_shape(config.task, config.arch, std::size_t(*config.depth), std::size_t(config.width),
                         config.bias, config.norm);
}

GrammarShape task_of(const Config& config) {
    if (!config.grammar.empty()) return grammar_of(config).shape();
    GrammarShape task = config.task;
    task.classes = config.classes.value_or(task.vocab);
    return task;
}

/// What is given besides a grammar's file must agree with it.
static void resolve_task(Config& config) {
    const GrammarShape task = task_of(config);
    if (!config.grammar.empty()) {
        if (config.no_correlation)
            fail(Exit::usage, "--grammar and --control both choose the rules; give one of them");
        GrammarShape asked = config.task;
        asked.classes = config.classes.value_or(task.classes);
        for (const auto& [name, part] : kShapeParts)
            if (is_given(config, name) && task.*part != asked.*part)
                fail(Exit::usage, "--", name, " ", asked.*part, " contradicts the grammar in '",
                     config.grammar, "', where it is ", task.*part, "; leave the option out");
    }
    config.task = task;
    config.classes = config.task.classes;
    if (config.carried && config.carried->shape() != config.task)
        fail(Exit::input, "the saved network carries the grammar of another task; save it anew");
    check(config.task);
    if (!config.times_law) return;
    if (is_given(config, "train-size"))
        fail(Exit::usage, "--train-size and --times-law both say how many data there are; give one of them");
    config.train_size = std::llround(*config.times_law * law(config.task));
}

/// What concerns the rules that learn from pairs.
static void resolve_pairs(Config& config, const Rule& rule) {
    const RuleOptions& constants = config.constants;
    const Pairing views = constants.pairing;
    const bool siblings = views == Pairing::siblings;
    if (config.schedule == Schedule::end_to_end && siblings)
        fail(Exit::usage,
             "the top layer has no siblings to send a loss down from; leave out --views siblings");
    if (!rule.wants_pairs()) {
        const char* option = views != Pairing::classes ? "views"
                             : config.readout_labels   ? "readout-labels"
                                                       : nullptr;
        if (option)
            fail(Exit::usage, "--", option, " is for the rules that learn from pairs; '", rule.name,
                 "' does not");
    }
    if (views == Pairing::synonyms) {
        if (!config.view_level) config.view_level = std::max(1, config.task.levels - 1);
        if (*config.view_level > config.task.levels)
            fail(Exit::usage, "--view-level ", *config.view_level,
                 " is above the top level; the task has L = ", config.task.levels);
    } else if (config.view_level) {
        fail(Exit::usage, "--view-level is for --views synonyms, not ", name_of(views, kPairingNames));
    }
    if (constants.online > 0 && !rule.compares())
        fail(Exit::usage, "--online is for clapp, infonce, ff, vicreg, barlow and lpl, which compare data; '",
             rule.name, "' does not");
    if (constants.online > 0 && siblings)
        fail(Exit::usage, "--online is for pairs of strings; leave out --views siblings");
    if (constants.class_positives && is_given(config, "positives") && !has_class_positives(constants))
        fail(Exit::usage,
             "--positives class is for batches of class pairs; leave it out or --views, --online and "
             "--hebbian");
    if (constants.online > 0 && constants.online < 1)
        fail(Exit::usage, "--online takes a number of pairs, 1 or more, or 0, not ",
             number(constants.online));
    if (config.batch == 1 && rule.wants_pairs() && constants.online == 0)
        fail(Exit::usage, "'", rule.name, "' compares the data of a batch; give --batch 2 or more",
             rule.compares() ? ", or --online T" : "");
    if (config.batch == 1 && constants.online == 1 && rule.loss.contrastive && constants.head_centre
        && constants.head > 0)
        fail(Exit::usage,
             "the mean of --head-centre would be that of the one pair itself; give --online 2 or ",
             "more, --batch 2 or more, or --head-centre off");
    if (siblings && (config.arch != Arch::cnn || config.task.levels < 2))
        fail(Exit::usage,
             "siblings are neighbouring positions with the same weights: use --arch cnn and L >= 2");
    if (config.readout_labels > config.train_size)
        fail(Exit::usage, "--readout-labels ", config.readout_labels, " is more than the ", config.train_size,
             " training data; lower it or raise -P");
}

std::string defaults_of(const Config& config) {
    return find_rule(config.rule)
        .defaults_at(config.depth.value_or(config.task.levels), config.constants.masks_changed());
}

void resolve(Config& config) {
    const Rule& rule = find_rule(config.rule);
    resolve_task(config);
    if (!config.depth) config.depth = config.task.levels;
    set_defaults(config, defaults_of(config));
    resolve_pairs(config, rule);
    if (config.constants.masks_changed() && !rule.chain)
        fail(Exit::usage, "--downstream-mask and --local-mask change bp, fa and sign_symmetry only; '",
             config.rule, "' sends no signal from layer to layer");
    if (config.schedule != Schedule::joint && !rule.is_local())
        fail(Exit::usage, "--schedule is for rules whose layers have losses of their own; '", rule.name,
             "' has none");
    const Mask mask = config.constants.downstream_mask;
    if (config.batch == 1 && (config.norm || mask == Mask::mean || mask == Mask::shuffled))
        fail(Exit::usage, "--norm batch and --downstream-mask mean or shuffled need --batch 2 or more");
    if (config.measure_every && config.measure.empty())
        fail(Exit::usage, "--measure-every says how often; say what with --measure, e.g. --measure probes");
    measures_of(config.measure);
    if (config.task.synonyms < 2 && config.measure.find("sensitivity") != std::string::npos)
        fail(Exit::usage,
             "--measure sensitivity swaps synonyms, and with m = 1 there are none; raise -m to 2 or more");
    shape_of(config);
    block_scales(config);
    check(config.task, sizes_of(config));
}

std::vector<std::string_view> measures_of(std::string_view list) {
    std::vector<std::string_view> asked, out;
    if (!list.empty()) asked = split(list, ',');
    for (std::string_view word : asked) {
        if (word == "all" || contains(kMeasureNames, word)) continue;
        auto guess = nearest(word, kMeasureNames);
        fail(Exit::usage, "--measure takes ", join(kMeasureNames, ", ", " and "),
             " joined by commas, or all, not '", word, "'",
             guess.empty() ? std::string() : concat(" (did you mean '", guess, "'?)"));
    }
    for (std::string_view name : kMeasureNames)
        if (contains(asked, name) || contains(asked, "all")) out.push_back(name);
    return out;
}

std::vector<double> block_scales(const Config& config) {
    std::vector<double> scales;
    if (config.lr_scale.empty()) return scales;
    const std::size_t depth = std::size_t(*config.depth);
    for (std::string_view word : split(config.lr_scale, ',')) {
        auto x = parse_double(word);
        if (!x || !(*x >= 0 && *x <= 1e6))
            fail(Exit::usage, "--lr-scale takes numbers from 0 to 1000000 with commas between, not '", word,
                 "'");
        for (int copies = config.bias ? 2 : 1; copies > 0; --copies)
            scales.push_back(*x);  // weights and bias
    }
    const std::size_t given = scales.size() / (config.bias ? 2 : 1);
    if (given != depth && given != depth + 1)
        fail(Exit::usage, "--lr-scale has ", given, " factors, but the network has ", depth,
             " hidden layers; give ", depth, ", or ", depth + 1, " with the readout's");
    if (given == depth) scales.resize((depth + 1) * (config.bias ? 2 : 1), 1.0);
    return scales;
}

std::string told(const Config& config) {
    switch (find_rule(config.rule).told) {
        case Told::labels:
            return "labels";
        case Told::nothing:
            return "nothing";
        case Told::pairs:
            break;
    }
    switch (config.constants.pairing) {
        case Pairing::classes:
            return "labels as pairs";
        case Pairing::synonyms:
            return config.view_level == config.task.levels ? "generator, class as pairs"
                                                           : "generator's synonyms";
        case Pairing::siblings:
            break;
    }
    if (int(*config.depth) < config.task.levels) return "nothing";  // every layer has siblings
    return concat("nothing; top layer: ", config.readout_labels ? config.readout_labels : config.train_size,
                  " labels");
}

}  // namespace rhm

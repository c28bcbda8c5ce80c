#include "train/advice.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "train/options.hpp"

namespace rhm {
namespace {

/// The largest learning rate of a layer.
double largest_rate(const Config& config) {
    const std::vector<double> scales = block_scales(config);
    return *config.lr * (scales.empty() ? 1 : *std::max_element(scales.begin(), scales.end()));
}

/// The share of a weight that decays in a step, w -= share w: from 2 on it grows instead.
double decay_of(const Config& config, double rate) {
    double decay = config.weight_decay;
    if (config.rule == "dkp" && config.optimizer == Optimizer::sgd) decay += config.constants.decay;
    return rate * decay;
}

/// The same of the weights of local heads and predictors.
double head_decay_of(const Config& config) {
    return find_rule(config.rule).wants_pairs()
               ? *config.lr * config.weight_decay * config.constants.head_decay
               : 0;
}

/// What --head-init-scale makes of the outputs of a local head at the start.
double head_scale_of(const Config& config) {
    const RuleOptions& options = config.constants;
    const bool scaled = find_rule(config.rule).wants_pairs() && options.head && options.head_hidden;
    return scaled ? std::pow(options.head_init_scale, options.head_depth) : 1;
}

int depth_of(const Config& config) { return config.depth.value_or(config.task.levels); }

/// Whether the decay is the rule's default: then it is the learning rate that is unusual.
bool usual_decay(const Config& config) {
    Config plain;
    set_defaults(plain, defaults_of(config));
    return config.weight_decay == plain.weight_decay
           && config.constants.head_decay == plain.constants.head_decay
           && (config.rule != "dkp" || config.constants.decay == plain.constants.decay);
}

std::string decay_advice(const char* option, const char* rate, double share) {
    return concat("lower --", option, ": times the ", rate, " it is ", number(share),
                  ", and from 2 on it makes weights grow");
}

std::string initial_advice(const Config& config) {
    if (!config.load.empty()) return concat("the network in '", config.load, "' is too large to go on from");
    if (config.init_scale > 1) return "lower --init-scale";
    if (head_scale_of(config) > 1) return "lower --head-init-scale";
    return concat(
        "with these data '", config.rule,
        "' begins with a number that is too large: take the rule's constants nearer to their defaults");
}

std::string layers_text(const std::vector<std::int64_t>& layers) {
    return concat(layers.size() == 1 ? "hidden layer " : "hidden layers ", join(layers, ", ", " and "));
}

/// What makes layers fall silent, by the configuration.
std::string silence_advice(const Config& config) {
    if (decay_of(config, largest_rate(config)) >= 0.5 && !usual_decay(config))
        return "--weight-decay times the learning rate takes the weights away: lower it";
    if (config.init_scale < 0.003) return "the initial weights are small: raise --init-scale";
    // at L = 5 vicreg learns from 1e-3 and collapses from 1.25e-4, but for a small --epsilon
    if (head_scale_of(config) < 1e-3)
        return "the initial weights of the local head are small: raise --head-init-scale or lower --epsilon";
    if (largest_rate(config) == 0) return "nothing has learnt with a learning rate of 0";
    const int depth = depth_of(config);  // a gradient that comes down is about so many initial scales small
    if (find_rule(config.rule).claim == Claim::global_gradient && !config.norm
        && config.optimizer == Optimizer::adam
        && std::pow(config.init_scale, depth - 1) < 1e3 * config.epsilon)
        return concat("through ", depth, " layers of small initial weights come gradients for which adam's ",
                      "--epsilon is large: lower it, or raise --init-scale");
    return "a lower --lr keeps more units active";
}

}  // namespace

std::string divergence_advice(const Config& config, const Result& result) {
    const char* decay =
        config.rule == "dkp" && config.constants.decay > config.weight_decay ? "decay" : "weight-decay";
    if (result.in_readout && decay_of(config, kReadoutRate) >= 2)
        return decay_advice(decay, "readout's learning rate of 0.001", decay_of(config, kReadoutRate));
    if (result.in_readout) return initial_advice(config);
    if (result.steps <= 1) return initial_advice(config);
    const double rate = largest_rate(config), share = decay_of(config, rate);
    if (share >= 2 && !usual_decay(config)) return decay_advice(decay, "learning rate", share);
    if (head_decay_of(config) >= 2 && !usual_decay(config))
        return decay_advice("head-decay", "weight decay and the learning rate", head_decay_of(config));
    if (rate == 0) return initial_advice(config);
    if (config.init_scale > 1) return "lower --lr or --init-scale";
    if (head_scale_of(config) > 1) return "lower --lr or --head-init-scale";
    return "lower --lr";
}

std::string to_text(const Faults& faults) {
    std::string text;
    if (faults.diverged) text = concat(faults.diverged, " diverged");
    if (faults.silent)
        text += concat(text.empty() ? "" : ", ", faults.silent, " with layers mostly dead or collapsed");
    return text;
}

std::string silence_text(const Config& config, const Result& result) {
    std::string text;
    std::vector<std::int64_t> layers;
    double most = 0;
    for (std::size_t l = 0; l < result.dead.size(); ++l) {
        if (!(result.dead[l] > 0.5)) continue;
        layers.push_back(std::int64_t(l) + 1);
        most = std::max(most, result.dead[l]);
    }
    if (!layers.empty())
        text += concat(layers_text(layers), layers.size() == 1 ? " is" : " are",
                       " mostly dead: ", layers.size() == 1 ? "" : "up to ", fixed(100 * most, 0),
                       " % of the units fire for no datum; ", silence_advice(config), "\n");
    if (!result.collapsed.empty())
        text += concat("the code of ", layers_text(result.collapsed),
                       " has collapsed: it hardly tells the data apart (--measure health shows how far)\n");
    return text;
}

}  // namespace rhm

#include "rules/rule.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "rules/backward.hpp"
#include "rules/direct.hpp"
#include "rules/local.hpp"

namespace rhm {

static std::vector<const Rule*>& list() {
    static std::vector<const Rule*> all;
    return all;
}

Listed::Listed(const Rule& row) : rule(row) {
    auto after = [](const Rule* a, const Rule* b) { return a->place < b->place; };
    list().insert(std::upper_bound(list().begin(), list().end(), &rule, after), &rule);
}

std::span<const Rule* const> rules() { return list(); }

const Rule& find_rule(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Rule* rule : rules()) {
        if (rule->name == name) return *rule;
        names.push_back(rule->name);
    }
    auto guess = nearest(name, names);
    if (!guess.empty())
        fail(Exit::usage, "there is no rule '", name, "'; did you mean '", guess,
             "'? 'rhm rules' lists them");
    fail(Exit::usage, "there is no rule '", name, "'; the rules are ", join(names, ", ", " and "));
}

bool has_tuned_defaults(std::string_view option) {
    for (const Rule* rule : rules())
        for (std::string_view setting : split(rule->defaults, ' '))
            if (setting.substr(0, setting.find('=')) == option) return true;
    return false;
}

std::string Rule::defaults_at(int depth, bool masks_changed) const {
    constexpr std::string_view by_depth = "/depth";
    std::string all =
        concat(masks_changed ? mask_defaults : "", " ", depth < kDeep ? "" : deep_defaults, " ", defaults);
    for (std::size_t end; (end = all.find(by_depth)) != std::string::npos;) {
        const std::size_t start = all.rfind('=', end) + 1;
        const double x = *parse_double(std::string_view(all).substr(start, end - start));
        all.replace(start, end + by_depth.size() - start, digits_of(x / depth, 3));
    }
    return all;
}

Memory start(const Rule& rule, const Network& net, const RuleOptions& options, std::uint64_t seed) {
    Memory memory;
    if (rule.broadcast) draw_direct(net, options, seed, memory.feedback);
    if (rule.loss.pairs) init_local(net, options, seed, rule.loss, memory);
    if (rule.init) rule.init(net, options, seed, memory);
    memory.learnt_gradient = memory.learnt.zeros();
    return memory;
}

double layer_loss(const Rule& rule, const Pass& pass, std::size_t l, const RuleOptions& options,
                  Memory& memory, View dh) {
    return rule.layer_loss ? rule.layer_loss(pass, l, options, memory, dh)
                           : local_loss(pass, l, options, rule.loss, memory, dh);
}

bool by_string(const Pass& pass, std::size_t l) {
    return pass.record.strings[l - 1].used() && !pass.record.signals;
}

void teach(const Pass& pass, std::size_t l, View signal, Parameters& gradient) {
    const std::size_t width = pass.net.shape.hidden[l - 1].width;
    const View delta = signal.in_rows(width);
    if (by_string(pass, l)) return teach_strings(pass, l, sum_by_string(pass.record, l, delta), gradient);
    relu_mask(pass.record.h(l).rows_from(0, delta.rows), delta);
    accumulate(pass.net, pass.record, l, delta, gradient);
}

void teach_strings(const Pass& pass, std::size_t l, View signal, Parameters& gradient) {
    relu_mask(pass.record.strings[l - 1].code, signal);
    accumulate_strings(pass.net, pass.record, l, signal, gradient);
}

/// A control, which is not local: the top layer's loss alone, and delta_l = D_l (delta_{l+1} W_{l+1}^T).
static double end_to_end_gradient(const Rule& rule, const Pass& pass, const RuleOptions& options,
                                  Memory& memory, Parameters& gradient) {
    const View dh = memory.room(0, pass.record.n, pass.net.shape.readout_inputs());
    const double loss = layer_loss(rule, pass, pass.net.depth(), options, memory, dh);
    backward_from_top(pass, options, pass.net.parameters, memory, gradient);
    return loss;
}

/// For every layer (pass.layer: only that one): delta_l = D_l dLoss_l / dh_l. Returns the sum of the losses.
static double local_gradient(const Rule& rule, const Pass& pass, const RuleOptions& options, Memory& memory,
                             Parameters& gradient) {
    double loss = 0;
    for (std::size_t l = 1; l <= pass.net.depth(); ++l) {
        if (pass.layer && pass.layer != l) continue;
        const LayerShape& layer = pass.net.shape.hidden[l - 1];
        const bool summed = rule.loss.pairs && head_reads_strings(pass, l, options, rule.loss, memory);
        const View dh = summed ? memory.room(0, pass.record.strings[l - 1].count(), layer.width)
                               : memory.room(0, pass.record.n, layer.units());
        loss += layer_loss(rule, pass, l, options, memory, dh);
        if (summed)
            teach_strings(pass, l, dh, gradient);
        else
            teach(pass, l, dh, gradient);
    }
    return loss;
}

double hidden_gradient(const Rule& rule, const Pass& pass, const RuleOptions& options, Memory& memory,
                       Parameters& gradient) {
    if (rule.is_local())
        return (pass.end_to_end ? end_to_end_gradient : local_gradient)(rule, pass, options, memory,
                                                                        gradient);
    if (rule.broadcast) {
        const View signal = memory.room(1, pass.n, pass.net.shape.classes);
        rule.broadcast(pass, signal);
        direct_gradient(pass, signal, memory.feedback, memory, gradient);
    } else if (rule.gradient) {
        rule.gradient(pass, options, memory, gradient);
    }
    return kNoLoss;
}

double pseudo_gradient(const Rule& rule, const Pass& pass, const RuleOptions& options, Memory& memory,
                       Parameters& gradient) {
    gradient.zero();
    memory.learnt_gradient.zero();
    accumulate_readout(pass.net, pass.record, pass.error, gradient);
    return hidden_gradient(rule, pass, options, memory, gradient);
}

}  // namespace rhm

#include "train/measurer.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"

namespace rhm {
namespace {

Table column(const std::vector<double>& numbers) {
    Table out(numbers.size(), 1);
    std::copy(numbers.begin(), numbers.end(), out.data());
    return out;
}

}  // namespace

const Table& Measurement::table(std::string_view name) const {
    for (const auto& [key, table] : tables)
        if (key == name) return table;
    fail(Exit::input, "the measurement '", what, "' at step ", step, " has no '", name, "'");
}

Measurement Measurer::take_probes(const Network& net, const Grammar& grammar, const Dataset& data,
                                  std::int64_t step) {
    const auto n = std::size_t(config_.measure_size);
    if (random_.size() == 0)
        random_ =
            probes(Network(net.shape, config_.seed, config_.init_scale), grammar, data, n).accuracy.value;
    Probes p = probes(net, grammar, data, n);
    return {"probes",
            step,
            {{"accuracy", p.accuracy.value},
             {"error", p.accuracy.error},
             {"random", random_},
             {"chance", column(p.chance)}}};
}

std::vector<Measurement> Measurer::measure(const Network& net, const Grammar& grammar, const Dataset& data,
                                           std::int64_t step) {
    const auto n = std::size_t(config_.measure_size);
    std::vector<Measurement> out;
    for (std::string_view name : names_) {
        if (name == "sensitivity" && config_.task.synonyms > 1) {
            LayerLevel s = sensitivity(net, grammar, data, n, config_.seed);
            out.push_back({"sensitivity", step, {{"value", s.value}, {"error", s.error}}});
        } else if (name == "probes") {
            out.push_back(take_probes(net, grammar, data, step));
        } else if (name == "health") {
            Health h = health(net, data, n);
            out.push_back({"health",
                           step,
                           {{"deviation", column(h.deviation)},
                            {"rank", column(h.rank)},
                            {"dead", column(h.dead)},
                            {"active", column(h.active)}}});
        }
    }
    return out;
}

std::vector<Measurement> Measurer::measure(Trainer& trainer) {
    std::vector<Measurement> out = measure(trainer.net, trainer.grammar, trainer.test_data, trainer.steps);
    if (!contains(names_, "alignment")) return out;
    trainer.look();
    Alignment a = alignment(trainer.rule, trainer.pass(), trainer.config.constants, trainer.memory);
    out.push_back({"alignment",
                   trainer.steps,
                   {{"cosine", column(a.cosine)},
                    {"update", column(a.update)},
                    {"bp_gradient", column(a.bp_gradient)},
                    {"signal", column(a.signal)},
                    {"activity", column(a.activity)},
                    {"active", column(a.active)},
                    {"mask", column(a.mask)}}});
    return out;
}

}  // namespace rhm

// What a rule draws at the start has the size that its file states: with another size it would still run,
// learn a little, and be a wrong baseline.
#include <map>

#include "catch.hpp"
#include "fixture.hpp"

using namespace rhm;

namespace {

/// The standard deviation that a rule states for one of its blocks, named by a letter and its layer ("B2",
/// "V1.0", "Wout"). Options: those of the test below.
double stated(std::string_view rule, const Block& block, const Fixture& f) {
    const NetworkShape& shape = f.net.shape;
    const RuleOptions& o = f.options;
    const bool hidden = block.name.size() > 1 && block.name[1] >= '1' && block.name[1] <= '9';
    const LayerShape* layer = hidden ? &shape.hidden[std::size_t(block.name[1] - '1')] : nullptr;
    const double classes = double(shape.classes), gates = double(shape.readout_inputs());
    if (rule == "fa")
        return o.feedback_scale * (layer ? std::sqrt(2 / double(layer->inputs)) : std::sqrt(1 / gates));
    if (rule == "pepita") return o.feedback_scale * 0.05 * std::sqrt(2 / double(shape.length * shape.vocab));
    if (block.name[0] == 'F') return o.feedback_scale / std::sqrt(classes);
    if (block.name[0] == 'G') return o.feedback_scale * std::sqrt(2 / gates);
    const std::size_t group = std::min(layer ? layer->positions : 1, std::size_t(1) << o.head_levels);
    if (block.name[0] == 'U' && block.name.size() > 4)  // "U1.0.1"
        return o.head_init_scale * std::sqrt(2 / double(group * std::size_t(o.head_hidden)));
    if (block.name[0] == 'U') return o.head_init_scale * std::sqrt(2 / double(group * layer->width));
    if (block.name[0] == 'V' && o.head_hidden) {
        std::size_t groups = layer->positions / group;
        for (int d = 1; d < o.head_depth; ++d) groups /= std::min(groups, group);
        return 1 / std::sqrt(double(groups) * o.head_hidden);
    }
    if (block.name[0] == 'V') return 1 / std::sqrt(double(layer->units()));
    if (rule == "simsiam") return 1 / std::sqrt(double(o.head ? std::size_t(o.head) : layer->width));
    if (rule == "clapp" && o.head) return o.predictor_scale / double(o.head);
    if (rule == "clapp")
        return o.predictor_scale / double(layer->width) / std::sqrt(double(layer->positions));
    return o.feedback_scale / std::sqrt(classes);  // B of the direct rules
}

}  // namespace

TEST_CASE("what a rule draws has the size that it states", "[rules]") {
    for (const Rule* rule : rules())
        for (auto [head, head_hidden, levels, depth] :
             {std::array{4, 6, 20, 1}, {4, 6, 1, 1}, {4, 6, 1, 2}, {4, 0, 20, 1}, {0, 0, 20, 1}}) {
            Fixture f;
            f.options.head = head;
            f.options.head_hidden = head_hidden;
            f.options.head_levels = levels;
            f.options.head_depth = depth;
            f.options.head_init_scale = 0.3;
            f.options.feedback_scale = 1.7;
            f.options.predictor_scale = 0.6;
            auto memory = f.memory(*rule);
            std::map<char, std::pair<double, double>> drawn;  // of a letter: squares over their mean, count
            for (const auto* list : {&memory.feedback, &memory.learnt})
                for (std::size_t b = 0; b < list->blocks(); ++b) {
                    const Block& block = list->block(b);
                    if (block.rows * block.cols == 0 || rule->name == "sign_symmetry") continue;
                    const double sd = stated(rule->name, block, f);
                    if (block.name[0] == 'U')  // it reads as many inputs as its variance says
                        CHECK(std::abs(double(block.rows) * sd * sd / (0.3 * 0.3) - 2) < 1e-9);
                    auto& [squares, count] = drawn[block.name[0]];
                    const auto values = (*list)[b];
                    for (std::size_t i = 0; i < values.size(); ++i)
                        squares += values.data[i] * values.data[i] / (sd * sd);
                    count += double(values.size());
                }
            for (const auto& [letter, sum] : drawn) {
                INFO(rule->name << " " << letter << ", head " << head << " of " << head_hidden << ": "
                                << sum.second << " numbers");
                CHECK(std::abs(sum.first / sum.second - 1) < 5 * std::sqrt(2 / sum.second));
            }
        }
}

// A rule's update beside backpropagation's.
#include <cmath>

#include "train/measure.hpp"

namespace rhm {
namespace {

/// All that a rule sends to the layers in one call of its gradient().
struct Answer {
    Signals signals;
    Parameters gradient;

    Answer(const Rule& rule, const Pass& pass, const RuleOptions& options, Memory& memory)
        : gradient(pass.net.parameters.zeros()) {
        pass.record.signals = &signals;
        pseudo_gradient(rule, pass, options, memory, gradient);
        pass.record.signals = nullptr;
    }
};

double dot(const real* a, const real* b, std::size_t size) {
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += double(a[i]) * double(b[i]);
    return sum;
}

/// Layer l's numbers in a list like the network's: weights and, when there is one, bias are neighbours.
std::span<const real> layer_of(const Network& net, const Parameters& list, std::size_t l) {
    std::size_t from = list.block(net.weight_index(l)).offset,
                to = list.block(net.weight_index(l + 1)).offset;
    return list.values().subspan(from, to - from);
}

/// Over the data that get a signal at all: the share of units at which the signal is there exactly when the
/// unit is active.
double mask_agreement(ConstView h, ConstView delta) {
    std::size_t agree = 0, all = 0;
    for (std::size_t i = 0; i < h.rows; ++i) {
        std::size_t same = 0, open = 0;
        for (std::size_t u = 0; u < h.cols; ++u) {
            bool signal = delta(i, u) < 0 || delta(i, u) > 0;
            open += signal;
            same += signal == (h(i, u) > 0);
        }
        if (!open) continue;
        agree += same;
        all += h.cols;
    }
    return double(agree) / double(all);  // no signal at all: not a number
}

}  // namespace

Alignment alignment(const Rule& rule, const Pass& pass, const RuleOptions& options, const Memory& memory) {
    Memory copy = memory, of_bp;
    const Rule& bp = find_rule("bp");
    const Answer own(rule, pass, options, copy), exact(bp, pass, {}, of_bp);
    const double n = double(pass.n);

    Alignment out;
    for (std::size_t l = 1; l <= pass.net.depth(); ++l) {
        std::span<const real> g = layer_of(pass.net, own.gradient, l),
                              e = layer_of(pass.net, exact.gradient, l);
        double update = std::sqrt(dot(g.data(), g.data(), g.size())),
               gradient = std::sqrt(dot(e.data(), e.data(), e.size()));
        out.cosine.push_back(dot(g.data(), e.data(), g.size()) / (update * gradient));
        out.update.push_back(update);
        out.bp_gradient.push_back(gradient);

        ConstView h = pass.record.flat(l).rows_from(0, pass.n);  // of the first views
        std::size_t open = 0;
        for (std::size_t i = 0; i < h.size(); ++i) open += h.data[i] > 0;
        out.activity.push_back(std::sqrt(dot(h.data, h.data, h.size()) / n));
        out.active.push_back(double(open) / double(h.size()));

        ConstView delta = own.signals.of(l);
        if (delta
                .empty()) {  // the rule does not put its update together from delta_l and this pass's h_{l-1}
            out.signal.push_back(std::nan(""));
            out.mask.push_back(std::nan(""));
            continue;
        }
        out.signal.push_back(
            std::sqrt(dot(delta.data, delta.data, delta.size()) * n));  // delta is divided by N
        ConstView rows = pass.record.flat(l);
        out.mask.push_back(mask_agreement(rows, delta.in_rows(rows.cols)));
    }
    return out;
}

}  // namespace rhm

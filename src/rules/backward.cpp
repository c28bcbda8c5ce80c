#include "rules/backward.hpp"

#include <algorithm>
#include <numeric>

#include "base/rng.hpp"

namespace rhm {

/// signal[N * Q, H] becomes D~_l signal.
static void apply_mask(const Pass& pass, std::size_t l, Mask mask, View signal) {
    ConstView h = pass.record.flat(l);  // [N, Q * H]
    const View s = signal.in_rows(h.cols);
    const std::size_t units = s.cols, n = s.rows;
    switch (mask) {
        case Mask::exact:
            relu_mask(h, s);
            break;
        case Mask::none:  // the mean of a mask that is open half of the time
            for (std::size_t i = 0; i < s.size(); ++i) s.data[i] *= real(0.5);
            break;
        case Mask::mean:
            for (std::size_t u = 0; u < units; ++u) {
                std::size_t open = 0;
                for (std::size_t i = 0; i < n; ++i) open += h(i, u) > 0;
                real mean = real(open) / real(n);
                for (std::size_t i = 0; i < n; ++i) s(i, u) *= mean;
            }
            break;
        case Mask::shuffled: {  // datum i gets the mask of datum other[i], the same for all layers of a step
            std::vector<std::size_t> other(n);
            std::iota(other.begin(), other.end(), std::size_t{0});
            Rng(pass.seed, Purpose::masks, pass.step).shuffle(std::span(other));
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t u = 0; u < units; ++u)
                    if (!(h(other[i], u) > 0)) s(i, u) = real(0);
            break;
        }
    }
}

void backward(const Pass& pass, const RuleOptions& options, const Parameters& weights, Memory& memory,
              Parameters& gradient) {
    // Of pairs only the first views have an error, but normalised, the second views move the first.
    const std::size_t n = pass.net.shape.norm ? pass.record.n : pass.n, top = pass.net.depth();
    const View signal = memory.room(0, n, pass.net.shape.readout_inputs());
    if (n > pass.n) std::fill_n(signal.data, signal.size(), real(0));
    gemm_nt(pass.error, weights[pass.net.weight_index(top + 1)], signal.rows_from(0, pass.n));
    backward_from_top(pass, options, weights, memory, gradient);
}

void backward_from_top(const Pass& pass, const RuleOptions& options, const Parameters& weights,
                       Memory& memory, Parameters& gradient) {
    const Network& net = pass.net;
    // Then delta_l = D_l sigma_l is also what goes down.
    const bool same = options.downstream_mask == Mask::exact && options.local_mask == Mask::exact;
    // Equal strings of a layer have equal masks, so that their signals can be summed before the mask.
    const auto summed = [&](std::size_t l) { return same && by_string(pass, l); };
    Matrix *signal = &memory.buffer(0), *below = &memory.buffer(1), &delta = memory.buffer(2);
    const std::size_t n = signal->rows();
    for (std::size_t l = net.depth(); l >= 1; --l) {
        const std::size_t width = net.shape.hidden[l - 1].width;
        View sigma = signal->reshape(signal->size() / width, width);
        if (summed(l)) {
            teach_strings(pass, l, sigma, gradient);
        } else if (same) {  // teach leaves it behind the normalisation
            teach(pass, l, sigma, gradient);
        } else {
            delta = *signal;
            View local = delta.reshape(sigma.rows, width);
            if (options.local_mask == Mask::exact) apply_mask(pass, l, Mask::exact, local);
            accumulate(net, pass.record, l, local, gradient);
            apply_mask(pass, l, options.downstream_mask, sigma);
            normalise_back(net, pass.record, l, sigma);
        }
        if (l == 1) break;
        const LayerShape& next = net.shape.hidden[l - 2];
        const ConstView through = weights[net.weight_index(l)];
        if (summed(l - 1)) {
            below->resize(pass.record.strings[l - 2].count(), next.width);
            send_down_strings(pass.record, l, sigma, through, below->view());
        } else {
            below->resize(n * next.positions, next.width);
            send_down(net, l, sigma, through, below->view());
        }
        std::swap(signal, below);
    }
}

}  // namespace rhm

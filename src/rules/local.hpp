// What the layerwise self-supervised rules share: each layer descends a loss of its own code, and nothing is sent down.
#pragma once
#include "rules/rule.hpp"

namespace rhm {

/// For every layer: delta_l = D_l dLoss_l / dh_l, from the rule's `layer_loss`. Returns the sum of the layers' losses.
template <class T>
double local_gradient(double (*layer_loss)(const Pass<T>&, std::size_t, const RuleOptions&, Memory<T>&, View<T>), const Pass<T>& pass,
                      const RuleOptions& options, Memory<T>& memory, Parameters<T>& gradient) {
    double loss = 0;
    for (std::size_t l = 1; l <= pass.net.depth(); ++l) {
        const LayerShape& layer = pass.net.shape.hidden[l - 1];
        std::size_t rows = pass.record.n;
        Matrix<T>& dh = memory.buffer(0);
        dh.resize(rows, layer.units());
        loss += layer_loss(pass, l, options, memory, dh.view());
        relu_mask<T>(pass.record.flat(l), dh.view());
        accumulate<T>(pass.net, pass.record, l, dh.reshape(rows * layer.positions, layer.width), gradient);
    }
    return loss;
}

}  // namespace rhm

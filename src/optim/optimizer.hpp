// Optimisers: from a (pseudo-)gradient to new weights.
#pragma once
#include <cmath>
#include <string_view>

#include "base/kernels.hpp"
#include "net/parameters.hpp"

namespace rhm {

enum class Optimizer { adam, sgd };
inline constexpr std::string_view kOptimizerNames[] = {"adam", "sgd"};

/// Adam (Kingma & Ba 2015: beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 outside the bias correction of the second moment, as in
/// their section 2), or plain stochastic gradient descent w -= lr g.
template <class T>
class Descent {
public:
    Descent(Optimizer kind, double lr, const Parameters<T>& weights) : kind_(kind), lr_(lr) {
        if (kind == Optimizer::adam) mean_ = weights.zeros(), square_ = weights.zeros();
    }

    void step(const Parameters<T>& gradient, Parameters<T>& weights) {
        if (kind_ == Optimizer::sgd) {
            auto g = gradient.values();
            auto w = weights.values();
            for (std::size_t i = 0; i < w.size(); ++i) w[i] -= static_cast<T>(lr_) * g[i];
            return;
        }
        power1_ *= kBeta1;
        power2_ *= kBeta2;
        double rate = lr_ * std::sqrt(1 - power2_) / (1 - power1_);
        adam_update<T>(gradient.values(), mean_.values(), square_.values(), weights.values(), rate, kBeta1, kBeta2, 1e-8);
    }

private:
    static constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
    Optimizer kind_;
    double lr_, power1_ = 1, power2_ = 1;
    Parameters<T> mean_, square_;
};

}  // namespace rhm

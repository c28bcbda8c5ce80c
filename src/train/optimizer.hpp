// Optimisers: from a (pseudo-)gradient to new weights.
#pragma once
#include <cmath>
#include <functional>
#include <numbers>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "matrix/kernels.hpp"
#include "net/parameters.hpp"

namespace rhm {

enum class Optimizer { adam, sgd };
inline constexpr std::string_view kOptimizerNames[] = {"adam", "sgd"};

/// The learning rate over a run: constant, or falling to zero as half a cosine (Loshchilov & Hutter 2017,
/// equation 5, no restart).
enum class LrSchedule { constant, cosine };
inline constexpr std::string_view kLrScheduleNames[] = {"constant", "cosine"};
/// The factor on the learning rate when `progress`, from 0 to 1, of the steps are done.
inline double schedule_factor(LrSchedule schedule, double progress) {
    return schedule == LrSchedule::cosine ? 0.5 * (1 + std::cos(std::numbers::pi * progress)) : 1;
}

/// Adam (Kingma & Ba 2015: beta1 = 0.9, beta2 = 0.999, epsilon outside the bias correction of the second
/// moment, as at the end of their section 2, so that it counts some 30 times as much at the start), or plain
/// stochastic gradient descent w -= lr g. Before either, weights decay by w -= lr decay w, apart from the
/// gradient and its moments (Loshchilov & Hutter 2019, Algorithm 2: AdamW). Deviation: a weight whose
/// gradient is exactly zero (a frozen layer, or one whose turn it is not) does not decay.
class Descent {
public:
    /// `scales`: a factor on the learning rate for each block of the weights, or empty for 1 everywhere.
    Descent(Optimizer kind, double lr, double decay, double epsilon, const Parameters& weights,
            std::vector<double> scales = {})
        : kind_(kind), lr_(lr), decay_(decay), epsilon_(epsilon), scales_(std::move(scales)) {
        if (kind == Optimizer::adam) mean_ = weights.zeros(), square_ = weights.zeros();
    }

    /// `factor`: on the learning rate of this step, see schedule_factor(). Blocks before `first` stay as they
    /// are: their gradients are and were zero.
    void step(const Parameters& gradient, Parameters& weights, double factor = 1, std::size_t first = 0) {
        const double lr = lr_ * factor;
        power1_ *= kBeta1;
        power2_ *= kBeta2;
        if (scales_.empty()) {
            const std::size_t from = weights.block(first).offset;
            return update(gradient, weights, from, weights.size() - from, lr);
        }
        for (std::size_t b = first; b < weights.blocks(); ++b) {
            const Block& block = weights.block(b);
            update(gradient, weights, block.offset, block.rows * block.cols, lr * scales_[b]);
        }
    }

    /// What goes on from step to step.
    void each_state(const std::function<void(double&)>& number,
                    const std::function<void(std::span<real>)>& list) {
        number(power1_);
        number(power2_);
        list(mean_.values());
        list(square_.values());
    }

    /// Whether the moments are: a gradient whose square overflows would stop its weight for good.
    bool finite() const { return all_finite(mean_.values()) && all_finite(square_.values()); }

private:
    void update(const Parameters& gradient, Parameters& weights, std::size_t first, std::size_t count,
                double lr) {
        auto g = gradient.values().subspan(first, count);
        auto w = weights.values().subspan(first, count);
        const double keep = 1 - lr * decay_;
        if (kind_ == Optimizer::sgd) {
            for (std::size_t i = 0; i < w.size(); ++i)
                w[i] = (g[i] == real(0) ? w[i] : real(keep) * w[i]) - real(lr) * g[i];
            return;
        }
        double rate = lr * std::sqrt(1 - power2_) / (1 - power1_);
        adam_update(g, mean_.values().subspan(first, count), square_.values().subspan(first, count), w, rate,
                    kBeta1, kBeta2, epsilon_, keep);
    }

    static constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
    Optimizer kind_;
    double lr_, decay_, epsilon_, power1_ = 1, power2_ = 1;
    std::vector<double> scales_;
    Parameters mean_, square_;
};

}  // namespace rhm

// The optimisers against their equations worked out by hand.
#include "catch.hpp"
#include "train/optimizer.hpp"

using namespace rhm;

namespace {

Parameters two(double a, double b) {
    Parameters p;
    p.add("W1", 1, 1);
    p.add("W2", 1, 1);
    p.allocate();
    p.values()[0] = a;
    p.values()[1] = b;
    return p;
}

bool near(double a, double b) { return std::abs(a - b) < 1e-12; }

}  // namespace

TEST_CASE("weights decay apart from the gradient, those without a gradient stay", "[optim]") {
    Parameters w = two(2, 3), g = two(0.5, 0);
    Descent(Optimizer::sgd, 0.1, 0.2, 1, w).step(g, w);
    CHECK(near(w.values()[0], 2 * (1 - 0.1 * 0.2) - 0.1 * 0.5));
    CHECK(w.values()[1] == 3);
    Parameters a = two(2, 3);
    Descent(Optimizer::adam, 0.1, 0.2, 1e-8, a).step(g, a);  // the first step of Adam is lr g / (|g| + epsilon')
    CHECK(std::abs(a.values()[0] - (2 * (1 - 0.1 * 0.2) - 0.1)) < 1e-6);
    CHECK(a.values()[1] == 3);
}

TEST_CASE("the learning rate's factors multiply: of the block and of the schedule", "[optim]") {
    Parameters w = two(2, 3), g = two(0.5, 1);
    Descent(Optimizer::sgd, 0.1, 0.2, 1, w, {1, 3}).step(g, w, 0.5);
    CHECK(near(w.values()[0], 2 * (1 - 0.05 * 0.2) - 0.05 * 0.5));
    CHECK(near(w.values()[1], 3 * (1 - 0.15 * 0.2) - 0.15 * 1));
}

TEST_CASE("Adam's moments over several steps, block by block", "[optim]") {
    for (bool scaled : {false, true}) {
        Parameters w = two(2, 3), g = two(0, 0);
        Descent descend(Optimizer::adam, 0.1, 0, 0.02, w,
                        scaled ? std::vector<double>{1, 3} : std::vector<double>{});
        double at[2] = {2, 3}, mean[2] = {}, square[2] = {};
        for (int t = 1; t <= 4; ++t) {
            for (int i = 0; i < 2; ++i) {
                const double gradient = i + 0.5 / t - 0.3 * t * i;
                g.values()[static_cast<std::size_t>(i)] = gradient;
                mean[i] = 0.9 * mean[i] + 0.1 * gradient;
                square[i] = 0.999 * square[i] + 0.001 * gradient * gradient;
                at[i] -= (scaled && i == 1 ? 0.3 : 0.1) * std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t))
                         * mean[i] / (std::sqrt(square[i]) + 0.02);
            }
            descend.step(g, w);
            for (std::size_t i = 0; i < 2; ++i) CHECK(near(w.values()[i], at[i]));
        }
        CHECK(descend.finite());
        g.values()[1] = 1e200;  // its square is not finite
        descend.step(g, w);
        CHECK_FALSE(descend.finite());
    }
}

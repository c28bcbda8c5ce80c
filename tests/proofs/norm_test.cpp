// Batch normalisation (net/network.hpp) number by number. That every rule goes back through it is proved with
// the rules.
#include "transcribe.hpp"

using namespace rhm;

namespace {


void forward_first(Fixture& f, std::size_t n, Moments of) {
    forward(f.net, std::span(f.input).first(n * f.net.shape.length), n, f.record, of);
}

/// h_l is relu((a_l - mean) / sqrt(variance + 1e-5) + b_l), mean and variance as `moments`(l, unit, a_l)
/// says.
template <class Of>
void check_codes(const Fixture& f, Of moments) {
    for (std::size_t l = 1; l <= f.net.depth(); ++l) {
        const std::vector<Vector> a = preactivations(
            f, l,
            [&](std::size_t i, std::size_t layer, std::size_t at) { return input_of(f, i, layer, at); });
        const auto units = together(f.net.shape.hidden[l - 1], f.record.n);
        REQUIRE(units.size() == f.net.statistics[l - 1].cols);
        for (std::size_t k = 0; k < units.size(); ++k) {
            const auto [mean, variance] = moments(l, k, mean_and_variance(a, units[k]), units[k].size());
            const double shift = f.net.shape.bias ? f.net.bias(l)[k] : 0;
            for (auto [i, u] : units[k])
                CHECK(std::abs(f.record.flat(l)(i, u)
                               - std::max(0.0, (a[i][u] - mean) / std::sqrt(variance + 1e-5) + shift))
                      < 1e-12);
        }
    }
}

}  // namespace

TEST_CASE("normalised by the batch when training, by what was followed else", "[network]") {
    for (Arch arch : kArchs)
        for (bool bias : {false, true}) {
            Fixture f = Fixture::normalised(arch, bias);
            Parameters running = f.net.statistics;
            for (std::size_t l = 1; l <= 3; ++l)
                for (std::size_t k = 0; k < running[l - 1].cols; ++k)
                    CHECK((running[l - 1](0, k) == 0 && running[l - 1](1, k) == 1));
            for (std::size_t n : {10u, 5u, 2u}) {
                forward_first(f, n, Moments::batch);
                follow(f.record, f.net);
                check_codes(f, [&](std::size_t l, std::size_t k, MeanAndVariance batch, std::size_t count) {
                    double &mean = running[l - 1](0, k), &variance = running[l - 1](1, k);
                    mean = 0.9 * mean + 0.1 * batch.mean;
                    variance = 0.9 * variance + 0.1 * batch.variance * double(count) / double(count - 1);
                    return batch;
                });
            }
            REQUIRE(running.size() > 0);
            CHECK(fault(f.net.statistics.values(), running.values(), 1e-12) == "");
            forward_first(f, 4, Moments::running);
            CHECK(fault(f.net.statistics.values(), running.values(), 1e-12) == "");
            check_codes(f, [&](std::size_t l, std::size_t k, MeanAndVariance, std::size_t) {
                return MeanAndVariance{running[l - 1](0, k), running[l - 1](1, k)};
            });
        }
}

TEST_CASE("running statistics are constants to the gradient",
          "[network]") {  // of a readout that learns alone
    for (Arch arch : kArchs) {
        Fixture f = Fixture::normalised(arch, true);
        f.loss(find_rule("bp"));
        follow(f.record, f.net);
        auto loss = [&] {
            forward_first(f, f.n, Moments::running);
            return cross_entropy(f.record.logits.view(), f.labels, f.error.view());
        };
        loss();
        Parameters g = f.net.parameters.zeros();
        Memory none;
        pseudo_gradient(find_rule("bp"), f.pass(), {}, none, g);
        for (std::size_t b = 0; b < g.blocks(); ++b)
            CHECK(fault_from_finite(f.net.parameters.span(b), g.span(b), loss) == "");
    }
}

TEST_CASE("bp on pairs goes through the statistics of both views", "[rules]") {  // as alignment asks it to
    for (Arch arch : kArchs) {
        Fixture f = Fixture::normalised(arch, true);
        const Rule& pairs = find_rule("vicreg");
        f.loss(pairs);
        REQUIRE(f.record.n == 2 * f.n);
        Parameters g = f.net.parameters.zeros();
        Memory none;
        pseudo_gradient(find_rule("bp"), f.pass(), {}, none, g);
        for (std::size_t b = 0; b < g.blocks(); ++b)
            CHECK(fault_from_finite(f.net.parameters.span(b), g.span(b), [&] { return f.loss(pairs); })
                  == "");
    }
}

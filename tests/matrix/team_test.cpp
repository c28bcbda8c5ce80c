// Threads that share the loops of one run: every index once, and not a bit of any number changes.
#include "catch.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

#include "matrix/denormals.hpp"
#include "matrix/kernels.hpp"
#include "matrix/team.hpp"
#include "train/trainer.hpp"

using namespace rhm;
using std::size_t;

namespace {

constexpr double worth_it = 1e9;  // nanoseconds

bool same_bits(std::span<const real> x, std::span<const real> y) {
    return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size_bytes()) == 0;
}

/// The weights after a few steps of a network large enough for products to be shared.
std::vector<float> weights_after_steps(std::string_view rule, size_t threads) {
    Config config;
    config.task = {16, 16, 2, 2, 3};
    config.train_size = 300;
    config.test_size = 16;
    config.width = 512;
    config.rule = rule;
    resolve(config);
    Trainer trainer(config);
    Team team(threads);
    for (int i = 0; i < 2; ++i) trainer.step();
    REQUIRE((threads == 1 ? team.rounds() == 0 : team.rounds() > 0));
    const auto values = trainer.net.parameters.values();
    return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("a team meets every index once", "[team]") {
    for (size_t threads : {1u, 2u, 3u, 8u}) {
        Team team(threads);
        for (size_t grain : {1u, 12u, 64u})
            for (size_t count : {0u, 1u, 2u, 11u, 12u, 13u, 100u, 1000u}) {
                std::vector<int> met(count + 1);
                std::atomic<bool> aligned = true;
                share(count, grain, worth_it, [&](size_t first, size_t n) {
                    if (first % grain) aligned = false;
                    for (size_t i = first; i < first + n; ++i) ++met[i];
                });
                CAPTURE(threads, grain, count);
                REQUIRE(std::count(met.begin(), met.end(), 1) == std::ptrdiff_t(count));
                REQUIRE(met[count] == 0);
                REQUIRE(aligned);
            }
    }
    REQUIRE(Team::of_this_thread() == nullptr);
}

TEST_CASE("a team belongs to the thread that made it, and is left alone for little work", "[team]") {
    Team team(3);
    share(1000, 1, 10, [](size_t, size_t) {});
    std::thread([] {
        share(1000, 1, worth_it, [](size_t first, size_t n) { REQUIRE((first == 0 && n == 1000)); });
    }).join();
    REQUIRE(team.rounds() == 0);
    for (int i = 0; i < 1000; ++i) share(8, 1, worth_it, [](size_t, size_t) {});
    REQUIRE(team.rounds() == 1000);
}

TEST_CASE("shared kernels give the same bits", "[team]") {
    const size_t rows = 3001, cols = 517;
    const auto numbers = [](size_t r, size_t c) {
        Matrix m(r, c);
        for (size_t i = 0; i < m.size(); ++i) m.data()[i] = real(i * 7919 % 2003) / 1000 - real(1);
        return m;
    };
    const Matrix a = numbers(rows, cols), b = numbers(cols, 70);
    const auto compute = [&](size_t threads) {
        Team team(threads);
        std::vector<Matrix> out;
        const auto start = [&](size_t r, size_t c) { return out.emplace_back(numbers(r, c)).view(); };
        gemm_nn(a, b, start(rows, 70), real(0.5));                             // rows shared
        gemm_tn(a, a.view().block(0, 0, rows, 77), start(cols, 77), real(1));  // rows shared
        gemm_nt(b, a.view().block(0, 0, rows, 70), start(cols, rows));         // columns shared
        Matrix mean = numbers(rows, cols), square = numbers(rows, cols);
        for (size_t i = 0; i < square.size(); ++i) square.data()[i] *= square.data()[i];
        const View weights = start(rows, cols);
        adam_update({a.data(), a.size()}, {mean.data(), mean.size()}, {square.data(), square.size()},
                    std::span<real>(weights.data, weights.size()), 0.01, 0.9, 0.999, 1e-8);
        out.push_back(mean);
        out.push_back(square);
        REQUIRE(team.rounds() == (threads == 1 ? 0 : 4));
        return out;
    };
    const auto alone = compute(1);
    for (size_t threads : {2u, 3u, 5u}) {
        const auto shared = compute(threads);
        for (size_t i = 0; i < alone.size(); ++i) {
            CAPTURE(threads, i);
            REQUIRE(same_bits({alone[i].data(), alone[i].size()}, {shared[i].data(), shared[i].size()}));
        }
    }
}

TEST_CASE("a run has the same bits for every number of threads", "[team]") {
    for (std::string_view rule : {"bp", "clapp", "vicreg"}) {
        const auto alone = weights_after_steps(rule, 1);
        for (size_t threads : {2u, 3u}) {
            CAPTURE(std::string(rule), threads);
            REQUIRE(same_bits(alone, weights_after_steps(rule, threads)));
        }
    }
}

#if defined(__SSE2__) || defined(__aarch64__)
TEST_CASE("while they are not wanted, denormals are zero, on every thread of a team", "[team]") {
    const auto half = [](real x) {
        volatile real number = x;
        return number / 2 > 0;
    };
    const real least = std::numeric_limits<real>::min();
    REQUIRE(half(least));
    for (bool wanted : {true, false}) {
        const NoDenormals outer(!wanted);
        Team team(2);  // its other thread begins as its owner is now
        const NoDenormals inner(wanted);
        for (int round = 0; round < 20; ++round) {
            std::atomic<int> begun = 0;
            std::atomic<bool> as_owner = true;
            share(2, 1, worth_it, [&](size_t, size_t) {
                ++begun;
                for (int wait = 0; wait < 100000 && begun < 2; ++wait) std::this_thread::yield();
                if (half(least) == wanted || NoDenormals::on() != wanted) as_owner = false;
            });
            REQUIRE(as_owner);
        }
    }
    CHECK(half(least));
    Config config;
    config.train_size = 100;
    config.test_size = 50;
    config.steps = 1;
    resolve(config);
    Hooks hooks;
    bool seen = false;
    hooks.evaluated = [&](const Evaluation&, Trainer& trainer) {
        seen = NoDenormals::on();
        trainer.step();
        seen = seen && NoDenormals::on();
    };
    train(config, hooks);
    CHECK((seen && half(least)));
    config.init_scale = 1e-13;  // the codes of layer 3 would be some 1e-39
    Trainer trainer(config);
    trainer.step();
    const ConstView h = trainer.record.h(3);
    for (std::size_t i = 0; i < h.size(); ++i) REQUIRE(std::fpclassify(h.data[i]) != FP_SUBNORMAL);
    CHECK(half(least));
}
#endif

// --online: the losses that compare data, one pair at a time. Statistics against averages that are kept here
// in plain loops, held codes against the pairs of the step before.
#include "catch.hpp"
#include "fixture.hpp"

using namespace rhm;

namespace {

using Vector = std::vector<double>;

/// Pairs of strings, one a step, before a network whose positions have weights of their own, without heads.
struct OnePair {
    Fixture f{Arch::lcn};
    const Rule& rule;
    Memory memory;
    std::size_t step = 0;

    explicit OnePair(std::string_view name, double online = 4, bool hebbian = false) : rule(find_rule(name)) {
        f.options.head = 0;
        f.options.online = online;
        f.options.hebbian = hebbian;
        f.options.invariance = 0.7, f.options.variance = 1.3, f.options.covariance = 0.3;
        f.options.margin = 0.9, f.options.threshold = 0.8, f.options.temperature = 0.3;
        memory = f.memory(rule);
    }
    /// The forward pass of pair `step`.
    void look() {
        std::vector<std::uint8_t> both;
        for (std::size_t view : {step, f.n + step})
            both.insert(both.end(), f.input.begin() + std::ptrdiff_t(view * f.net.shape.length),
                        f.input.begin() + std::ptrdiff_t((view + 1) * f.net.shape.length));
        forward(f.net, both, 2, f.record, Moments::batch);
    }
    /// Layer l's loss, and dh of both views.
    double loss(std::size_t l, Memory& kept, View dh) {
        const Pass pass{f.net, f.record, 1, std::span(f.labels).subspan(step, 1), f.error, 11, step};
        kept.learnt_gradient.zero();
        return layer_loss(rule, pass, l, f.options, kept, dh);
    }
    Vector code(std::size_t l, std::size_t view, std::size_t q) const {
        const std::size_t width = f.net.shape.hidden[l - 1].width;
        const double* from = f.record.flat(l).row(view) + q * width;
        return Vector(from, from + width);
    }
};

/// Running averages of one position: mean and covariance, of both views in turn.
struct Averages {
    Vector mean;
    std::vector<Vector> covariance;
    int seen_mean = 0, seen = 0;

    explicit Averages(std::size_t k) : mean(k, 0), covariance(k, Vector(k, 0)) {}
    static double share(int& seen, double online) { return 1 / std::min(online, double(++seen)); }
    void see_mean(const Vector& z, double online) {
        const double a = share(seen_mean, online);
        for (std::size_t j = 0; j < z.size(); ++j) mean[j] = (1 - a) * mean[j] + a * z[j];
    }
    void see(const Vector& z, double online) {
        see_mean(z, online);
        const double a = share(seen, online);
        for (std::size_t i = 0; i < z.size(); ++i)
            for (std::size_t j = 0; j < z.size(); ++j)
                covariance[i][j] =
                    (1 - a) * covariance[i][j] + a * (z[i] - mean[i]) * (z[j] - mean[j]);
    }
};

/// Halvagal & Zenke's update of one view (lpl.cpp), and the variance and covariance terms of vicreg.
Vector teaching(std::string_view rule, const RuleOptions& o, const Vector& z, const Vector& other,
                const Averages& a) {
    const std::size_t k = z.size();
    Vector d(k);
    for (std::size_t i = 0; i < k; ++i) {
        const double v = a.covariance[i][i];
        d[i] = o.invariance * (z[i] - other[i]) * (rule == "lpl" ? 1 : 2);
        if (rule == "lpl")
            d[i] -= o.variance * 2 / (v + 1e-4) * (z[i] - a.mean[i]);
        else if (v + 1e-4 < 1)
            d[i] -= o.variance / 2 / std::sqrt(v + 1e-4) * (z[i] - a.mean[i]);
        for (std::size_t j = 0; j < k; ++j)
            if (i != j)
                d[i] += o.covariance * 4 / (rule == "lpl" ? double(k - 1) : 1.0) * a.covariance[i][j]
                        * (z[j] - a.mean[j]);
        d[i] /= double(k);
    }
    return d;
}

void check_equal(const View dh, std::size_t view, std::size_t q, const Vector& wanted, double scale) {
    for (std::size_t j = 0; j < wanted.size(); ++j)
        CHECK(std::abs(dh(view, q * wanted.size() + j) - wanted[j] * scale) < 1e-11 * std::max(1.0, std::abs(wanted[j])));
}

}  // namespace

TEST_CASE("online, lpl and vicreg are their equations with running averages, one pair at a time", "[rules]") {
    for (std::string_view name : {"lpl", "vicreg"})
        for (std::size_t l : {1u, 2u, 3u}) {
            OnePair one(name);
            const LayerShape& layer = one.f.net.shape.hidden[l - 1];
            std::vector<Averages> averages(layer.positions, Averages(layer.width));
            double moved = 0;
            for (; one.step < one.f.n; ++one.step) {
                one.look();
                Matrix dh(2, layer.units());
                one.loss(l, one.memory, dh);
                for (std::size_t q = 0; q < layer.positions; ++q) {
                    const Vector z[] = {one.code(l, 0, q), one.code(l, 1, q)};
                    for (std::size_t view : {0u, 1u}) {
                        averages[q].see(z[view], one.f.options.online);
                        const Vector wanted =
                            teaching(name, one.f.options, z[view], z[1 - view], averages[q]);
                        INFO(name << ", layer " << l << ", pair " << one.step << ", view " << view);
                        check_equal(dh, view, q, wanted, 1 / double(layer.positions));
                        for (double d : wanted) moved += std::abs(d);
                    }
                }
            }
            CHECK(moved > 0.1);
        }
}

TEST_CASE("online, barlow is its equation with running averages, one pair at a time", "[rules]") {
    OnePair one("barlow");
    const LayerShape& layer = one.f.net.shape.hidden[0];
    const std::size_t k = layer.width;
    const double online = one.f.options.online;
    std::vector<Averages> averages(layer.positions, Averages(k));
    std::vector<std::vector<Vector>> across(layer.positions, std::vector<Vector>(k, Vector(k, 0)));
    double moved = 0;
    for (; one.step < one.f.n; ++one.step) {
        one.look();
        Matrix dh(2, layer.units());
        one.loss(1, one.memory, dh);
        const double share = 1 / std::min(online, double(one.step + 1));
        for (std::size_t q = 0; q < layer.positions; ++q) {
            Averages& a = averages[q];
            Vector s[] = {one.code(1, 0, q), one.code(1, 1, q)};
            for (const Vector& z : s) a.see(z, online);
            for (Vector& z : s)
                for (std::size_t j = 0; j < k; ++j)
                    z[j] = (z[j] - a.mean[j]) / std::sqrt(a.covariance[j][j] + 1e-5);
            for (std::size_t i = 0; i < k; ++i)
                for (std::size_t j = 0; j < k; ++j)
                    across[q][i][j] = (1 - share) * across[q][i][j] + share * s[0][i] * s[1][j];
            for (std::size_t view : {0u, 1u}) {
                Vector wanted(k, 0.0);
                for (std::size_t i = 0; i < k; ++i) {
                    for (std::size_t j = 0; j < k; ++j) {
                        const double c = view == 0 ? across[q][i][j] : across[q][j][i];
                        wanted[i] += 2 * (i == j ? c - 1 : one.f.options.covariance * c) * s[1 - view][j];
                    }
                    wanted[i] /= std::sqrt(a.covariance[i][i] + 1e-5);
                }
                INFO("pair " << one.step << ", view " << view);
                check_equal(dh, view, q, wanted, 1 / double(layer.positions));
                for (double d : wanted) moved += std::abs(d);
            }
        }
    }
    CHECK(moved > 0.1);
}

TEST_CASE("online, a contrastive loss has the pair before as its negative, and descends with it held fixed",
          "[rules]") {
    for (std::string_view name : {"clapp", "infonce", "ff"}) {
        OnePair one(name, 1);
        const std::size_t units = one.f.net.shape.hidden[1].units(), positions = 2;
        Vector past[2][2];  // view, position
        for (auto& view : past)
            for (Vector& code : view) code.assign(units / positions, 0.0);
        double moved = 0;
        for (; one.step < one.f.n; ++one.step) {
            one.look();
            Matrix dh(2, units), unused(2, units);
            const Memory before = one.memory;
            const double loss = one.loss(2, one.memory, dh);
            Vector now[2][2];
            for (std::size_t view : {0u, 1u})
                for (std::size_t q : {0u, 1u}) now[view][q] = one.code(2, view, q);
            // The scores of view 1 with view 2, of this pair and across the steps.
            const auto score = [&](const Vector(&z1)[2], const Vector(&z2)[2], std::size_t q) {
                const RuleOptions& o = one.f.options;
                if (name == "infonce") {
                    const double size = std::sqrt((dot(z1[q], z1[q]) + 1e-12) * (dot(z2[q], z2[q]) + 1e-12));
                    return dot(z1[q], z2[q]) / size / o.temperature;
                }
                double sum = 0;
                if (name == "ff")
                    for (std::size_t j = 0; j < z1[q].size(); ++j)
                        sum += (z1[q][j] + z2[q][j]) * (z1[q][j] + z2[q][j]) / double(z1[q].size());
                if (name != "clapp") return sum;
                ConstView b = before.learnt[3];  // [Q * H, H]; only clapp has it
                for (std::size_t p = 0; p < positions; ++p)
                    for (std::size_t i = 0; i < b.cols; ++i)
                        for (std::size_t j = 0; j < b.cols; ++j)
                            sum += z1[p][i] * b(p * b.cols + i, j) * z2[p][j];
                return sum;
            };
            double wanted = 0;
            for (std::size_t q = 0; q < (name == "clapp" ? 1 : positions); ++q) {
                const double same = score(now[0], now[1], q), first = score(now[0], past[1], q),
                             second = score(past[0], now[1], q),
                             margin = one.f.options.margin, theta = one.f.options.threshold;
                const auto softplus = [](double x) { return std::log(1 + std::exp(x)); };
                if (name == "clapp")
                    wanted += std::max(0.0, margin - same) + std::max(0.0, margin + first)
                              + std::max(0.0, margin + second);
                if (name == "ff")
                    wanted +=
                        (softplus(theta - same) + softplus(first - theta) + softplus(second - theta)) / 2;
                if (name == "infonce") wanted += (softplus(first - same) + softplus(second - same)) / 4;
            }
            INFO(name << ", pair " << one.step);
            CHECK(std::abs(loss - wanted) < 1e-9 * std::max(1.0, wanted));

            real* h = const_cast<real*>(one.f.record.h(2).data);
            const auto again = [&] {
                Memory kept = before;
                return one.loss(2, kept, unused);
            };
            CHECK(difference_from_finite({h, 2 * units}, {dh.data(), dh.size()}, again) < 1e-7);
            moved += largest({dh.data(), dh.size()});
            for (std::size_t view : {0u, 1u})
                for (std::size_t q : {0u, 1u}) past[view][q] = now[view][q];
        }
        CHECK(moved > 0.01);
    }
}

TEST_CASE("online, --head-centre takes a running mean of both views, held fixed",
          "[rules]") {
    OnePair one("infonce", 3);
    one.f.options.head = 4, one.f.options.head_centre = true;
    one.memory = one.f.memory(one.rule);
    const std::size_t l = 2, units = one.f.net.shape.hidden[l - 1].units(), k = 4;
    Vector mean(k, 0.0), past[2] = {Vector(k, 0.0), Vector(k, 0.0)};
    double moved = 0;
    for (; one.step < one.f.n; ++one.step) {
        one.look();
        const ConstView v = std::as_const(one.memory.learnt)[l - 1];
        real* h = const_cast<real*>(one.f.record.h(l).data);
        const auto code = [&](std::size_t view) {
            Vector z(k, 0.0);
            for (std::size_t i = 0; i < units; ++i)
                for (std::size_t j = 0; j < k; ++j) z[j] += h[view * units + i] * v(i, j);
            return z;
        };
        const double share = 1 / std::min(3.0, double(one.step + 1));
        const Vector z[] = {code(0), code(1)};
        for (std::size_t j = 0; j < k; ++j) mean[j] += share * ((z[0][j] + z[1][j]) / 2 - mean[j]);
        const auto centred = [&](std::size_t view) {
            Vector out = code(view);
            for (std::size_t j = 0; j < k; ++j) out[j] -= mean[j];
            return out;
        };
        const auto wanted = [&] {
            const Vector z1 = centred(0), z2 = centred(1);
            const auto score = [&](const Vector& a, const Vector& b) {
                return dot(a, b) / std::sqrt((dot(a, a) + 1e-12) * (dot(b, b) + 1e-12)) / one.f.options.temperature;
            };
            const double same = score(z1, z2), first = score(z1, past[1]), second = score(past[0], z2);
            return (std::log(1 + std::exp(first - same)) + std::log(1 + std::exp(second - same))) / 2;
        };
        Matrix dh(2, units);
        CHECK(std::abs(one.loss(l, one.memory, dh) - wanted()) < 1e-9);
        if (one.step > 0)  // the mean of the first pair is half way: opposite codes, and no slope
            CHECK(difference_from_finite({h, 2 * units}, {dh.data(), dh.size()}, wanted) < 1e-7);
        moved += largest({dh.data(), dh.size()});
        past[0] = centred(0), past[1] = centred(1);
    }
    CHECK(moved > 0.01);
}

TEST_CASE("online, the Hebbian form of clapp is equations 6 to 8 for one pair and the one before", "[rules]") {
    OnePair one("clapp", 1, true);
    const std::size_t l = 2, width = 5, units = 2 * width;
    std::size_t kinds[2][3] = {};  // view; positive, negative, neither
    Vector past[2] = {Vector(units, 0.0), Vector(units, 0.0)};
    for (int turn = 0; turn < 40; ++turn) {
        one.step = std::size_t(turn) % one.f.n;
        one.look();
        Matrix dh(2, units);
        const std::size_t block = 3 * (l - 1) + 1;  // V (empty), B, R
        const Pass pass{one.f.net, one.f.record, 1, std::span(one.f.labels).first(1), one.f.error, 11,
                        std::uint64_t(turn)};
        one.memory.learnt_gradient.zero();
        layer_loss(one.rule, pass, l, one.f.options, one.memory, dh);
        ConstView b = std::as_const(one.memory.learnt)[block], r = std::as_const(one.memory.learnt)[block + 1];
        Vector now[2] = {Vector(one.f.record.flat(l).row(0), one.f.record.flat(l).row(0) + units),
                         Vector(one.f.record.flat(l).row(1), one.f.record.flat(l).row(1) + units)};
        const auto predict = [&](ConstView w, const Vector& from) {
            Vector out(units, 0.0);
            for (std::size_t q = 0; q < 2; ++q)
                for (std::size_t i = 0; i < width; ++i)
                    for (std::size_t j = 0; j < width; ++j)
                        out[q * width + i] += w(q * width + i, j) * from[q * width + j];
            return out;
        };
        const auto gamma = [&](const Vector& h1, const Vector& h2, bool positive) {
            const double u = dot(h1, predict(b, h2)), c = one.f.options.margin;
            return positive ? (u < c ? -2.0 : 0.0) : (u > -c ? 2.0 : 0.0);
        };
        const auto is = [&](std::size_t view, double g, const Vector& prediction) {
            for (std::size_t j = 0; j < units; ++j)
                if (std::abs(dh(view, j) - g * prediction[j]) > 1e-12) return false;
            return true;
        };
        // View 1 takes part with its positive or with the view 2 before, and so the two predictors learn.
        const double g_same = gamma(now[0], now[1], true), g_before = gamma(now[0], past[1], false),
                     g_back = gamma(past[0], now[1], false);
        const bool positive = is(0, g_same, predict(b, now[1])),
                   negative = is(0, g_before, predict(b, past[1]));
        REQUIRE((positive || negative));
        ++kinds[0][positive ? 0 : 1];
        const double g = positive ? g_same : g_before;
        const Vector& with = positive ? now[1] : past[1];
        ConstView db = std::as_const(one.memory.learnt_gradient)[block],
                  dr = std::as_const(one.memory.learnt_gradient)[block + 1];
        for (std::size_t q = 0; q < 2; ++q)
            for (std::size_t i = 0; i < width; ++i)
                for (std::size_t j = 0; j < width; ++j) {
                    const double wanted = g * now[0][q * width + i] * with[q * width + j];
                    CHECK(std::abs(db(q * width + i, j) - wanted) < 1e-12);
                    CHECK(std::abs(dr(q * width + j, i) - wanted) < 1e-12);
                }
        // View 2: the same positive when view 1 took part with it, and, or, the view 1 before.
        Vector sum(units, 0.0);
        const Vector same = predict(r, now[0]), before = predict(r, past[0]);
        bool found = false;
        for (double share : {0.0, 1.0}) {
            for (std::size_t j = 0; j < units; ++j)
                sum[j] = (positive ? g_same * same[j] : 0) + share * g_back * before[j];
            if (!found && is(1, 1, sum)) found = true, ++kinds[1][std::size_t(share)];
        }
        CHECK(found);
        past[0] = now[0], past[1] = now[1];
    }
    CHECK((kinds[0][0] > 5 && kinds[0][1] > 5 && kinds[1][0] > 5 && kinds[1][1] > 5));
}

// The forward pass and the way back by equal strings (net/strings.hpp) against the same position by position.
#include "catch.hpp"
#include <array>
#include <set>
#include <sstream>

#include "fixture.hpp"
#include "base/error.hpp"

using namespace rhm;

namespace {

struct Case {
    GrammarShape task;
    std::size_t depth, n;
    bool bias;
};

struct Pair {  // a network with n random strings, not only those of a grammar: every tuple may come
    Network net;
    std::vector<std::uint8_t> input;
    Record record;

    Pair(const Case& c, Arch arch, bool whole) : net(network_shape(c.task, arch, c.depth, 7, c.bias), 3) {
        Rng rng(5, Purpose::test, c.n);
        input.resize(c.n * net.shape.length);
        for (auto& x : input) x = static_cast<std::uint8_t>(rng.below(net.shape.vocab));
        for (real& w : net.parameters.values())
            w = whole ? real(static_cast<int>(rng.below(7)) - 3) : w + real(0.1 * rng.normal());
        forward(net, input, c.n, record);
    }
    Matrix one_hot() const {
        Matrix x(input.size(), net.shape.vocab);
        for (std::size_t i = 0; i < input.size(); ++i) x(i, input[i]) = 1;
        return x;
    }
    /// h_1, h_2, ... position by position
    std::vector<Matrix> layer_by_layer() const {
        std::vector<Matrix> code(net.depth());
        Normalised none;
        for (std::size_t l = 1; l <= net.depth(); ++l)
            forward_layer(net, l, input, l > 1 ? code[l - 2].view() : ConstView{}, record.n, code[l - 1],
                          Moments::running, none);
        return code;
    }
};

double distance(std::span<const real> a, std::span<const real> b) {
    REQUIRE(a.size() == b.size());
    double most = 0, scale = 1;
    for (std::size_t i = 0; i < a.size(); ++i) {
        most = std::max(most, std::abs(double(a[i]) - double(b[i])));
        scale = std::max(scale, std::abs(double(a[i])));
    }
    return most / scale;
}

std::span<const real> numbers(ConstView m) { return {m.data, m.size()}; }

const Case kCases[] = {
    {{.vocab = 4, .classes = 3, .synonyms = 2, .tuple = 2, .levels = 3}, 3, 50, false},
    {{.vocab = 6, .classes = 6, .synonyms = 3, .tuple = 2, .levels = 2},
     2,
     128,
     true},  // layer 2 is the last
    {{.vocab = 3, .classes = 2, .synonyms = 3, .tuple = 3, .levels = 3},
     2,
     40,
     true},  // three symbols a tuple, a shallow network
    {{.vocab = 16, .classes = 4, .synonyms = 4, .tuple = 2, .levels = 3},
     3,
     256,
     false},  // 256 tuples: the last number is 255
    {{.vocab = 2, .classes = 2, .synonyms = 2, .tuple = 2, .levels = 4},
     4,
     200,
     true},  // two layers by string
};

}  // namespace

/// A signal of whole or other numbers.
static Matrix signal(std::size_t rows, std::size_t cols, bool whole) {
    Matrix delta(rows, cols);
    Rng rng(8, Purpose::test);
    for (std::size_t i = 0; i < delta.size(); ++i)
        delta.data()[i] = whole ? double(rng.below(9)) - 4 : rng.normal();
    return delta;
}

TEST_CASE("by equal strings and position by position: the same codes, the same way back", "[network]") {
    std::size_t most_layers = 0;
    for (const Case& c : kCases)
        for (bool whole : {true, false}) {
            Pair f(c, Arch::cnn, whole);
            REQUIRE(f.record.strings[0].used());
            const double bound = whole ? 0 : 1e-13;  // whole numbers are added up without rounding
            std::vector<Matrix> code = f.layer_by_layer();
            for (std::size_t l = 1; l <= c.depth; ++l) {
                REQUIRE(largest(numbers(code[l - 1])) > 0.1);
                CHECK(distance(numbers(f.record.h(l)), numbers(code[l - 1])) <= bound);
                if (f.record.strings[l - 1].used()) most_layers = std::max(most_layers, l);
            }
            for (std::size_t l = 1; l <= c.depth; ++l)
                for (std::size_t n : {c.n, c.n / 2}) {  // whole, and a part of the batch
                    const LayerShape& layer = f.net.shape.hidden[l - 1];
                    Matrix delta = signal(n * layer.positions, layer.width, whole);
                    Parameters got = f.net.parameters.zeros(), want = got;
                    for (double& x : got.values()) x = 2;  // added to
                    for (double& x : want.values()) x = 2;
                    const Matrix below = l > 1 ? code[l - 2] : f.one_hot();
                    const std::size_t rows = below.rows() / c.n;
                    accumulate_from(f.net, l, below.view().rows_from(0, n * rows), delta, want);
                    accumulate(f.net, f.record, l, delta, got);
                    REQUIRE(largest(want.values()) > 3);
                    CHECK(distance(got.values(), want.values()) <= bound);
                    if (l == 1 || n < c.n || !f.record.strings[l - 2].used()) continue;
                    // What is sent down to a string is the sum of what is sent to its positions.
                    const Strings& strings = f.record.strings[l - 2];
                    Matrix all(rows * n, below.cols()), sums(strings.count(), below.cols()), sent = sums;
                    send_down(f.net, l, delta, f.net.weight(l), all);
                    for (std::size_t i = 0; i < all.rows(); ++i)
                        for (std::size_t j = 0; j < all.cols(); ++j) sums(strings.of[i], j) += all(i, j);
                    const bool by_string = f.record.strings[l - 1].used();
                    send_down_strings(f.record, l,
                                      by_string ? sum_by_string(f.record, l, delta) : delta.view(),
                                      f.net.weight(l), sent);
                    REQUIRE(largest(numbers(sums)) > 0.1);
                    CHECK(distance(numbers(sent), numbers(sums)) <= bound * 10);
                }
        }
    CHECK(most_layers >= 2);
}

TEST_CASE("every rule's update is the same with equal strings computed once", "[network][rules]") {
    GrammarShape task{.vocab = 3, .classes = 3, .synonyms = 2, .tuple = 2, .levels = 4};
    for (const Rule* rule : rules())
        for (int levels_of_task : {4, 6})
            for (auto [head, hidden, levels, depth] :
                 {std::array{4, 0, 20, 1}, {4, 6, 20, 1}, {4, 6, 1, 1}, {4, 6, 1, 3}, {0, 0, 20, 1}})
                for (bool bias : {false, true})
                    for (Pairing pairing : {Pairing::classes, Pairing::siblings}) {
                        task.levels = levels_of_task;
                        Fixture f(Arch::cnn, bias, std::size_t(levels_of_task), task);
                        f.options.head = head;
                        f.options.head_hidden = hidden;
                        f.options.head_levels = levels;
                        f.options.head_depth = depth;
                        f.options.pairing = pairing;
                        Memory by_string = f.memory(*rule), by_position = f.memory(*rule);
                        const Parameters got = f.gradient(*rule, by_string);
                        REQUIRE(f.record.strings[0].used());
                        REQUIRE(f.record.strings[1].used() == (levels_of_task == 6));
                        f.record.share = false;
                        const Parameters want = f.gradient(*rule, by_position);
                        REQUIRE(!f.record.strings[0].used());
                        INFO(rule->name << ", head " << head << ", hidden " << hidden << ", levels "
                                        << levels);
                        CHECK(distance(got.values(), want.values()) < 1e-12);
                        if (want.size() && by_position.learnt.size())
                            CHECK(distance(by_string.learnt_gradient.values(),
                                           by_position.learnt_gradient.values())
                                  < 1e-12);
                    }
}

TEST_CASE("... in a layer of one position, too", "[network][rules]") {
    for (const Rule* rule : rules()) {
        Fixture f(Arch::fcn, false, 2, {.vocab = 3, .classes = 3, .synonyms = 2, .tuple = 2, .levels = 2});
        for (std::size_t i = 20; i < f.input.size(); ++i) f.input[i] = f.input[i - 20];  // five strings
        Memory by_string = f.memory(*rule), by_position = f.memory(*rule);
        const Parameters got = f.gradient(*rule, by_string);
        REQUIRE(f.record.strings[0].used());
        f.record.share = false;
        const Parameters want = f.gradient(*rule, by_position);
        INFO(rule->name);
        CHECK(distance(got.values(), want.values()) < 1e-12);
        if (want.size() && by_position.learnt.size())
            CHECK(distance(by_string.learnt_gradient.values(), by_position.learnt_gradient.values()) < 1e-12);
    }
}

TEST_CASE("by string only where it is less work: many data, few strings, shared weights", "[network]") {
    Case c = kCases[0];  // 16 tuples, two positions in layer 2
    const auto used = [](const Case& at, Arch arch) {
        return Pair(at, arch, false).record.strings[0].used();
    };
    const auto different = [](const Case& at) {
        const Pair f(at, Arch::cnn, false);
        std::set<std::pair<int, int>> tuples;
        for (std::size_t i = 0; i < f.input.size(); i += 2) tuples.insert({f.input[i], f.input[i + 1]});
        return tuples.size();
    };
    for (std::size_t n : {1u, 5u, 10u, 14u, 15u, 16u, 17u, 50u}) {
        c.n = n;
        CHECK(used(c, Arch::cnn) == (different(c) <= n));  // layer 2 has 2 n rows
    }
    CHECK(used(c, Arch::cnn));
    CHECK_FALSE(used(c, Arch::lcn));
    CHECK_FALSE(used(kCases[1], Arch::lcn));  // layer 2 is one position, layer 1 is not shared
    CHECK_FALSE(used(c, Arch::fcn));
    c.depth = 1;
    CHECK_FALSE(used(c, Arch::cnn));
    c = kCases[3];
    c.n = 1000;
    c.task.vocab = 17;  // 289 tuples have no number in a byte
    CHECK_FALSE(used(c, Arch::cnn));
}

TEST_CASE("strings are numbered as they come, as many as are allowed and a byte can tell apart",
          "[network]") {
    std::vector<std::uint8_t> pairs;
    for (int i = 0; i < 257; ++i) pairs.insert(pairs.end(), {std::uint8_t(i / 17), std::uint8_t(i % 17)});
    const auto found = [&](std::size_t count, std::size_t most) {
        Strings strings;
        strings.find(std::span(pairs).first(2 * count), 2, 17, most, 3);
        return strings;
    };
    const Strings all = found(256, 1000);
    REQUIRE((all.used() && all.count() == 256));
    for (std::size_t i = 0; i < 256; ++i) REQUIRE(all.of[i] == i);
    CHECK(std::equal(all.parts.begin(), all.parts.end(), pairs.begin(), pairs.begin() + 512));
    CHECK_FALSE(found(257, 1000).used());
    CHECK(found(10, 10).used());
    CHECK_FALSE(found(11, 10).used());
    pairs.insert(pairs.begin(), {3, 2, 0, 1, 3, 2});
    CHECK(found(3, 2).of == std::vector<std::uint8_t>{0, 1, 0});
}

TEST_CASE("a record that was used by strings is used without them afterwards", "[network]") {
    Pair f(kCases[0], Arch::cnn, false);
    REQUIRE(f.record.strings[0].used());
    forward(f.net, std::span(f.input).first(2 * f.net.shape.length), 2, f.record);
    CHECK_FALSE(f.record.strings[0].used());
    f.record.n = 2;
    CHECK(distance(numbers(f.record.h(3)), numbers(f.layer_by_layer()[2])) == 0);
}

TEST_CASE("initial weights have the variance of their fan-in, biases are zero", "[network]") {
    const GrammarShape task{.vocab = 8, .classes = 8, .synonyms = 2, .tuple = 2, .levels = 3};
    for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn})
        for (bool bias : {false, true}) {
            Network net(network_shape(task, arch, 3, 64, bias), 3, 0.5);
            for (std::size_t l = 1; l <= 4; ++l) {
                const std::span<const real> w = net.parameters.span(net.weight_index(l));
                const double inputs = l <= 3 ? double(net.shape.hidden[l - 1].inputs) : 64;
                double mean = 0, square = 0;
                for (double x : w) mean += x / double(w.size()), square += x * x / double(w.size());
                INFO(kArchNames[int(arch)] << " layer " << l);
                const double variance = l <= 3 ? 0.25 * 2 / inputs : 1 / inputs;
                CHECK(std::abs(square / variance - 1) < 6 * std::sqrt(2 / double(w.size())));
                CHECK(std::abs(mean) < 6 * std::sqrt(variance / double(w.size())));
                for (double b : net.bias(l)) CHECK(b == 0);
                CHECK(net.bias(l).size()
                      == (!bias                            ? 0
                          : l == 4                         ? 8
                          : net.shape.hidden[l - 1].shared ? 64
                                                           : net.shape.hidden[l - 1].units()));
            }
            CHECK(parameter_count(net.shape) == net.parameters.size());
            CHECK_FALSE(same_bits(net.parameters.span(net.weight_index(2)).first(64),
                                  net.parameters.span(net.weight_index(3)).first(64)));
        }
}

TEST_CASE("the layers of each architecture", "[network]") {
    const GrammarShape task{.vocab = 4, .classes = 3, .synonyms = 2, .tuple = 2, .levels = 3};
    const auto text = [&](Arch arch, std::size_t depth) {
        std::ostringstream out;
        for (const LayerShape& layer : network_shape(task, arch, depth, 5, false).hidden)
            out << layer.positions << "x" << layer.inputs << "x" << layer.width
                << (layer.shared ? " " : "! ");
        return out.str();
    };
    CHECK(text(Arch::cnn, 3) == "4x8x5 2x10x5 1x10x5 ");
    CHECK(text(Arch::lcn, 3) == "4x8x5! 2x10x5! 1x10x5 ");
    CHECK(text(Arch::lcn, 2) == "4x8x5! 2x10x5! ");
    CHECK(text(Arch::fcn, 4) == "1x32x5 1x5x5 1x5x5 1x5x5 ");
    CHECK_THROWS(network_shape(task, Arch::cnn, 0, 5, false));
    CHECK_THROWS(network_shape(task, Arch::cnn, 4, 5, false));
    CHECK_THROWS(network_shape(task, Arch::lcn, 4, 5, false));
    CHECK_THROWS(network_shape(task, Arch::cnn, 3, 0, false));
    CHECK_THROWS(network_shape(task, Arch::cnn, 3, (1u << 20) + 1, false));
    CHECK_NOTHROW(network_shape(task, Arch::cnn, 1, 1u << 20, false));
    CHECK_NOTHROW(network_shape(task, Arch::fcn, 2, 63000, false));  // 63000^2 < 4e9
    CHECK_THROWS(network_shape(task, Arch::fcn, 2, 63300, false));
}

TEST_CASE("the cross-entropy is its definition, however large the outputs", "[network]") {
    Matrix o(3, 3), e(3, 3);
    const double numbers[3][3] = {{0.5, -1, 2}, {800, 802, 799}, {-900, -900, -900}};
    const std::vector<std::uint8_t> labels = {2, 0, 1};
    double want = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        double sum = 0;
        for (std::size_t c = 0; c < 3; ++c)
            o(i, c) = numbers[i][c], sum += std::exp(numbers[i][c] - numbers[i][labels[i]]);
        want += std::log(sum) / 3;
    }
    CHECK(std::abs(cross_entropy(o.view(), labels, e.view()) - want) < 1e-12);
    CHECK(std::abs(cross_entropy(o.view(), labels, View{}) - want) < 1e-12);
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t c = 0; c < 3; ++c) {
            double sum = 0;
            for (std::size_t k = 0; k < 3; ++k) sum += std::exp(numbers[i][k] - numbers[i][c]);
            CHECK(std::abs(e(i, c) - (1 / sum - (c == labels[i])) / 3) < 1e-12);
        }
    CHECK(count_correct(o.view(), labels) == 1);
    CHECK(count_correct(o.view(), std::vector<std::uint8_t>{2, 1, 0}) == 3);  // of equal outputs the first
    CHECK(cross_entropy(ConstView{}, {}, View{}) == 0);
}

TEST_CASE("a network is as narrow as one unit, and no narrower", "[network]") {
    const GrammarShape task = Fixture().task;
    for (Arch arch : {Arch::cnn, Arch::lcn, Arch::fcn}) {
        const NetworkShape narrow = network_shape(task, arch, 3, 1, false);
        CHECK(narrow.hidden[0].width == 1);
        CHECK_THROWS_AS(network_shape(task, arch, 3, 0, false), Error);
    }
    CHECK(network_shape(task, Arch::fcn, 1, 1u << 20, false).hidden[0].width == 1u << 20);
    CHECK_THROWS_AS(network_shape(task, Arch::fcn, 1, (1u << 20) + 1, false), Error);
}

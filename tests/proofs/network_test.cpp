// The forward pass and the gradient by tuples (net/network.hpp) against the same layer by layer.
#include "../catch.hpp"
#include "../fixture.hpp"

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
    /// h_1, h_2, ... without tuples
    std::vector<Matrix> layer_by_layer() const {
        std::vector<Matrix> code(net.depth());
        for (std::size_t l = 1; l <= net.depth(); ++l)
            forward_layer(net, l, input, l > 1 ? code[l - 2].view() : ConstView{}, record.n, code[l - 1]);
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

std::span<const real> numbers(const Matrix& m) { return {m.data(), m.size()}; }

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
};

}  // namespace

TEST_CASE("by tuples and layer by layer: the same codes, the same gradient", "[network]") {
    for (const Case& c : kCases)
        for (bool whole : {true, false}) {
            Pair f(c, Arch::cnn, whole);
            REQUIRE(f.record.tuples.used());
            const double bound = whole ? 0 : 1e-13;  // whole numbers are added up without rounding
            std::vector<Matrix> code = f.layer_by_layer();
            CHECK(same_bits(numbers(f.record.code[0]), numbers(code[0])));
            for (std::size_t l = 2; l <= c.depth; ++l) {
                REQUIRE(largest(numbers(code[l - 1])) > 0.1);
                CHECK(distance(numbers(f.record.code[l - 1]), numbers(code[l - 1])) <= bound);
            }
            const LayerShape& second = f.net.shape.hidden[1];
            for (auto [first, n] : {std::pair<std::size_t, std::size_t>{0, c.n},
                                    {c.n / 3, c.n / 2}}) {  // whole, and a part of the batch
                Matrix delta(n * second.positions, second.width);
                Rng rng(8, Purpose::test);
                for (std::size_t i = 0; i < delta.size(); ++i)
                    delta.data()[i] = whole ? double(rng.below(9)) - 4 : rng.normal();
                Parameters got = f.net.parameters.zeros(), want = got;
                for (double& x : got.values()) x = 2;  // added to
                for (double& x : want.values()) x = 2;
                accumulate(f.net, f.record, 2, delta, got, first);
                const std::size_t rows = f.net.shape.hidden[0].positions;
                accumulate_from(f.net, 2, code[0].view().rows_from(first * rows, n * rows), delta, want);
                REQUIRE(largest(want.values()) > 3);
                CHECK(distance(got.values(), want.values()) <= bound);
            }
        }
}

TEST_CASE("by tuples only where it is less work: many data, few tuples, shared weights", "[network]") {
    Case c = kCases[0];  // 16 tuples, two positions in layer 2
    for (std::size_t n : {1u, 15u, 16u, 17u}) {
        c.n = n;
        CHECK(Pair(c, Arch::cnn, false).record.tuples.used() == (n >= 16));
    }
    CHECK_FALSE(Pair(c, Arch::lcn, false).record.tuples.used());
    CHECK_FALSE(Pair(kCases[1], Arch::lcn, false)
                    .record.tuples.used());  // layer 2 is one position, layer 1 is not shared
    CHECK_FALSE(Pair(c, Arch::fcn, false).record.tuples.used());
    c.depth = 1;
    CHECK_FALSE(Pair(c, Arch::cnn, false).record.tuples.used());
    c = kCases[3];
    c.n = 1000;
    c.task.vocab = 17;  // 289 tuples have no number in a byte
    CHECK_FALSE(Pair(c, Arch::cnn, false).record.tuples.used());
}

TEST_CASE("a record that was used by tuples is used without them afterwards", "[network]") {
    Pair f(kCases[0], Arch::cnn, false);
    REQUIRE(f.record.tuples.used());
    forward(f.net, std::span(f.input).first(2 * f.net.shape.length), 2, f.record);
    CHECK_FALSE(f.record.tuples.used());
    f.record.n = 2;
    CHECK(distance(numbers(f.record.code[2]), numbers(f.layer_by_layer()[2])) == 0);
}

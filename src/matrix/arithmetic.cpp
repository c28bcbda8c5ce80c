#include "matrix/arithmetic.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <vector>

#include "base/digest.hpp"
#include "matrix/denormals.hpp"
#include "matrix/kernels.hpp"
#include "base/rng.hpp"

namespace rhm {
namespace {

using Numbers = Matrix;

Numbers random(std::size_t rows, std::size_t cols, std::uint64_t index) {
    Numbers out(rows, cols);
    Rng(0, Purpose::weights, index).fill_normal(std::span(out.data(), out.size()), 1);
    return out;
}

void add(Digest& digest, const Numbers& numbers) {
    digest.add(std::span<const real>(numbers.data(), numbers.size()));
}

/// Products whose rows, columns and terms fill no block of any kernel evenly.
void add_products(Digest& digest) {
    constexpr std::size_t kRows = 37, kCols = 53, kTerms = 301;
    const Numbers a = random(kRows, kTerms, 1), b = random(kTerms, kCols, 2);
    const Numbers a_turned = random(kTerms, kRows, 3), b_turned = random(kCols, kTerms, 4);
    Numbers c(kRows, kCols);
    gemm_nn(a, b, c);
    gemm_nt(a, b_turned, c, 1);
    gemm_tn(a_turned, b, c, 1);
    add(digest, c);
}

void add_updates(Digest& digest) {
    const Numbers gradient = random(1, 101, 5);
    Numbers weights = random(1, 101, 6), mean(1, 101), square(1, 101);
    auto span = [](Numbers& numbers) { return std::span(numbers.data(), numbers.size()); };
    for (double rate : {1e-2, 3e-3})
        adam_update({gradient.data(), gradient.size()}, span(mean), span(square), span(weights), rate, 0.9,
                    0.999, 1e-8);
    bias_relu(span(mean), weights);
    softmax(mean, span(square).first(1), span(square).last(1));
    softplus(span(weights), span(square));
    add(digest, weights);
    add(digest, mean);
    add(digest, square);
}

/// Nothing where denormals can be done without.
void add_denormals(Digest& digest) {
    const NoDenormals none;
    Numbers least(1, 1), one(1, 1), product(1, 1);
    least.fill(std::numeric_limits<real>::min() / 2);
    one.fill(1);
    gemm_nn(least, one, product);
    if (product(0, 0) > 0) add(digest, product);
}

void add_functions(Digest& digest) {
    std::vector<double> values;
    Rng rng(0, Purpose::weights, 7);
    for (int i = 0; i < 200; ++i) {
        const double x = 3 * rng.normal();
        const float narrow = float(x);
        for (double y : {std::exp(x), std::log(std::abs(x)), std::log1p(std::exp(-std::abs(x))), std::cos(x)})
            values.push_back(y);
        for (float y : {std::exp(narrow), std::log(std::abs(narrow)), std::log1p(std::abs(narrow))})
            values.push_back(double(y));
    }
    digest.add(std::span<const double>(values));
}

}  // namespace

std::string arithmetic() {
    static std::mutex mutex;
    static std::map<std::string_view, std::string> known;
    std::lock_guard lock(mutex);
    std::string& text = known[selected_kernels()];
    if (text.empty()) {
        Digest digest;
        add_products(digest);
        add_updates(digest);
        add_functions(digest);
        add_denormals(digest);
        text = digest.text();
    }
    return text;
}

}  // namespace rhm

#include "data/dataset.hpp"

#include <chrono>
#include <exception>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "data/language.hpp"

namespace rhm {

Dataset draw(const Grammar& grammar, const SplitSizes& sizes, Split split, std::uint64_t seed) {
    Sampler sampler(grammar.shape(), sizes, seed);
    Dataset data;
    data.length = std::size_t(grammar.shape().length());
    std::size_t count = sizes.of(split);
    double bytes = double(count) * (double(data.length) + 1);
    if (bytes > 1e18)
        fail(Exit::input, count, " data need ", bytes_text(bytes), " of memory; lower -P or --test-size");
    try {
        data.leaves.resize(count * data.length);
        data.labels.resize(count);
    } catch (const std::exception&) {  // bad_alloc or length_error
        fail(Exit::input, count, " data need ", bytes_text(bytes),
             " of memory, more than there is; lower -P or --test-size");
    }
    Digits digits(digit_count(grammar.shape()));
    for (std::size_t i = 0; i < count; ++i) {
        if (i % 1024 == 0) stop_if_interrupted();
        sampler.at(split, i, digits);
        data.labels[i] = std::uint8_t(digits[0]);
        derive(grammar, digits, {data.leaves.data() + i * data.length, data.length});
    }
    return data;
}

double bench_data(const GrammarShape& shape, std::size_t count) {
    Grammar grammar(shape, 0);
    auto start = std::chrono::steady_clock::now();
    Dataset data = draw(grammar, {.train = count}, Split::train, 0);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    return double(data.leaves.size()) / seconds.count();
}

}  // namespace rhm

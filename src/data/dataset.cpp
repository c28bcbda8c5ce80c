#include "data/dataset.hpp"

#include <set>

#include "base/error.hpp"
#include "base/rng.hpp"

namespace rhm {

void check(const GrammarShape& shape, const SplitSizes& sizes) {
    double most = shape.classes;
    for (int i = 0; i < shape.choices(); ++i) most *= shape.synonyms;
    double want = static_cast<double>(sizes.train + sizes.test + sizes.validation);
    if (want > most) fail(Exit::input, "the language has only P_max = ", most, " data, but ", want, " are asked for; lower -P or --test-size");
}

Dataset draw(const Grammar& grammar, const SplitSizes& sizes, Split split, std::uint64_t seed) {
    check(grammar.shape(), sizes);
    const GrammarShape& g = grammar.shape();
    Dataset data;
    data.length = static_cast<std::size_t>(g.length());
    std::set<std::vector<std::uint8_t>> seen;
    Rng rng(seed, Purpose::permutation);
    std::size_t skip = split == Split::train ? sizes.test + sizes.validation : split == Split::validation ? sizes.test : 0;
    std::size_t count = split == Split::train ? sizes.train : split == Split::validation ? sizes.validation : sizes.test;
    while (data.size() < count) {
        std::uint8_t label = static_cast<std::uint8_t>(data.size() % static_cast<std::size_t>(g.classes));
        std::vector<std::uint8_t> symbols{label}, next;
        for (int level = g.levels; level >= 1; --level, symbols.swap(next)) {
            next.clear();
            for (auto symbol : symbols) {
                auto rule = grammar.rule(level, symbol, static_cast<int>(rng.below(static_cast<std::uint64_t>(g.synonyms))));
                next.insert(next.end(), rule.begin(), rule.end());
            }
        }
        if (!seen.insert(symbols).second || seen.size() <= skip) continue;
        data.leaves.insert(data.leaves.end(), symbols.begin(), symbols.end());
        data.labels.push_back(label);
    }
    return data;
}

ClassPartners::ClassPartners(const Dataset& data, int classes) : data_(&data), members_(static_cast<std::size_t>(classes)) {
    for (std::size_t i = 0; i < data.size(); ++i) members_[data.labels[i]].push_back(static_cast<std::uint32_t>(i));
}

void ClassPartners::draw(std::span<const std::uint32_t> indices, std::uint64_t seed, std::uint64_t step, std::span<std::uint32_t> partners) const {
    Rng rng(seed, Purpose::pairs, step);
    for (std::size_t i = 0; i < indices.size(); ++i) {
        const auto& members = members_[data_->labels[indices[i]]];
        do partners[i] = members[static_cast<std::size_t>(rng.below(members.size()))];
        while (partners[i] == indices[i] && members.size() > 1);
    }
}

}  // namespace rhm

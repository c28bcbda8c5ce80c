#include "data/views.hpp"

#include "base/error.hpp"
#include "base/rng.hpp"
#include "data/dataset.hpp"

namespace rhm {

ClassPartners::ClassPartners(const Dataset& data, int classes)
    : data_(&data), members_(std::size_t(classes)) {
    for (std::size_t i = 0; i < data.size(); ++i) members_[data.labels[i]].push_back(std::uint32_t(i));
}

void ClassPartners::draw(std::span<const std::uint32_t> indices, std::uint64_t seed, std::uint64_t step,
                         std::span<std::uint32_t> partners) const {
    for (std::size_t i = 0; i < indices.size(); ++i) {
        const auto& members = members_[data_->labels[indices[i]]];
        partners[i] = indices[i];
        if (members.size() < 2) continue;
        std::size_t other = std::size_t(Rng(seed, Purpose::pairs, step << 32 | i).below(members.size() - 1));
        partners[i] =
            members[other + (members[other] >= indices[i])];  // members ascend: this skips the datum itself
    }
}

void Views::read(std::span<const std::uint8_t> leaves, int level) {
    if (level < 1 || level > grammar_->shape().levels)
        fail(Exit::input, "level ", level,
             " has no rules; levels are 1 (lowest) to L = ", grammar_->shape().levels);
    if (auto fault = parse(*grammar_, leaves, tree_)) fail(Exit::input, describe(*grammar_, leaves, *fault));
}

/// One stream a view: its number is the hash-free pair (step, index), of which 2^32 each are told apart.
static Rng stream(std::uint64_t seed, std::uint64_t step, std::uint64_t index) {
    return Rng(seed, Purpose::views, step << 32 ^ index);
}

void Views::synonyms(std::span<const std::uint8_t> leaves, int k, std::uint64_t seed, std::uint64_t step,
                     std::uint64_t index, std::span<std::uint8_t> out) {
    read(leaves, k);
    Rng rng = stream(seed, step, index);
    auto m = std::uint64_t(grammar_->shape().synonyms);
    for (int level = k; level >= 1; --level)
        for (std::uint32_t& choice : tree_.choices[std::size_t(level)]) choice = std::uint32_t(rng.below(m));
    rederive(*grammar_, tree_, k);
    std::copy(tree_.symbols[0].begin(), tree_.symbols[0].end(), out.begin());
}

void Views::swap(std::span<const std::uint8_t> leaves, int level, std::uint64_t seed, std::uint64_t step,
                 std::uint64_t index, std::span<std::uint8_t> out) {
    read(leaves, level);
    auto m = std::uint32_t(grammar_->shape().synonyms);
    if (m < 2) fail(Exit::input, "with m = 1 a symbol has no other rule to swap to; raise -m to 2 or more");
    Rng rng = stream(seed, step, index);
    for (std::uint32_t& choice : tree_.choices[std::size_t(level)])
        choice = (choice + 1 + std::uint32_t(rng.below(m - 1))) % m;
    rederive(*grammar_, tree_, level);
    std::copy(tree_.symbols[0].begin(), tree_.symbols[0].end(), out.begin());
}

}  // namespace rhm

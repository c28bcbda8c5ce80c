// The pairs of views that self-supervised rules learn from, and the swaps that measure what a layer ignores.
// Every view is a function of (seed, step, index): it does not depend on batch sizes, threads or what was
// drawn before. Which rows of a layer are then a pair: rules/pairs.hpp.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "data/language.hpp"

namespace rhm {

struct Dataset;

/// Draws for each of the N rows of `indices` another datum of the same class: partners[i] is an index into
/// `data`, different from indices[i] when the class has two data. A function of (seed, step, position in the
/// batch).
class ClassPartners {
public:
    explicit ClassPartners(const Dataset& data, int classes);
    void draw(std::span<const std::uint32_t> indices, std::uint64_t seed, std::uint64_t step,
              std::span<std::uint32_t> partners) const;

private:
    const Dataset* data_;
    std::vector<std::vector<std::uint32_t>> members_;  ///< [class], ascending
};

/// Views made with the grammar (oracle augmentations). Keep one per thread: it holds a tree as working
/// memory. The grammar must outlive it. Strings outside the language throw Error(input) with the place of the
/// fault.
class Views {
public:
    explicit Views(const Grammar& grammar) : grammar_(&grammar) {}

    /// Synonym re-derivation below level k (1..L): the symbols of the levels >= k stay, every choice at the
    /// levels <= k is drawn anew (it may come out the same). k = L redraws the whole string and keeps only
    /// its class.
    void synonyms(std::span<const std::uint8_t> leaves, int k, std::uint64_t seed, std::uint64_t step,
                  std::uint64_t index, std::span<std::uint8_t> out);

    /// The swap x~l of the synonym sensitivity (Cagnetta et al. 2024, section IV): every level-l symbol stays
    /// but takes a different rule, uniformly among its other m - 1. What lies below is derived from the
    /// changed symbols with the choices it had, so a leaf whose ancestors at all levels below l stay the same
    /// stays too. Needs m >= 2 (Error(input) otherwise).
    void swap(std::span<const std::uint8_t> leaves, int level, std::uint64_t seed, std::uint64_t step,
              std::uint64_t index, std::span<std::uint8_t> out);

    /// The tree of the last view.
    const Tree& tree() const { return tree_; }

private:
    void read(std::span<const std::uint8_t> leaves, int level);

    const Grammar* grammar_;
    Tree tree_;
};

}  // namespace rhm

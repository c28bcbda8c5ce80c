// Which rows of a layer's code belong together, told by --views (RuleOptions::pairing):
//
//   class, synonyms   the whole layer for view 1 and view 2 of a datum: rows i and n + i of the record
//   siblings          neighbouring positions q and q + 1 of one string that have the same parent, that is,
//                     feed the same position of the next layer. (The top layer has no siblings.)
//
// The rows are laid out by BatchInput (train/trainer.cpp). With --positives class all rows of a class belong
// together: PairCodes::positive (local.hpp).
#pragma once
#include "rules/rule.hpp"

namespace rhm {

/// `rows` pairs inside the code of a layer: numbers first + i * stride ... of view 1 of pair i, and second +
/// i * stride ... of view 2, `cols` of each.
struct PairSet {
    std::size_t first, second, rows, cols, stride;
    std::size_t slot;  ///< siblings: the place of view 1 among the children of its parent

    template <class T>
    ViewOf<T> view1(T* code) const {
        return {code + first, rows, cols, stride};
    }
    template <class T>
    ViewOf<T> view2(T* code) const {
        return {code + second, rows, cols, stride};
    }
    /// The two views of whole strings, one after the other.
    template <class T>
    ViewOf<T> both(T* code) const {
        return {code + first, 2 * rows, cols, stride};
    }
};

/// The pairs of layer l among n data, in sets that are told apart: by position when a loss without a head
/// looks at one position at a time, by slot and (contrastive losses) by place for siblings.
class Pairs {
public:
    Pairs(const NetworkShape& shape, std::size_t l, const RuleOptions& options, const LocalLoss& loss,
          std::size_t n);
    std::size_t sets() const { return sets_; }  ///< 0: a layer without pairs
    PairSet operator[](std::size_t i) const;
    /// A position is in two pairs: a middle child of three and more.
    bool overlap() const { return siblings_ && group_ > 2; }

private:
    std::size_t n_, positions_, width_, group_, sets_;
    bool siblings_, one_position_, one_place_;
};

inline bool siblings(const RuleOptions& options) { return options.pairing == Pairing::siblings; }
/// Whether all data of a class are positives of each other; with --online and --hebbian there are only pairs.
inline bool has_class_positives(const RuleOptions& options) {
    return options.class_positives && options.pairing == Pairing::classes && options.online == 0
           && !options.hebbian;
}
/// s: positions that feed one position of the next layer.
inline std::size_t siblings_of(const NetworkShape& shape) { return shape.hidden[0].inputs / shape.vocab; }
/// Whether layer l has pairs: all layers except, with siblings, one of a single position.
bool has_pairs(const NetworkShape& shape, std::size_t l, const RuleOptions& options);

}  // namespace rhm

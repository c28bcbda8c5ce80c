#include "rules/pairs.hpp"

namespace rhm {

bool has_pairs(const NetworkShape& shape, std::size_t l, const RuleOptions& options) {
    return !siblings(options) || shape.hidden[l - 1].positions > 1;
}

Pairs::Pairs(const NetworkShape& shape, std::size_t l, const RuleOptions& options, const LocalLoss& loss,
             std::size_t n)
    : n_(n),
      positions_(shape.hidden[l - 1].positions),
      width_(shape.hidden[l - 1].width),
      group_(siblings_of(shape)),
      siblings_(siblings(options)),
      one_position_(options.head == 0 && !loss.whole_layer),
      one_place_(loss.contrastive && !options.negatives_anywhere) {
    if (!siblings_)
        sets_ = one_position_ ? positions_ : 1;
    else
        sets_ = has_pairs(shape, l, options) ? (group_ - 1) * (one_place_ ? positions_ / group_ : 1) : 0;
}

PairSet Pairs::operator[](std::size_t i) const {
    const std::size_t units = positions_ * width_;
    if (!siblings_ && one_position_) return {i * width_, n_ * units + i * width_, n_, width_, units, 0};
    if (!siblings_) return {0, n_ * units, n_, units, units, 0};
    const std::size_t slot = i % (group_ - 1), place = i / (group_ - 1),
                      at = (place * group_ + slot) * width_;
    if (one_place_) return {at, at + width_, n_, width_, units, slot};
    return {at, at + width_, n_ * positions_ / group_, width_, group_ * width_, slot};
}

}  // namespace rhm

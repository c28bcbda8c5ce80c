// What the update of a synapse depends on, found by trying: everything that a rule could look at is changed,
// one thing at a time, and the update is computed again. What it does not depend on stays the same to the
// bit.
//
// The synapse is one of the middle layer of a small network of three, whose positions have weights of their
// own (lcn), and the datum is one of a batch: its update is its presynaptic activity times delta, and delta
// is looked at. The presynaptic activity and the unit's own stay as they are. With --batch 1 the other data
// were seen before, one by one, and can matter by the traces that they left only, which stay.
#pragma once
#include <array>
#include <string_view>
#include <vector>

#include "rules/rule.hpp"
#include "train/config.hpp"

namespace rhm {

/// What is changed.
enum class Source {
    label,          ///< of this datum
    error,          ///< the output error of this datum
    feedback,       ///< random feedback weights
    weights_above,  ///< of the layers above: a rule that depends on them transports weights
    masks_above,    ///< which units of the layers above are active: "masking"
    weights_own,    ///< of this layer
    second_pass,  ///< input and weights below, whose activity in this pass stays: only a second pass sees it
    units,        ///< other units at this position
    positions,    ///< other positions of this layer
    view,         ///< the other view of this datum
    data,         ///< the other data of the batch
    head,         ///< weights that this layer has learnt besides: its head, predictors or readout
    heads,        ///< those of other layers
};
inline constexpr std::string_view kSourceNames[] = {
    "label",       "output-error", "random-feedback", "weights-above",   "masks-above",
    "own-weights", "second-pass",  "other-units",     "other-positions", "other-view",
    "other-data",  "own-head",     "other-heads"};
inline constexpr std::size_t kSources = std::size(kSourceNames);

/// What plasticity theory calls such an update, by what it depends on besides pre- and postsynaptic activity.
enum class Plasticity {
    none,          ///< the synapse does not change
    two_factor,    ///< on nothing
    three_factor,  ///< on a signal that is broadcast: label or error, through weights of its own or none
    lateral,       ///< on its own layer, too: its other units or positions, the other view, other data
    two_passes,    ///< on a second forward pass
    nonlocal,      ///< on weights, masks or heads of other layers
};
inline constexpr std::string_view kPlasticityNames[] = {"none",    "two-factor", "three-factor",
                                                        "lateral", "two passes", "not local"};

struct Audit {
    std::array<bool, kSources> depends = {};
    bool learns = false;  ///< the synapse changes at all

    bool on(Source source) const { return depends[std::size_t(source)]; }
    Plasticity plasticity() const;
};

/// With the constants and the batch (one datum, or some) of a configuration. Throws Error as resolve() does.
Audit audit(const Rule& rule, Config config = {});

}  // namespace rhm

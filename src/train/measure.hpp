// What each layer of a network has learnt: pure functions of a network and data that training has not seen.
// Layers k = 1..D are counted from the input and levels l = 1..L from the leaves, so layer k of a network of
// L layers stands at the nodes of level k. A number that cannot be measured is not a number (NaN).
#pragma once
#include <cstdint>
#include <vector>

#include "data/dataset.hpp"
#include "net/network.hpp"
#include "rules/rule.hpp"

namespace rhm {

/// A number for every layer and level: value(k - 1, l - 1), with its standard error.
struct LayerLevel {
    Table value, error;
};

/// Synonym sensitivity (Cagnetta et al. 2024, arXiv 2307.02129, section IV), on the first n data:
///
///   S_{k,l} = <|h_k(x) - h_k(x~l)|^2> / <|h_k(x) - h_k(y)|^2>
///
/// x~l is x with every level-l tuple swapped for a synonym (Views::swap), y another of the n data: 1 = as
/// different as a string that has nothing to do with x, 0 = invariant. The error is that of a ratio of means
/// (delta method; Cochran 1977, eq. 6.4). Needs m >= 2.
LayerLevel sensitivity(const Network& net, const Grammar& grammar, const Dataset& data, std::size_t n,
                       std::uint64_t seed);

struct Probes {
    LayerLevel
        accuracy;  ///< held-out; the error is that of the mean over data of a datum's mean over its nodes
    std::vector<double> chance;  ///< [L] share of a level's most frequent symbol in the held-out data
};

/// Latent decoding: how well a linear probe tells the symbol of a node of level l from layer k's code at the
/// node's place.
///
/// Where the level's nodes are wider than the layer's positions, the probe reads the codes of all positions
/// below the node side by side; where they are narrower, the code of the position the node is in, with a
/// probe for each place in it. Positions that share their weights share their probes, and all positions' rows
/// together fit them.
///
/// The probe is ridge regression on the one-hot symbol, and the largest output wins: W = (X^T X + lambda
/// I)^{-1} X^T Y with X and Y centred and lambda = `ridge` times the mean eigenvalue of X^T X. Not
/// logistic regression, because the closed form has no learning rate and no stopping rule that could favour
/// one layer over another, and one factorisation serves all levels. With fewer rows than inputs the same W is
/// found as X^T (X X^T + lambda I)^{-1} Y. Fitted on the first n / 2 data, scored on the rest of the
/// first n.
Probes probes(const Network& net, const Grammar& grammar, const Dataset& data, std::size_t n,
              double ridge = 1e-2);

/// Is the code of each layer alive? Over the first n data. Units of positions that share their weights are
/// the same unit, seen at several places.
struct Health {
    std::vector<double> deviation;  ///< [D] standard deviation of a unit, mean over the units
    std::vector<double>
        rank;  ///< effective rank: participation ratio tr(C)^2 / tr(C^2) of the covariance C, 1..units
    std::vector<double> dead;    ///< share of units that never fire
    std::vector<double> active;  ///< share of units that fire, mean over the data
};
Health health(const Network& net, const Dataset& data, std::size_t n);

/// A rule's update beside backpropagation's, on one batch; a cosine means little when the norms beside it
/// have collapsed.
struct Alignment {
    std::vector<double> cosine;       ///< [D] of the layer's pseudo-gradient (weights and bias) with bp's
    std::vector<double> update;       ///< norm of the pseudo-gradient
    std::vector<double> bp_gradient;  ///< norm of bp's
    std::vector<double>
        signal;  ///< root mean square over the data of |delta_l|, the datum's own (not divided by N)
    std::vector<double> activity;  ///< root mean square over the data of |h_l|
    std::vector<double> active;    ///< share of units with h > 0
    std::vector<double>
        mask;  ///< share of units for which delta != 0 says the same as h > 0, over data that get a signal
};
/// `pass`: a forward pass with the network's present weights. The rule's memory is copied, so that nothing is
/// disturbed.
Alignment alignment(const Rule& rule, const Pass& pass, const RuleOptions& options, const Memory& memory);

}  // namespace rhm

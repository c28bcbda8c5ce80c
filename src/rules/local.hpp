// What the layerwise self-supervised rules share: each layer descends a loss on pairs of its own codes, and
// nothing is sent down.
//
// Which codes form a pair is told by --views (RuleOptions::pairing):
//   class, synonyms   the whole layer for view 1 and view 2 of a datum: rows i and n + i of the record
//   siblings          neighbouring positions q and q + 1 of one string that have the same parent, i.e. feed
//   the same position of
//                     the next layer. The top layer has one position and no sibling: it descends the
//                     readout's cross-entropy.
//
// The head. With --head k a loss sees z = sum_q h_q V_q [n, k], a linear map with a block of its own for
// every position, learnt by the same loss. Siblings are one position each, and slot a = 0..s-1 among the
// children of a parent has a head V_a of its own (a child on the left and a child on the right stand for
// their parent in different ways), shared by all parents of the layer. With
// --head-hidden N the head has a layer of N ReLU units of its own, u = relu(sum_q h_q U_q), z = u V, as the
// projectors of the papers have (SimCLR, VICReg): a layer is then told what its positions mean together, and
// not only what each adds by itself. It is as local: nothing but this layer's units and its own head take
// part, and the readout and all other layers see h, not u or z. With --head 0 a loss sees the units
// themselves, position by position (clapp: all positions at once, see there).
#pragma once
#include "base/rng.hpp"
#include "rules/rule.hpp"

namespace rhm {

/// The codes of n pairs as a loss sees them.
struct PairCodes {
    ConstView z1, z2;                ///< [n, k]
    View dz1, dz2;                   ///< weight * dLoss / dz, to be written
    std::size_t positions = 1;       ///< the k numbers are those of this many positions
    std::size_t predictor = 0;       ///< index in memory.learnt of the first predictor of these pairs
    real weight = 1;                 ///< factor on the loss
    Rng rng{0, Purpose::negatives};  ///< for a loss that draws

    std::size_t width() const { return z1.cols / positions; }
};

/// A rule's loss on pairs: returns weight * loss, writes dz1 and dz2, adds to the gradient of its predictors
/// in memory.learnt_gradient. It may use the buffers of `memory` from kLossBuffers on.
struct LocalLoss {
    double (*pairs)(const PairCodes&, const RuleOptions&, Memory&);
    bool whole_layer = false;  ///< without a head: all positions at once, not one by one
    bool same_place =
        false;  ///< siblings: pairs at different places of the strings are not mixed (contrastive losses)
    std::size_t predictors = 0;  ///< matrices [k, width] learnt for each kind of pair
};
inline constexpr std::size_t kLossBuffers = 5;

/// Adds to memory.learnt and draws, for every layer, the heads V ~ N(0, 1 / inputs) (U ~ N(0, 2 / inputs))
/// and the predictors ~ N(0, scale^2 / (width^2 Q)).
void init_local(const Network& net, const RuleOptions& options, std::uint64_t seed, const LocalLoss& loss,
                double predictor_scale, Memory& memory);

/// Layer l's own loss, with dh = dLoss / dh_l and the gradient of heads and predictors added to
/// memory.learnt_gradient. A layer without pairs: zero, with dh = e W_out^T.
double local_loss(const Pass& pass, std::size_t l, const RuleOptions& options, const LocalLoss& loss,
                  Memory& memory, View dh);

/// For every layer (pass.layer: only that one): delta_l = D_l dLoss_l / dh_l, from the rule's `layer_loss`.
/// Returns the sum of the losses.
double local_gradient(double (*layer_loss)(const Pass&, std::size_t, const RuleOptions&, Memory&, View),
                      const Pass& pass, const RuleOptions& options, Memory& memory, Parameters& gradient);

/// Whether layer l has pairs: all layers except, with siblings, one of a single position.
bool has_pairs(const NetworkShape& shape, std::size_t l, const RuleOptions& options);

// ---- statistics over the n rows of z [n, k], for the losses that use them

/// centred = z - column means
void centre(ConstView z, View centred);
/// standard[i, j] = (z[i, j] - mean_j) / sqrt(var_j + 1e-5), var_j divided by n (batch normalisation without
/// scale and shift); inverse[0, j] = 1 / sqrt(var_j + 1e-5).
void standardise(ConstView z, View standard, View inverse);
/// The way back: dz from the gradient `d` of `standard`; `work` [2, k].
void standardise_back(ConstView standard, ConstView inverse, ConstView d, View work, View dz);

/// The functions of the table for a rule that says by `loss_of(options)` which loss it descends.
#define RHM_LOCAL_RULE                                                                                    \
    double layer_loss(const Pass& pass, std::size_t l, const RuleOptions& options, Memory& memory,        \
                      View dh) {                                                                          \
        return local_loss(pass, l, options, loss_of(options), memory, dh);                                \
    }                                                                                                     \
    double gradient(const Pass& pass, const RuleOptions& options, Memory& memory, Parameters& gradient) { \
        return local_gradient(layer_loss, pass, options, memory, gradient);                               \
    }

}  // namespace rhm

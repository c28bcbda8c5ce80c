// What stands between a layer's code and its loss, on pairs or (layerwise) on labels, learnt by this loss
// alone.
//
// With --head k a loss sees z = sum_q h_q V_q [n, k], a linear map with a block of its own for every
// position. Siblings are one position each, and slot a = 0..s-1 among the children of a parent has a head V_a
// of its own (a child on the left and a child on the right stand for their parent in different ways), shared
// by all parents of the layer. With --head-hidden N the head has a layer of N ReLU units of its own, u =
// relu(sum_q h_q U_q), z = u V, as the projectors of the papers have (SimCLR, VICReg): a layer is then told
// what its positions mean together, and not only what each adds by itself. It is as local: nothing but this
// layer's units and its own head take part, and the readout and all other layers see h, not u or z.
//
// Hidden units that read a whole string can tell P strings apart by random features, and then the layer has
// nothing left to learn. With --head-levels K they read groups of s^K neighbouring positions, those below one
// position K layers above, through weights that the groups share, as the next layers of the network do: u_g =
// relu(sum_{q in g} h_q U_q), z = sum_g u_g V_g. With --head-depth N there are N such layers, the next
// reading groups of s^K of the last one's groups, until one group is left. The head is a small imagined
// continuation of the hierarchy: as deep as the network above, it would teach a layer as backpropagation of
// the same loss does. Large weights that are hardly moved read random features, so they start small, as those
// of the network do, by --head-init-scale.
//
// With --head 0 a loss sees the units themselves, position by position (clapp: all positions at once, see
// there).
#pragma once
#include "rules/rule.hpp"

namespace rhm {

/// z from h, and back. Its matrices are in memory.learnt from `block` on: U of each of `depth` layers of
/// hidden units [inputs of a group, hidden], without rows where one group was left before, then V [inputs, or
/// groups * hidden, k].
struct Head {
    std::size_t block, depth, hidden;

    /// Layers of hidden units that are there.
    std::size_t layers(const Memory& memory) const;
    /// Numbers of u for a datum: the outputs of all hidden units.
    std::size_t units(const Memory& memory) const;
    /// What reads h itself: the first U, or V without hidden units.
    ConstView reads(const Memory& memory) const { return memory.learnt[block]; }
    /// u [n, units], z [n, k] from h [n, inputs], which is dense when there are several groups, or by its
    /// strings. The rows of u are no data: the outputs of each layer stand together, those of the last first.
    void forward(const Code& h, const Memory& memory, View u, View z) const;
    /// dh = beta dh + the gradient with respect to h (its strings); that of U and V is added to
    /// memory.learnt_gradient. `du`: room like u.
    void backward(const Code& h, View u, ConstView dz, Memory& memory, View du, View dh, real beta) const;

private:
    /// The outputs of layer d = 0 .. in u: a row for each group.
    View outputs(const Memory& memory, View u, std::size_t d) const;
};

/// Where the matrices of layer l stand in memory.learnt: its heads, one a slot, then its predictors, those of
/// a slot together.
struct LocalWeights {
    std::size_t k, depth, hidden, heads, slots, predictors;  ///< k = 0: no head; predictors a slot

    LocalWeights(const NetworkShape& shape, const RuleOptions& options, const LocalLoss& loss);
    std::size_t blocks() const { return heads * (depth + 1) + slots * predictors; }  ///< of a layer
    Head head(std::size_t l, std::size_t slot) const {
        return {(l - 1) * blocks() + (heads > 1 ? slot : 0) * (depth + 1), depth, hidden};
    }
    std::size_t predictor(std::size_t l, std::size_t slot) const {
        return (l - 1) * blocks() + heads * (depth + 1) + slot * predictors;
    }
};

/// Adds to memory.learnt and draws, for every layer, the heads V ~ N(0, 1 / inputs), U ~ N(0, 2 / inputs)
/// times --head-init-scale, and the predictors.
void init_local(const Network& net, const RuleOptions& options, std::uint64_t seed, const LocalLoss& loss,
                Memory& memory);

}  // namespace rhm

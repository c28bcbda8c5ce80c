// The way down that bp, fa and sign_symmetry share from the output error, and local rules trained end to end
// from the loss of the top layer, with the masks on it.
#pragma once
#include "rules/rule.hpp"

namespace rhm {

/// Gives every hidden layer its teaching signal, from the top layer L to layer 1:
///
///   sigma_L = e weights_{L+1}^T,   sigma_l = (D~_{l+1} sigma_{l+1}) weights_{l+1}^T,   delta_l = D_l sigma_l
///
/// weights_l are W_l for bp and fixed random matrices for fa, in one list: block weight_index(l) of
/// `weights`. D~ is chosen by options.downstream_mask, D_l by options.local_mask. With batch
/// normalisation D~_{l+1} sigma_{l+1} goes back through that of layer l + 1 before it is sent down.
void backward(const Pass& pass, const RuleOptions& options, const Parameters& weights, Memory& memory,
              Parameters& gradient);

/// The same from a sigma_L that stands in memory.buffer(0) [rows, Q * H], for the first rows of the record.
void backward_from_top(const Pass& pass, const RuleOptions& options, const Parameters& weights,
                       Memory& memory, Parameters& gradient);

}  // namespace rhm

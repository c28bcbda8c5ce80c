// Direct feedback alignment: the output error is sent straight to every layer through fixed random weights.
//
//   delta_l = D_l (e B_l),   B_l [C, Q * H] ~ N(0, 1 / C) fixed, one block per position
//
// The layer's own mask is there; those of the layers between it and the output are not. (--feedback shared:
// one block for all positions.)
#include <algorithm>

#include "rules/rule.hpp"

namespace rhm::dfa {

static void broadcast(const Pass& pass, View signal) {
    std::copy_n(pass.error.data, pass.error.size(), signal.data);  // e
}

static const Listed listed({
    .place = 60,
    .name = "dfa",
    .family = "direct feedback",
    .summary = "direct feedback alignment: the output error reaches every layer through fixed random weights",
    .equation = "delta_l = D_l (e B_l), B_l ~ N(0, 1 / C) fixed, one block per position",
    .needs = "presynaptic activity, own mask, fixed random feedback of the output error",
    .citation = "Nokland, NeurIPS 2016 (arXiv 1609.01596)",
    .claim = Claim::closed_form,
    .told = Told::labels,
    .defaults = "lr=0.0016 init-scale=0.29 weight-decay=0.39 epsilon=1.2e-7 feedback-scale=2.2",
    .deep_defaults = "lr=8.2e-4 init-scale=0.38 weight-decay=0.23 epsilon=3.1e-7 feedback-scale=0.35",
    .search = "feedback-scale=0.1:10",
    .broadcast = broadcast,
});

}  // namespace rhm::dfa

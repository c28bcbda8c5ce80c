// Sign direct feedback alignment: as dfa, but only the sign of each output error is broadcast.
//
//   delta_l = D_l (sign(e) B_l),   B_l as in dfa
//
// The form is that of the code of Frenkel et al. 2021 (see drtp.cpp), which calls it sDFA. For softmax
// outputs the sign says no more than the label: -1 at the true class, +1 elsewhere.
//
// The signal never vanishes, with the consequences told in drtp.cpp.
#include "rules/rule.hpp"

namespace rhm::sdfa {

static void broadcast(const Pass& pass, View signal) {
    const real unit = real(1) / real(pass.n);  // the batch is averaged over
    for (std::size_t i = 0; i < signal.size(); ++i)
        signal.data[i] = unit * real((pass.error.data[i] > 0) - (pass.error.data[i] < 0));
}

static const Listed listed({
    .place = 70,
    .name = "sdfa",
    .family = "direct feedback",
    .summary = "dfa with the sign of the output error",
    .equation = "delta_l = D_l (sign(e) B_l), B_l ~ N(0, 1 / C) fixed, one block per position",
    .needs = "presynaptic activity, own mask, fixed random feedback of the signs of the output error",
    .citation = "Frenkel, Lefebvre & Bol, Frontiers in Neuroscience 15:629892, 2021 (arXiv 1909.01311)",
    .claim = Claim::closed_form,
    .told = Told::labels,
    .defaults = "lr=0.0029 init-scale=6.6 weight-decay=0.017 epsilon=2.9e-10 feedback-scale=2.8",
    .search = "feedback-scale=0.1:10",
    .broadcast = broadcast,
});

}  // namespace rhm::sdfa

// Direct random target projection: the label, not the error, is sent to every layer, which need not wait for
// the output.
//
//   delta_l = -D_l (onehot(y) B_l),   B_l as in dfa
//
// Frenkel, Lefebvre & Bol, Frontiers in Neuroscience 15:629892, 2021 (arXiv 1909.01311). The sign makes it
// dfa with the softmax left out of e = softmax(o) - onehot(y); the authors' code has a plus, which is the
// same for weights drawn around 0.
//
// The signal never vanishes, not even when every datum is classified, and has a mean over the classes: with
// ReLU, which does not saturate, activity grows without bound or falls silent; small learning rates only
// delay it.
#include <algorithm>

#include "rules/rule.hpp"

namespace rhm::drtp {

static void broadcast(const Pass& pass, View signal) {
    std::fill_n(signal.data, signal.size(), real(0));
    for (std::size_t i = 0; i < pass.n; ++i)
        signal(i, pass.labels[i]) = real(-1) / real(pass.n);  // the batch is averaged over
}

static const Listed listed({
    .place = 80,
    .name = "drtp",
    .family = "direct feedback",
    .summary = "direct random target projection: the label reaches every layer through fixed random weights",
    .equation = "delta_l = -D_l (onehot(y) B_l), B_l ~ N(0, 1 / C) fixed, one block per position",
    .needs = "presynaptic activity, own mask, a fixed random vector for each class; nothing from the output",
    .citation = "Frenkel, Lefebvre & Bol, Frontiers in Neuroscience 15:629892, 2021 (arXiv 1909.01311)",
    .claim = Claim::closed_form,
    .told = Told::labels,
    .defaults = "lr=1.3e-4 init-scale=1 weight-decay=0.92 batch=64 epsilon=1.2e-7 feedback-scale=0.12",
    .search = "feedback-scale=0.1:10",
    .broadcast = broadcast,
});

}  // namespace rhm::drtp

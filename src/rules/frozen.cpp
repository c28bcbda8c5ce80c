// A control: the hidden layers stay random, only the readout learns. What a rule achieves beyond this it owes
// to its hidden layers.
#include "rules/rule.hpp"

namespace rhm::frozen {
static const Listed listed({
    .place = 20,
    .name = "frozen",
    .family = "control",
    .summary = "random hidden layers that never change; only the readout learns",
    .equation = "delta_l = 0",
    .needs = "nothing",
    .citation = "a control; cf. Rahimi & Recht, NeurIPS 2007",
    .claim = Claim::closed_form,
    .told = Told::nothing,
    .defaults = "lr=1.4e-3",
});

}  // namespace rhm::frozen

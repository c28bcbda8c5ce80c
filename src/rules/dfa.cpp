// Direct feedback alignment: the output error is sent straight to every layer through fixed random weights.
//
//   delta_l = D_l (e B_l),   B_l [C, Q * H] ~ N(0, 1 / C) fixed, one block per position (--feedback shared:
//   one for all positions)
//
// The layer's own mask is there; those of the layers between it and the output are not.
#include "rules/direct.hpp"

namespace rhm {
namespace {

void init(const Network& net, const RuleOptions& options, std::uint64_t seed, Memory& memory) {
    draw_direct(net, options, seed, memory.feedback);
}

double gradient(const Pass& pass, const RuleOptions&, Memory& memory, Parameters& gradient) {
    direct_gradient(pass, pass.error, memory.feedback, memory, gradient);
    return kNoLoss;
}

}  // namespace

extern const Rule kDfa{
    .name = "dfa",
    .family = "direct feedback",
    .summary = "direct feedback alignment: the output error reaches every layer through fixed random weights",
    .equation = "delta_l = D_l (e B_l), B_l ~ N(0, 1 / C) fixed, one block per position",
    .needs = "presynaptic activity, own mask, fixed random feedback of the output error",
    .citation = "Nokland, NeurIPS 2016 (arXiv 1609.01596)",
    .claim = Claim::closed_form,
    .told = Told::labels,
    .defaults = "lr=1.5e-3 feedback-scale=1.2",
    .search = "lr=3e-4:1e-2 feedback-scale=0.1:10",
    .init = init,
    .gradient = gradient,
};

}  // namespace rhm

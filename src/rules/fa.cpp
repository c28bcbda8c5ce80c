// Feedback alignment: backpropagation with fixed random matrices in place of the transposed weights.
//
//   delta_l = D_l (delta_{l+1} F_{l+1}^T),   F_l fixed, shaped and scaled like the initial W_l
//
// It keeps the masks, so it is no direct rule. With F = W it is bp to the bit (tested).
#include "base/rng.hpp"
#include "rules/backward.hpp"

namespace rhm::fa {
namespace {

void init(const Network& net, const RuleOptions& options, std::uint64_t seed, Memory& memory) {
    memory.feedback = net.parameters.zeros();  // a block for each of the network, so that the indices agree
    for (std::size_t l = 1; l <= net.depth() + 1; ++l) {
        Rng rng(seed, Purpose::feedback, l);
        rng.fill_normal(memory.feedback.span(net.weight_index(l)),
                        options.feedback_scale * net.shape.spread(l));
    }
}

void gradient(const Pass& pass, const RuleOptions& options, Memory& memory, Parameters& gradient) {
    backward(pass, options, memory.feedback, memory, gradient);
}

}  // namespace

static const Listed listed({
    .place = 40,
    .name = "fa",
    .family = "random feedback",
    .summary = "feedback alignment: backpropagation through fixed random matrices, masks kept",
    .equation = "delta_l = D_l (delta_{l+1} F_{l+1}^T), F_l ~ N(0, 2 / K) fixed",
    .needs =
        "presynaptic activity, own mask, fixed random feedback from the layer above, which carries its mask",
    .citation = "Lillicrap, Cownden, Tweed & Akerman, Nature Communications 7:13276, 2016",
    .claim = Claim::closed_form,
    .told = Told::labels,
    .defaults = "lr=0.011 init-scale=0.62 weight-decay=0.47 feedback-scale=2.3",
    .search = "feedback-scale=0.1:10",
    .chain = true,
    .init = init,
    .gradient = gradient,
});

}  // namespace rhm::fa

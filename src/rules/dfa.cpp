// Direct feedback alignment: the output error is sent straight to every layer through fixed random weights.
//
//   delta_l = D_l (e B_l),   B_l [C, Q * H] ~ N(0, 1 / C) fixed, one block per position
//
// The layer's own mask is there; those of the layers between it and the output are not.
#include <cmath>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "rules/rule.hpp"

namespace rhm {
namespace {

template <class T>
void init(const Network<T>& net, const RuleOptions& options, std::uint64_t seed, Memory<T>& memory) {
    std::size_t classes = net.shape.classes;
    for (std::size_t l = 1; l <= net.depth(); ++l) memory.feedback.add(concat("B", l), classes, net.shape.hidden[l - 1].units());
    memory.feedback.allocate();
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        Rng rng(seed, Purpose::feedback, l);
        rng.fill_normal(memory.feedback.span(l - 1), options.feedback_scale / std::sqrt(static_cast<double>(classes)));
    }
}

template <class T>
double gradient(const Pass<T>& pass, const RuleOptions&, Memory<T>& memory, Parameters<T>& gradient) {
    const Network<T>& net = pass.net;
    Matrix<T>& delta = memory.buffer(0);
    for (std::size_t l = 1; l <= net.depth(); ++l) {
        const LayerShape& layer = net.shape.hidden[l - 1];
        delta.resize(pass.n, layer.units());
        gemm_nn<T>(pass.error, memory.feedback[l - 1], delta.view());  // e B_l [N, Q * H]
        relu_mask<T>(pass.record.flat(l), delta.view());               // D_l
        accumulate<T>(net, pass.record, l, delta.reshape(pass.n * layer.positions, layer.width), gradient);
    }
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
    .defaults = "lr=1e-3",
    .search = "lr=3e-4:1e-2 feedback-scale=0.1:10",
    .on_float = {init<float>, gradient<float>},
    .on_double = {init<double>, gradient<double>},
};

}  // namespace rhm

// PEPITA: the error is added to the input, and each layer compares what it does in a second forward pass with
// the first.
//
//   x' = x + F e,   h'_0 = x',   h'_l = the code of x',   dW_l = h'_{l-1}^T (h_l - h'_l)
//
//   F^T [C, d * V] ~ feedback_scale^2 0.05^2 N(0, 2 / (d V))
//
// Dellaferrera & Kreiman, ICML 2022 (arXiv 2201.11665), algorithm 1, with the size of F from the authors'
// code (there uniform). Masks come in through the codes only. Deviations: the readout learns from the first
// pass, as with all rules here (there from h'_L), and updates are summed over positions, which the authors
// average: the same up to the learning rate.
//
// With batch normalisation the second pass is normalised by its own mean and variance, h and h' are compared
// behind it, and dW_l stays as it is: there is no signal that could go back through it.
#include <cmath>

#include "base/rng.hpp"
#include "rules/rule.hpp"

namespace rhm::pepita {
namespace {

void init(const Network& net, const RuleOptions& options, std::uint64_t seed, Memory& memory) {
    const std::size_t inputs = net.shape.length * net.shape.vocab;
    memory.feedback.add("F", net.shape.classes, inputs);
    memory.feedback.allocate();
    Rng rng(seed, Purpose::feedback);
    rng.fill_normal(memory.feedback.span(0), options.feedback_scale * 0.05 * std::sqrt(2 / double(inputs)));
}

void gradient(const Pass& pass, const RuleOptions&, Memory& memory, Parameters& gradient) {
    const Network& net = pass.net;
    const std::size_t n = pass.n, length = net.shape.length, vocab = net.shape.vocab;
    const real mean = real(1) / real(n);
    const View error = memory.room(0, n, net.shape.classes);  // e: without the 1 / N of pass.error
    Matrix *below = &memory.buffer(1), *code = &memory.buffer(2);
    for (std::size_t i = 0; i < error.size(); ++i) error.data[i] = pass.error.data[i] * real(n);
    Normalised normalised;             // of the second pass
    below->resize(n * length, vocab);  // x' = F e + onehot
    gemm_nn(error, memory.feedback[0], below->reshape(n, length * vocab));
    for (std::size_t i = 0; i < n * length; ++i) (*below)(i, pass.record.input[i]) += real(1);

    for (std::size_t l = 1; l <= net.depth(); ++l) {
        forward_layer(net, l, {}, *below, n, *code, Moments::batch, normalised);
        ConstView h = pass.record.h(l);
        const View delta = memory.room(3, code->rows(), code->cols());
        for (std::size_t i = 0; i < delta.size(); ++i) delta.data[i] = mean * (h.data[i] - code->data()[i]);
        if (pass.record.signals) pass.record.signals->add(l, delta.rows, delta);
        accumulate_from(net, l, *below, delta, gradient);
        std::swap(below, code);
    }
}

}  // namespace

static const Listed listed({
    .place = 110,
    .name = "pepita",
    .family = "direct feedback",
    .summary = "the error perturbs the input; a layer learns from the change of its own activity in a second "
               "forward pass",
    .equation = "dW_l = h'_{l-1}^T (h_l - h'_l), h' the codes of x + F e, F fixed and random",
    .needs =
        "own and presynaptic activity in two forward passes, fixed random feedback of the output error to "
        "the input",
    .citation = "Dellaferrera & Kreiman, ICML 2022 (arXiv 2201.11665)",
    .claim = Claim::closed_form,
    .told = Told::labels,
    .defaults = "lr=1.4e-4 init-scale=0.68 weight-decay=0.023 epsilon=9.9e-9 feedback-scale=0.58",
    .search = "feedback-scale=0.1:100",
    .init = init,
    .gradient = gradient,
});

}  // namespace rhm::pepita

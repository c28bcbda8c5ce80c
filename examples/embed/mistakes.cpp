// A learning rule of one's own, linked with the library: no file of src/ is touched. Beside the program,
//
//   c++ accuracy.cpp mistakes.cpp $(pkg-config --cflags --libs rhm) -o accuracy && ./accuracy rule=mistakes
//
// Direct feedback from mistakes alone: as dfa, but a datum that is classified correctly teaches nothing.
//
//   delta_l = D_l ([argmax o != y] e B_l),   B_l [C, Q * H] ~ N(0, 1 / C) fixed, one block per position
#include <algorithm>

#include <rhm.hpp>

namespace {

using namespace rhm;

void broadcast(const Pass& pass, View signal) {
    for (std::size_t i = 0; i < pass.n; ++i) {
        const std::span<const real> o(pass.record.logits.data() + i * signal.cols, signal.cols);
        const bool mistaken = std::max_element(o.begin(), o.end()) - o.begin() != pass.labels[i];
        for (std::size_t c = 0; c < signal.cols; ++c) signal(i, c) = mistaken ? pass.error(i, c) : 0;
    }
}

const Listed listed({
    .place = 1000,  // behind the library's own
    .name = "mistakes",
    .family = "direct feedback",
    .summary = "direct feedback of the errors of data that are classified wrongly",
    .equation = "delta_l = D_l ([argmax o != y] e B_l), B_l ~ N(0, 1 / C) fixed, one block per position",
    .needs = "presynaptic activity, own mask, fixed random feedback of the output error",
    .citation = "an exercise",
    .claim = Claim::closed_form,
    .told = Told::labels,
    .defaults = "lr=0.0025 feedback-scale=0.26",
    .broadcast = broadcast,
});

}  // namespace

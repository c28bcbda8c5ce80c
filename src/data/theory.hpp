// What is known about a task before any network is trained: sizes, thresholds, and whether there is a signal
// to learn from.
#pragma once
#include <string>
#include <vector>

#include "data/grammar.hpp"

namespace rhm {

/// The law of a deep network's sample complexity, P* ~ n_c m^L (Cagnetta et al. 2024).
double law(const GrammarShape& task);
/// Test accuracy from which a task counts as solved: test error below 10 % of the chance error (the P* of
/// arXiv 2307.02129).
double solved_accuracy(int classes);

/// A threshold for each level, in training data. Not a number where m = v^(s-1): there the signal is absent.
struct Theory {
    GrammarShape shape;
    int length = 0;     ///< d = s^L
    std::string p_max;  ///< n_c m^((s^L-1)/(s-1)) in decimal, empty when it is 2^128 or more
    double log10_p_max = 0;
    double entropy_bits = 0;  ///< of one datum: log2 P_max
    double free_bits = 0;     ///< of d independent uniform leaves: d log2 v
    double law = 0;  ///< P* ~ n_c m^L, sample complexity of a deep network (Cagnetta et al. 2024, eq. for P*)
    double train = 0;   ///< the number of training data P that `noise` is for
    double signal = 0;  ///< size of a low tuple's correlation with the class: sqrt(v / m^L)
    double noise = 0;   ///< sampling noise of its estimate from P data: sqrt(v n_c / P)
    std::vector<double> token_thresholds;  ///< P_l = v m^(2l-1) / (1 - m / v^(s-1)), l = 1..L at [l - 1];
                                           ///< infinite at m = v^(s-1)
    double latent_threshold =
        0;  ///< m^3, the order of magnitude for each level when the latents of the level below are predicted
    bool label_free_signal = false;  ///< m < v^(s-1): the leaves of one string are correlated, so labels are
                                     ///< not needed to see the rules
    bool tokens_independent =
        false;  ///< every string occurs (P_max = v^d): the leaves are independent and uniform
};

/// The correlation of low tuples with the class in this grammar, exactly: the root mean square of P(class |
/// tuple) / P(class) - 1 over the tuples of level 1 as they occur, over positions and classes, divided by
/// sqrt(m). Its square is that of Theory::signal on average over grammars of many symbols, and with few less.
/// Not a number where the tables would be too large.
double low_tuple_signal(const Grammar& grammar);

/// `train`: P, or 0 for the law's own P*.
Theory theory(const GrammarShape& shape, double train = 0);
std::string to_text(const Theory& theory, std::size_t width = 80);
/// One JSON object on one line; infinite thresholds and a P_max that does not fit are null.
std::string to_json(const Theory& theory);

}  // namespace rhm

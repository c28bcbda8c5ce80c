// The constants of all rules. A rule reads those that its equation names.
#pragma once
#include <string_view>

namespace rhm {

/// What the ReLU derivatives D_k of the layers above are replaced by on the way down to layer l < k.
enum class Mask { exact, none, mean, shuffled };
inline constexpr std::string_view kMaskNames[] = {"exact", "none", "mean", "shuffled"};

/// Which codes the self-supervised rules compare: pairs.hpp.
enum class Pairing { classes, synonyms, siblings };
inline constexpr std::string_view kPairingNames[] = {"class", "synonyms", "siblings"};

struct RuleOptions {
    Mask downstream_mask = Mask::exact;  ///< bp, fa, sign_symmetry
    Mask local_mask = Mask::exact;       ///< the same: of the layer's own D_l, exact or none
    double feedback_scale = 1;           ///< factor on the random feedback weights
    bool feedback_shared = false;  ///< direct feedback: one block of weights for all positions of a layer
    double decay = 1e-4;           ///< dkp: of all weights, forward and feedback
    double forgetting = 0.999;     ///< ebd: of the running correlation R_l
    double power = 0, power_target = 1, entropy = 0;  ///< ebd's regularisers
    Pairing pairing = Pairing::classes;               ///< rules that learn from pairs
    int head = 16;                                    ///< k, outputs of the local head (head.hpp); 0: none
    int head_hidden = 0;                              ///< hidden ReLU units of the head; 0: it is linear
    int head_levels = 20;          ///< they read the positions below one position so many levels above
    int head_depth = 1;            ///< layers of them, each reading the last one as the first reads the code
    double head_init_scale = 1;    ///< factor on their initial weights
    bool head_centre = false;      ///< contrastive losses see the outputs less their mean (local.hpp)
    double head_decay = 1;         ///< factor on the weight decay of head and predictors
    int negatives = 1;             ///< clapp, ff: negatives of each positive
    bool class_positives = false;  ///< class pairs: all data of the class are a datum's positives
    bool negatives_anywhere =
        false;                   ///< siblings: negatives from any place of the strings, not the pair's own
    double online = 0;           ///< time constant in pairs, see local.hpp; 0: statistics of the batch
    double margin = 1;           ///< clapp: scores are pushed beyond +-margin
    double predictor_scale = 1;  ///< clapp: factor on the initial predictors
    bool hebbian = false;        ///< clapp: one kind of sample at a time, separate predictors back
    double temperature = 0.2;    ///< infonce: tau
    double threshold = 2;        ///< ff: theta, a number a unit
    bool through_both = false;   ///< simsiam: the gradient flows into both views
    /// Weights: vicreg and lpl (pull, push, decorrelation), barlow (the last).
    double invariance = 1, variance = 1, covariance = 0.04;

    bool masks_changed() const { return downstream_mask != Mask::exact || local_mask != Mask::exact; }
};

}  // namespace rhm

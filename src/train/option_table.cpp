// The table of options, in the order of --help and of the record.
#include "train/options.hpp"

namespace rhm {
namespace {

constexpr std::string_view kControls[] = {"none", "no-correlation"};
constexpr std::string_view kNorms[] = {"none", "batch"};
constexpr std::string_view kLocalMasks[] = {"exact", "none"};
constexpr std::string_view kFeedbacks[] = {"position", "shared"};
constexpr std::string_view kPositives[] = {"pair", "class"};
constexpr std::string_view kPlaces[] = {"place", "any"};
constexpr std::string_view kOnOff[] = {"on", "off"}, kOffOn[] = {"off", "on"};
constexpr std::string_view kFormats[] = {"text", "json"}, kTableFormats[] = {"text", "csv", "json"};

/// Where the value is: in what a run is, or in what the command is asked besides.
struct Place {
    Field (*of_run)(Config&) = nullptr;
    Field (*of_command)(Request&) = nullptr;
};
#define RUN(member)                                           \
    Place {                                                   \
        [](Config& c) -> Field { return &c.member; }, nullptr \
    }
#define COMMAND(member)                                        \
    Place {                                                    \
        nullptr, [](Request& r) -> Field { return &r.member; } \
    }

/// `spelling`: "-x --name VALUE", without -x and VALUE where there is none.
Option option(Option::Kind kind, std::string_view spelling, Place place, std::string_view help) {
    Option out;
    out.kind = kind;
    out.help = help;
    out.of_run = place.of_run;
    out.of_command = place.of_command;
    out.recorded = place.of_run != nullptr;
    if (spelling[1] != '-') {
        out.letter = spelling[1];
        spelling.remove_prefix(3);
    }
    const std::size_t space = spelling.find(' ');
    out.name = spelling.substr(2, space - 2);
    if (space != std::string_view::npos) out.value = spelling.substr(space + 1);
    return out;
}
Option flag(std::string_view spelling, Place place, std::string_view help) {
    return option(Option::Kind::flag, spelling, place, help);
}
Option text(std::string_view spelling, Place place, std::string_view help) {
    return option(Option::Kind::text, spelling, place, help);
}
Option word(std::string_view spelling, Place place, std::span<const std::string_view> words,
            std::string_view help) {
    Option out = option(Option::Kind::word, spelling, place, help);
    out.words = words;
    return out;
}
Option numeric(std::string_view spelling, Place place, double low, double high, std::string_view help) {
    Option out = option(Option::Kind::number, spelling, place, help);
    out.low = low;
    out.high = high;
    return out;
}
Option whole(std::string_view spelling, Place place, double low, double high, std::string_view help) {
    Option out = numeric(spelling, place, low, high, help);
    out.kind = Option::Kind::whole;
    return out;
}

struct Group {
    std::string_view heading;
    std::vector<Option> options;
};

// clang-format off
const std::vector<Group>& groups() {
    static const std::vector<Group> all = {
    {"Task", {
        whole("-v --vocab V", RUN(task.vocab), 2, 256, "symbols at every level below the class").on(kTask),
        whole("-c --classes C", RUN(classes), 2, 256, "classes n_c").on(kTask).when_unset("V"),
        whole("-m --synonyms M", RUN(task.synonyms), 1, 65536, "tuples (rules) per symbol").on(kTask),
        whole("-s --tuple S", RUN(task.tuple), 2, 1024, "symbols in a tuple").on(kTask),
        whole("-L --levels L", RUN(task.levels), 1, 20,
            "levels of the hierarchy; strings have S^L symbols").on(kTask),
        whole("-P --train-size P", RUN(train_size), 1, 1e9, "training data").on(kTrain | kInfo | kGenerate),
        numeric("--times-law X", RUN(times_law), 1e-6, 1e6,
            "P = X n_c m^L, a multiple of the law, instead of --train-size")
            .on(kTrain | kInfo | kGenerate | kSweep).when_unset("P is given").unrecorded(),
        whole("--test-size N", RUN(test_size), 1, 1e9,
            "test data, disjoint from the training data").on(kTrain | kGenerate),
        whole("--validation-size N", RUN(validation_size), 0, 1e9,
            "validation data, apart from training and test data; 'rhm tune' judges by them")
            .on(kTrain | kGenerate),
        text("--grammar FILE", RUN(grammar),
            "the rules from a file that 'rhm grammar --format json' wrote, instead of drawing them")
            .on(kTask),
        word("--control NAME", RUN(no_correlation), kControls,
            "no-correlation: rules by which nothing but nearly the whole string tells the class (M must be a "
            "multiple of V); deep networks stay near chance").on(kTask),
        flag("--uniform", RUN(uniform),
            "draw from the whole language instead of equally from each class").on(kTrain | kGenerate),
    }},
    {"Network", {
        word("--arch NAME", RUN(arch), kArchNames,
            "cnn: one convolution per level, patches of S; lcn: the same, weights not shared; fcn: fully "
            "connected").on(kTrain | kInfo),
        whole("--width H", RUN(width), 1, 65536,
            "units of a position in each hidden layer").on(kTrain | kInfo),
        whole("--depth N", RUN(depth), 1, 64, "hidden layers").on(kTrain | kInfo).when_unset("L"),
        flag("--bias", RUN(bias), "give every unit a bias").on(kTrain | kInfo),
        word("--norm NAME", RUN(norm), kNorms,
            "batch: batch normalisation of the hidden pre-activations, without gain; --bias is the shift")
            .on(kTrain | kInfo),
        numeric("--init-scale X", RUN(init_scale), 0, 1e6, "factor on the initial hidden weights"),
    }},
    {"Learning", {
        text("-r --rule NAME", RUN(rule), "learning rule; 'rhm rules' lists them").but_not(kMasking),
        word("--optimizer NAME", RUN(optimizer), kOptimizerNames, "adam or sgd"),
        numeric("--lr X", RUN(lr), 0, 1e6, "learning rate").when_unset("the rule's, see 'rhm rules'"),
        word("--lr-schedule NAME", RUN(lr_schedule), kLrScheduleNames,
            "constant, or cosine: the learning rate falls to zero over --steps (with --schedule greedy over "
            "the steps of each layer)"),
        numeric("--weight-decay X", RUN(weight_decay), 0, 1e6,
            "decoupled decay of all weights, w -= lr X w at each step (with adam: AdamW)"),
        numeric("--epsilon X", RUN(epsilon), 1e-30, 1e6,
            "what adam adds to the root of the mean squared gradient, which at the start is a thirtieth of "
            "the gradient: below 30 X steps are small"),
        whole("--batch N", RUN(batch), 1, 1 << 20,
            "data (or pairs) of a step; a rule's learning rate was found with its own batch"),
        text("--lr-scale LIST", RUN(lr_scale),
            "factors on the learning rate of each hidden layer, first to last, and if wanted of the readout: "
            "0.1,1,1").when_unset("1 for all"),
        whole("--steps N", RUN(steps), 0, 1e12, "most steps").on(kTrain | kReproduce | kPlasticity),
        numeric("--stop-loss X", RUN(stop_loss), 0, 1e6,
            "stop when the mean cross-entropy of 50 steps is below this"),
        word("--views NAME", RUN(constants.pairing), kPairingNames,
            "pairs of the self-supervised rules; class: two training data of one class (labels used as "
            "pairs); synonyms: a datum and a re-derivation below --view-level (made by the generator); "
            "siblings: neighbouring patches of one string").but_not(kMasking),
        whole("--view-level K", RUN(view_level), 1, 20,
            "synonyms: symbols of the levels >= K stay; L keeps the class alone").when_unset("L - 1"),
        word("--schedule NAME", RUN(schedule), kScheduleNames,
            "rules whose layers have losses of their own: all learn at once (joint), one after another, each "
            "for its share of --steps (greedy), or, a control, by the top layer's loss alone, which "
            "backpropagation sends down (end-to-end)"),
        whole("--readout-labels N", RUN(readout_labels), 0, 1e9,
            "self-supervised rules: the first N training data alone are labelled, and the readout learns "
            "from them after the hidden layers; 0: alongside, from all P"),
        whole("--readout-steps N", RUN(readout_steps), 0, 1e12,
            "most steps of the readout with --readout-labels"),
        whole("--seed N", RUN(seed), 0, 9e15, "seed of grammar, data and weights").on(kTask),
        whole("--eval-every N", RUN(eval_every), 1, 1e9,
            "steps between evaluations; besides, at 1, 2, 5, 10, 20, 50, ... below this"),
    }},
    {"Measuring", {
        text("--measure LIST", RUN(measure),
            "what each layer has learnt, added to the record: sensitivity, probes, alignment, health joined "
            "by commas, or all").on(kTrain | kInspect),
        whole("--measure-every N", RUN(measure_every), 1, 1e9,
            "steps between measurements").when_unset("only at the end"),
        whole("--measure-size N", RUN(measure_size), 4, 1e6,
            "test data of a measurement; probes are fitted on half of them").on(kTrain | kInspect),
        text("--load FILE", RUN(load),
            "a network that --save wrote: the initial weights, or the network to inspect")
            .on(kTrain | kInspect),
        text("--like FILE", COMMAND(like),
            "the options of the first run of a record, but for those given here").but_not(kTune | kMasking),
        text("--save FILE", COMMAND(save),
            "write the trained network there, an NPY file with one record: np.load(FILE)[0][\"W1\"]")
            .but_not(kTune | kMasking),
        text("--checkpoint FILE", COMMAND(checkpoint),
            "write there what --resume goes on from, at each --eval-every and when interrupted")
            .but_not(kTune | kMasking),
        text("--resume FILE", COMMAND(resume),
            "go on from a checkpoint, with the options of its run, as if it had never stopped")
            .but_not(kTune | kMasking),
    }},
    {"Rules", {
        word("--downstream-mask NAME", RUN(constants.downstream_mask), kMaskNames,
            "bp, fa, sign_symmetry: ReLU masks of the layers above on the way down; none: times 1/2, mean: "
            "the unit's batch mean, shuffled: another datum's").but_not(kMasking),
        word("--local-mask NAME", RUN(constants.local_mask), kLocalMasks,
            "bp, fa, sign_symmetry: the layer's own ReLU mask").but_not(kMasking),
        word("--feedback NAME", RUN(constants.feedback_shared), kFeedbacks,
            "rules with direct feedback: random weights for each position, or shared by the positions of a "
            "layer"),
        numeric("--feedback-scale X", RUN(constants.feedback_scale), 0, 1e6,
            "factor on the random feedback weights"),
        numeric("--decay X", RUN(constants.decay), 0, 1e6, "dkp: decay of all weights, forward and feedback"),
        numeric("--forgetting X", RUN(constants.forgetting), 0, 1,
            "ebd: forgetting factor of the running correlation"),
        numeric("--power X", RUN(constants.power), 0, 1e6, "ebd: weight of the power normalisation"),
        numeric("--power-target X", RUN(constants.power_target), 0, 1e6,
            "ebd: mean square that it holds each unit to"),
        numeric("--entropy X", RUN(constants.entropy), 0, 1e6, "ebd: weight of the layer entropy"),
        whole("--negatives N", RUN(constants.negatives), 1, 65536,
            "clapp, ff: negatives of each positive, from the batch: at most as many as it has"),
        word("--positives NAME", RUN(constants.class_positives), kPositives,
            "self-supervised rules on class pairs: a datum belongs to the other one of its pair, or to all "
            "of its class in the batch"),
        numeric("--predictor-scale X", RUN(constants.predictor_scale), 0, 1e6,
            "clapp: factor on the initial predictors B"),
        word("--negatives-from NAME", RUN(constants.negatives_anywhere), kPlaces,
            "clapp, infonce, ff on siblings: negatives from the pair's own place in other strings, or from "
            "any place"),
        numeric("--margin X", RUN(constants.margin), 0, 1e6,
            "clapp: scores are pushed above X for true pairs, below -X for false ones"),
        flag("--hebbian", RUN(constants.hebbian),
            "clapp: positive or negative at a time, at random, and separate weights for the prediction back"),
        numeric("--online T", RUN(constants.online), 0, 1e9,
            "self-supervised rules: what a batch gives comes from the past: vicreg, barlow, lpl: running "
            "averages over about T pairs; clapp, infonce, ff: negatives are the pairs of the step before, "
            "too, and the mean of --head-centre is an average; 0: batches alone"),
        numeric("--temperature X", RUN(constants.temperature), 1e-3, 1e6,
            "infonce: divisor of the cosine similarities"),
        numeric("--threshold X", RUN(constants.threshold), 0, 1e6,
            "ff: goodness that separates true from false pairs"),
        word("--stop-gradient NAME", RUN(constants.through_both), kOnOff,
            "simsiam: on, or off: the gradient flows into both views"),
        whole("--head K", RUN(constants.head), 0, 65536,
            "self-supervised rules: outputs of the local head; 0: none, position by position (clapp: one "
            "predictor per position)"),
        whole("--head-hidden N", RUN(constants.head_hidden), 0, 65536,
            "local heads (of self-supervised rules and layerwise): hidden ReLU units; 0: the head is linear"),
        whole("--head-levels K", RUN(constants.head_levels), 0, 20,
            "local heads: the head's hidden units read groups of S^K neighbouring positions "
            "through weights that the groups share; 20: the whole layer"),
        whole("--head-depth N", RUN(constants.head_depth), 1, 20,
            "local heads: layers of hidden units in the local head, each reading groups of the "
            "last one's in the same way, until one group is left"),
        numeric("--head-init-scale X", RUN(constants.head_init_scale), 0, 100,
            "local heads: factor on the initial weights of the head's hidden units"),
        word("--head-centre NAME", RUN(constants.head_centre), kOffOn,
            "contrastive rules with a head: the loss sees its outputs less their mean over both views of the "
            "batch; on, or off"),
        numeric("--head-decay X", RUN(constants.head_decay), 0, 1e6,
            "local heads: factor on --weight-decay for the weights of heads and predictors"),
        numeric("--invariance X", RUN(constants.invariance), 0, 1e6,
            "vicreg: weight of the invariance term; lpl: of the pull"),
        numeric("--variance X", RUN(constants.variance), 0, 1e6,
            "vicreg: weight of the variance term; lpl: of the push"),
        numeric("--covariance X", RUN(constants.covariance), 0, 1e6,
            "vicreg, lpl: weight of the squared covariances; barlow: of the off-diagonal correlations"),
    }},
    {"Data", {
        word("--split NAME", COMMAND(split), kSplitNames,
            "train, test or validation: the data that 'rhm train' uses with the same options; the parts "
            "never share a datum").on(kGenerate),
        word("--format NAME", COMMAND(data_format), kDataFormats, "npy, csv, jsonl or text").on(kGenerate),
        flag("--latents", COMMAND(latents), "write the symbols of all levels too").on(kGenerate),
        word("--inputs NAME", COMMAND(inputs), kInputs,
            "write what a network sees too: one-hot, or whitened (x - 1/v) / sqrt(1 - 1/v)").on(kGenerate),
    }},
    {"Running", {
        flag("--smoke", COMMAND(smoke),
            "a small task in seconds, to see that all is well").on(kReproduce | kMasking | kPlasticity),
        flag("--full", COMMAND(full),
            "the long experiment: how many data every rule needs at L = 3, 4 and 5, how that grows with L "
            "and m, the masking table, the layers, other tasks, and a report; hours on two cores, and the "
            "same command goes on where it was ('--full --dry-run' says how many at most)").on(kReproduce),
        text("--rules LIST", COMMAND(only),
            "bp and these rules alone, joined by commas; of claims about others nothing is decided")
            .on(kReproduce | kPlasticity).when_unset("all of the experiment"),
        whole("--seeds N", COMMAND(seeds), 1, 1000,
            "seeds of each rule or setting: 0..N-1, in tune and masking from --seed on")
            .on(kReproduce | kTune | kMasking | kPlasticity)
            .when_unset("3; reproduce --smoke 1, --full 9, and 25 of bp and self-supervised rules to L = 5"),
        whole("--trials N", COMMAND(trials), 1, 100000,
            "settings that are tried, the rule's defaults among them").on(kTune),
        text("--search RANGES", COMMAND(search),
            "what is searched instead: 'lr=1e-3:1e-2 head=8|16', ranges evenly on a log scale, and choices")
            .on(kTune).when_unset("what 'rhm rules NAME' says"),
        numeric("--also-times-law X", COMMAND(also_times_law), 1e-6, 1e6,
            "each setting with P = X n_c m^L, too, so that none is best that more data spoil")
            .on(kTune).when_unset("one size"),
        whole("--fewer-levels N", COMMAND(fewer_levels), 0, 19,
            "with --times-law: each setting on L, L - 1, ... L - N levels, at as many times their law (a "
            "grammar's file has one depth)")
            .on(kTune),
        text("--shard I/N", COMMAND(shard),
            "do part I of N only, so that N processes share the sweep; their files are merged by cat")
            .on(kSweep),
        flag("--dry-run", COMMAND(dry_run),
            "say how many runs there are, how long they take at most and what memory, and run none (sweep, "
            "reproduce --full)").on(kSweep | kReproduce),
        whole("--threads N", COMMAND(threads), 0, 1024,
            "threads, 0: all cores the process may use; they share the loops of one large run, or have a run "
            "each; the numbers do not depend on it").on(kTrain | kReproduce | kSweep | kPlasticity),
        text("--kernel NAME", COMMAND(kernel),
            "kernels of the hot loops: avx2 and avx512 give the same bytes, sse2, neon and plain (slow, to "
            "check against) other last digits, as other compilers and flags do")
            .on(kTrain | kReproduce | kInspect | kSweep | kPlasticity),
    }},
    {"Output", {
        flag("--audit", COMMAND(audit),
            "what the update of a synapse depends on, for every rule, found by changing one thing at a time")
            .on(kRules),
        word("--kind NAME", COMMAND(figure), kFigureKinds,
            "accuracy against P; learning curves; scaling: P* against n_c m^L; ratio: P*/P*(bp) against L; "
            "heat: accuracy as a map; measures: sensitivity and probes of the layers; layers: those by step")
            .on(kPlot),
        text("--x OPTION", COMMAND(axis),
            "test accuracy against this option of 'rhm train' instead of P: depth, width, head, lr, ...")
            .on(kSummary | kPlot).when_unset("P"),
        flag("--by-file", COMMAND(by_file), "a curve for each file, to compare the files")
            .on(kSummary | kPlot),
        flag("--terminal", COMMAND(terminal), "draw here with Unicode characters").on(kPlot),
        word("--format NAME", COMMAND(format), kFormats,
            "text, or json: one JSON object a line").on(kEvery & ~(kGenerate | kSummary | kPlot | kCheck)),
        word("--format NAME", COMMAND(format), kTableFormats,
            "text, csv: one tidy table, or json: one JSON object a line").on(kSummary),
        text("-o --output PATH", COMMAND(output),
            "write there instead of to the terminal (a file, '-' for standard output; a directory for "
            "reproduce)").on(kTrain | kReproduce | kSweep | kSummary | kPlot | kReport | kGrammar | kGenerate
                             | kPlasticity),
        flag("-q --quiet", COMMAND(quiet), "no progress").on(kEvery & ~kCheck),
        flag("-h --help", COMMAND(help), "this text").on(kEvery),
    }},
    };
    return all;
}
// clang-format on

}  // namespace

std::span<const Option> options() {
    static const std::vector<Option> all = [] {
        std::vector<Option> out;
        for (const Group& group : groups())
            for (const Option& row : group.options) out.emplace_back(row).group = group.heading;
        return out;
    }();
    return all;
}

}  // namespace rhm

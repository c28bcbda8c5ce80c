#include "train/config.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "data/dataset.hpp"
#include "data/theory.hpp"

namespace rhm {
namespace {

constexpr std::string_view kClasses[] = {"any", "other"};
constexpr std::string_view kPlaces[] = {"place", "any"};
constexpr std::string_view kNorms[] = {"none", "batch"};
constexpr std::string_view kSchedules[] = {"joint", "greedy"};
constexpr std::string_view kOnOff[] = {"on", "off"};
constexpr std::string_view kFormats[] = {"text", "json"}, kTableFormats[] = {"text", "csv", "json"};
constexpr std::string_view kControls[] = {"none", "no-correlation"};
constexpr std::string_view kDataFormats[] = {"npy", "csv", "jsonl", "text"};  // io/generate.hpp
constexpr std::string_view kInputs[] = {"none", "one-hot", "whitened"};
constexpr std::string_view kLocalMasks[] = {"exact", "none"};
constexpr std::string_view kFeedbacks[] = {"position", "shared"};

#define FIELD(member) [](Config& c) -> Field { return &c.member; }

const Option kOptions[] = {
    {.name = "vocab",
     .letter = 'v',
     .group = "Task",
     .value = "V",
     .help = "symbols at every level below the class",
     .field = FIELD(task.vocab),
     .commands = kTask,
     .low = 2,
     .high = 256},
    {.name = "classes",
     .letter = 'c',
     .group = "Task",
     .value = "C",
     .help = "classes n_c",
     .field = FIELD(classes),
     .commands = kTask,
     .low = 2,
     .high = 256,
     .unset = "V"},
    {.name = "synonyms",
     .letter = 'm',
     .group = "Task",
     .value = "M",
     .help = "tuples (rules) per symbol",
     .field = FIELD(task.synonyms),
     .commands = kTask,
     .low = 1,
     .high = 65536},
    {.name = "tuple",
     .letter = 's',
     .group = "Task",
     .value = "S",
     .help = "symbols in a tuple",
     .field = FIELD(task.tuple),
     .commands = kTask,
     .low = 2,
     .high = 1024},
    {.name = "levels",
     .letter = 'L',
     .group = "Task",
     .value = "L",
     .help = "levels of the hierarchy; strings have S^L symbols",
     .field = FIELD(task.levels),
     .commands = kTask,
     .low = 1,
     .high = 20},
    {.name = "train-size",
     .letter = 'P',
     .group = "Task",
     .value = "P",
     .help = "training data",
     .field = FIELD(train_size),
     .commands = kTrain | kInfo | kGenerate,
     .low = 1,
     .high = 1e9},
    {.name = "times-law",
     .group = "Task",
     .value = "X",
     .help = "P = X n_c m^L, a multiple of the law, instead of --train-size",
     .field = FIELD(times_law),
     .commands = kTrain | kInfo | kGenerate | kSweep,
     .low = 1e-6,
     .high = 1e6,
     .recorded = false,
     .unset = "P is given"},
    {.name = "test-size",
     .group = "Task",
     .value = "N",
     .help = "test data, disjoint from the training data",
     .field = FIELD(test_size),
     .commands = kTrain | kGenerate,
     .low = 1,
     .high = 1e9},
    {.name = "validation-size",
     .group = "Task",
     .value = "N",
     .help = "validation data, apart from training and test data; 'rhm tune' judges by them",
     .field = FIELD(validation_size),
     .commands = kTrain | kGenerate,
     .low = 0,
     .high = 1e9},
    {.name = "grammar",
     .group = "Task",
     .value = "FILE",
     .help = "the rules from a file that 'rhm grammar --format json' wrote, instead of drawing them",
     .field = FIELD(grammar),
     .commands = kTask},
    {.name = "control",
     .group = "Task",
     .value = "NAME",
     .help = "no-correlation: rules by which nothing but nearly the whole string tells the class (M must be "
             "a multiple of V); deep networks stay near chance",
     .field = FIELD(control),
     .commands = kTask,
     .words = kControls},
    {.name = "uniform",
     .group = "Task",
     .help = "draw from the whole language instead of equally from each class",
     .field = FIELD(uniform),
     .commands = kTrain | kGenerate},
    {.name = "arch",
     .group = "Network",
     .value = "NAME",
     .help = "cnn: one convolution per level, patches of S; lcn: the same, weights not shared; fcn: fully "
             "connected",
     .field = FIELD(arch),
     .commands = kTrain | kInfo,
     .words = kArchNames},
    {.name = "width",
     .group = "Network",
     .value = "H",
     .help = "units of a position in each hidden layer",
     .field = FIELD(width),
     .commands = kTrain | kInfo,
     .low = 1,
     .high = 65536},
    {.name = "depth",
     .group = "Network",
     .value = "N",
     .help = "hidden layers",
     .field = FIELD(depth),
     .commands = kTrain | kInfo,
     .low = 1,
     .high = 64,
     .unset = "L"},
    {.name = "bias",
     .group = "Network",
     .help = "give every unit a bias",
     .field = FIELD(bias),
     .commands = kTrain | kInfo},
    {.name = "norm",
     .group = "Network",
     .value = "NAME",
     .help = "batch: batch normalisation of the hidden pre-activations, without gain; --bias is the shift",
     .field = FIELD(norm),
     .commands = kTrain | kInfo,
     .words = kNorms},
    {.name = "init-scale",
     .group = "Network",
     .value = "X",
     .help = "factor on the initial hidden weights",
     .field = FIELD(init_scale),
     .low = 0,
     .high = 1e6},
    {.name = "rule",
     .letter = 'r',
     .group = "Learning",
     .value = "NAME",
     .help = "learning rule; 'rhm rules' lists them",
     .field = FIELD(rule),
     .except = kMasking},
    {.name = "optimizer",
     .group = "Learning",
     .value = "NAME",
     .help = "adam or sgd",
     .field = FIELD(optimizer),
     .words = kOptimizerNames},
    {.name = "lr",
     .group = "Learning",
     .value = "X",
     .help = "learning rate",
     .field = FIELD(lr),
     .low = 0,
     .high = 1e6,
     .unset = "the rule's, see 'rhm rules'"},
    {.name = "lr-schedule",
     .group = "Learning",
     .value = "NAME",
     .help = "constant, or cosine: the learning rate falls to zero over --steps (with --schedule greedy over "
             "the steps of each layer)",
     .field = FIELD(lr_schedule),
     .words = kLrScheduleNames},
    {.name = "weight-decay",
     .group = "Learning",
     .value = "X",
     .help = "decoupled decay of all weights, w -= lr X w at each step (with adam: AdamW)",
     .field = FIELD(weight_decay),
     .low = 0,
     .high = 1e6},
    {.name = "batch",
     .group = "Learning",
     .value = "N",
     .help = "data (or pairs) of a step",
     .field = FIELD(batch),
     .low = 1,
     .high = 1 << 20},
    {.name = "lr-scale",
     .group = "Learning",
     .value = "LIST",
     .help = "factors on the learning rate of each hidden layer, first to last, and if wanted of the "
             "readout: 0.1,1,1",
     .field = FIELD(lr_scale),
     .unset = "1 for all"},
    {.name = "steps",
     .group = "Learning",
     .value = "N",
     .help = "most steps",
     .field = FIELD(steps),
     .commands = kTrain | kReproduce | kPlasticity,
     .low = 0,
     .high = 1e12},
    {.name = "stop-loss",
     .group = "Learning",
     .value = "X",
     .help = "stop when the mean cross-entropy of 50 steps is below this",
     .field = FIELD(stop_loss),
     .low = 0,
     .high = 1e6},
    {.name = "views",
     .group = "Learning",
     .value = "NAME",
     .help = "pairs of the self-supervised rules; class: two training data of one class (labels used as "
             "pairs); synonyms: a datum and a re-derivation below --view-level (made by the generator); "
             "siblings: neighbouring patches of one string",
     .field = FIELD(views),
     .except = kMasking,
     .words = kPairingNames},
    {.name = "view-level",
     .group = "Learning",
     .value = "K",
     .help = "synonyms: symbols of the levels >= K stay; L keeps the class alone",
     .field = FIELD(view_level),
     .low = 1,
     .high = 20,
     .unset = "L - 1"},
    {.name = "schedule",
     .group = "Learning",
     .value = "NAME",
     .help = "self-supervised rules: hidden layers learn all at once (joint), or one after another, each for "
             "its share of --steps (greedy)",
     .field = FIELD(schedule),
     .words = kSchedules},
    {.name = "readout-labels",
     .group = "Learning",
     .value = "N",
     .help = "self-supervised rules: the first N training data alone are labelled, and the readout learns "
             "from them after the hidden layers; 0: alongside, from all P",
     .field = FIELD(readout_labels),
     .low = 0,
     .high = 1e9},
    {.name = "readout-steps",
     .group = "Learning",
     .value = "N",
     .help = "most steps of the readout with --readout-labels",
     .field = FIELD(readout_steps),
     .low = 0,
     .high = 1e12},
    {.name = "seed",
     .group = "Learning",
     .value = "N",
     .help = "seed of grammar, data and weights",
     .field = FIELD(seed),
     .commands = kTask,
     .low = 0,
     .high = 9e15},
    {.name = "eval-every",
     .group = "Learning",
     .value = "N",
     .help = "steps between evaluations; besides, at 1, 2, 5, 10, 20, 50, ... below this",
     .field = FIELD(eval_every),
     .low = 1,
     .high = 1e9},
    {.name = "measure",
     .group = "Measuring",
     .value = "LIST",
     .help = "what each layer has learnt, added to the record: sensitivity, probes, alignment, health joined "
             "by commas, or all",
     .field = FIELD(measure),
     .commands = kTrain | kInspect},
    {.name = "measure-every",
     .group = "Measuring",
     .value = "N",
     .help = "steps between measurements",
     .field = FIELD(measure_every),
     .low = 1,
     .high = 1e9,
     .unset = "only at the end"},
    {.name = "measure-size",
     .group = "Measuring",
     .value = "N",
     .help = "test data of a measurement; probes are fitted on half of them",
     .field = FIELD(measure_size),
     .commands = kTrain | kInspect,
     .low = 4,
     .high = 1e6},
    {.name = "load",
     .group = "Measuring",
     .value = "FILE",
     .help = "a network that --save wrote: the initial weights, or the network to inspect",
     .field = FIELD(load),
     .commands = kTrain | kInspect},
    {.name = "save",
     .group = "Measuring",
     .value = "FILE",
     .help = "write the trained network there, an NPY file with one record: np.load(FILE)[0][\"W1\"]",
     .field = FIELD(save),
     .except = kTune | kMasking,
     .recorded = false},
    {.name = "downstream-mask",
     .group = "Rules",
     .value = "NAME",
     .help = "bp, fa, sign_symmetry: ReLU masks of the layers above on the way down; none: times 1/2, mean: "
             "the unit's batch mean, shuffled: another datum's",
     .field = FIELD(downstream_mask),
     .except = kMasking,
     .words = kMaskNames},
    {.name = "local-mask",
     .group = "Rules",
     .value = "NAME",
     .help = "bp, fa, sign_symmetry: the layer's own ReLU mask",
     .field = FIELD(local_mask),
     .except = kMasking,
     .words = kLocalMasks},
    {.name = "feedback",
     .group = "Rules",
     .value = "NAME",
     .help = "rules with direct feedback: random weights for each position, or shared by the positions of a "
             "layer",
     .field = FIELD(feedback),
     .words = kFeedbacks},
    {.name = "feedback-scale",
     .group = "Rules",
     .value = "X",
     .help = "factor on the random feedback weights",
     .field = FIELD(constants.feedback_scale),
     .low = 0,
     .high = 1e6},
    {.name = "decay",
     .group = "Rules",
     .value = "X",
     .help = "dkp: decay of all weights, forward and feedback",
     .field = FIELD(constants.decay),
     .low = 0,
     .high = 1e6},
    {.name = "forgetting",
     .group = "Rules",
     .value = "X",
     .help = "ebd: forgetting factor of the running correlation",
     .field = FIELD(constants.forgetting),
     .low = 0,
     .high = 1},
    {.name = "power",
     .group = "Rules",
     .value = "X",
     .help = "ebd: weight of the power normalisation",
     .field = FIELD(constants.power),
     .low = 0,
     .high = 1e6},
    {.name = "power-target",
     .group = "Rules",
     .value = "X",
     .help = "ebd: mean square that it holds each unit to",
     .field = FIELD(constants.power_target),
     .low = 0,
     .high = 1e6},
    {.name = "entropy",
     .group = "Rules",
     .value = "X",
     .help = "ebd: weight of the layer entropy",
     .field = FIELD(constants.entropy),
     .low = 0,
     .high = 1e6},
    {.name = "negatives",
     .group = "Rules",
     .value = "N",
     .help = "clapp, ff: negatives of each positive, all from the batch",
     .field = FIELD(constants.negatives),
     .low = 1,
     .high = 65536},
    {.name = "negative-class",
     .group = "Rules",
     .value = "NAME",
     .help = "clapp, infonce, ff on class pairs: negatives of any class, or of another class than the pair's",
     .field = FIELD(negative_class),
     .words = kClasses},
    {.name = "predictor-scale",
     .group = "Rules",
     .value = "X",
     .help = "clapp: factor on the initial predictors B",
     .field = FIELD(constants.predictor_scale),
     .low = 0,
     .high = 1e6},
    {.name = "negatives-from",
     .group = "Rules",
     .value = "NAME",
     .help = "clapp, infonce, ff on siblings: negatives from the pair's own place in other strings, or from "
             "any place",
     .field = FIELD(negatives_from),
     .words = kPlaces},
    {.name = "margin",
     .group = "Rules",
     .value = "X",
     .help = "clapp: scores are pushed above X for true pairs, below -X for false ones",
     .field = FIELD(constants.margin),
     .low = 0,
     .high = 1e6},
    {.name = "hebbian",
     .group = "Rules",
     .help = "clapp: positive or negative at a time, at random, and separate weights for the prediction back",
     .field = FIELD(constants.hebbian)},
    {.name = "online",
     .group = "Rules",
     .value = "T",
     .help = "self-supervised rules: what a batch gives comes from the past: vicreg, barlow, lpl: running "
             "averages over about T pairs; clapp, infonce, ff: negatives are the pairs of the step before "
             "too; 0: batches alone",
     .field = FIELD(constants.online),
     .low = 0,
     .high = 1e9},
    {.name = "temperature",
     .group = "Rules",
     .value = "X",
     .help = "infonce: divisor of the cosine similarities",
     .field = FIELD(constants.temperature),
     .low = 1e-3,
     .high = 1e6},
    {.name = "threshold",
     .group = "Rules",
     .value = "X",
     .help = "ff: goodness that separates true from false pairs",
     .field = FIELD(constants.threshold),
     .low = 0,
     .high = 1e6},
    {.name = "stop-gradient",
     .group = "Rules",
     .value = "NAME",
     .help = "simsiam: on, or off: the gradient flows into both views",
     .field = FIELD(stop_gradient),
     .words = kOnOff},
    {.name = "head",
     .group = "Rules",
     .value = "K",
     .help = "self-supervised rules: outputs of the local head; 0: none, position by position (clapp: one "
             "predictor per position)",
     .field = FIELD(constants.head),
     .low = 0,
     .high = 65536},
    {.name = "head-hidden",
     .group = "Rules",
     .value = "N",
     .help = "self-supervised rules: hidden ReLU units of the local head; 0: the head is linear",
     .field = FIELD(constants.head_hidden),
     .low = 0,
     .high = 65536},
    {.name = "head-levels",
     .group = "Rules",
     .value = "K",
     .help = "self-supervised rules: the head's hidden units read groups of S^K neighbouring positions "
             "through weights that the groups share; 20: the whole layer",
     .field = FIELD(constants.head_levels),
     .low = 0,
     .high = 20},
    {.name = "invariance",
     .group = "Rules",
     .value = "X",
     .help = "vicreg: weight of the invariance term; lpl: of the pull",
     .field = FIELD(constants.invariance),
     .low = 0,
     .high = 1e6},
    {.name = "variance",
     .group = "Rules",
     .value = "X",
     .help = "vicreg: weight of the variance term; lpl: of the push",
     .field = FIELD(constants.variance),
     .low = 0,
     .high = 1e6},
    {.name = "covariance",
     .group = "Rules",
     .value = "X",
     .help = "vicreg, lpl: weight of the squared covariances; barlow: of the off-diagonal correlations",
     .field = FIELD(constants.covariance),
     .low = 0,
     .high = 1e6},
    {.name = "split",
     .group = "Data",
     .value = "NAME",
     .help = "train, test or validation: the data that 'rhm train' uses with the same options; the parts "
             "never share a datum",
     .field = FIELD(split),
     .commands = kGenerate,
     .words = kSplitNames,
     .recorded = false},
    {.name = "format",
     .group = "Data",
     .value = "NAME",
     .help = "npy, csv, jsonl or text",
     .field = FIELD(data_format),
     .commands = kGenerate,
     .words = kDataFormats,
     .recorded = false},
    {.name = "latents",
     .group = "Data",
     .help = "write the symbols of all levels too",
     .field = FIELD(latents),
     .commands = kGenerate,
     .recorded = false},
    {.name = "inputs",
     .group = "Data",
     .value = "NAME",
     .help = "write what a network sees too: one-hot, or whitened (x - 1/v) / sqrt(1 - 1/v)",
     .field = FIELD(inputs),
     .commands = kGenerate,
     .words = kInputs,
     .recorded = false},
    {.name = "smoke",
     .group = "Running",
     .help = "a small task in seconds, to see that all is well",
     .field = FIELD(smoke),
     .commands = kReproduce | kMasking | kPlasticity,
     .recorded = false},
    {.name = "full",
     .group = "Running",
     .help = "the long experiment: how many data every rule needs at L = 3, 4 and 5, how that grows with "
             "L and m, the masking table, the layers, other tasks, and a report; within 75 minutes on two "
             "cores (nine seeds when --seeds is not given)",
     .field = FIELD(full),
     .commands = kReproduce,
     .recorded = false},
    {.name = "rules",
     .group = "Running",
     .value = "LIST",
     .help = "bp and these rules alone, joined by commas; of claims about others nothing is decided",
     .field = FIELD(only),
     .commands = kReproduce | kPlasticity,
     .recorded = false,
     .unset = "all of the experiment"},
    {.name = "audit",
     .group = "Output",
     .help = "what the update of a synapse depends on, for every rule, found by changing one thing at a time",
     .field = FIELD(audit),
     .commands = kRules,
     .recorded = false},
    {.name = "seeds",
     .group = "Running",
     .value = "N",
     .help = "seeds of each rule or setting: 0..N-1, in tune and masking from --seed on",
     .field = FIELD(seeds),
     .commands = kReproduce | kTune | kMasking | kPlasticity,
     .low = 1,
     .high = 1000,
     .recorded = false},
    {.name = "trials",
     .group = "Running",
     .value = "N",
     .help = "settings that are tried, the rule's defaults among them",
     .field = FIELD(trials),
     .commands = kTune,
     .low = 1,
     .high = 100000,
     .recorded = false},
    {.name = "kind",
     .group = "Output",
     .value = "NAME",
     .help = "accuracy against P; learning curves; scaling: P* against n_c m^L; ratio: P*/P*(bp) against L; "
             "heat: accuracy as a map; measures: sensitivity and probes of the layers",
     .field = FIELD(figure),
     .commands = kPlot,
     .words = kFigureKinds,
     .recorded = false},
    {.name = "terminal",
     .group = "Output",
     .help = "draw here with Unicode characters",
     .field = FIELD(terminal),
     .commands = kPlot,
     .recorded = false},
    {.name = "shard",
     .group = "Running",
     .value = "I/N",
     .help = "do part I of N only, so that N processes share the sweep; their files are merged by cat",
     .field = FIELD(shard),
     .commands = kSweep,
     .recorded = false},
    {.name = "dry-run",
     .group = "Running",
     .help = "say how many runs there are, how long they take at most and what memory, and run none (sweep, "
             "reproduce --full)",
     .field = FIELD(dry_run),
     .commands = kSweep | kReproduce,
     .recorded = false},
    {.name = "threads",
     .group = "Running",
     .value = "N",
     .help = "threads, 0: all cores the process may use; they share the loops of one large run, or have a "
             "run each; the numbers "
             "do not depend on it",
     .field = FIELD(threads),
     .commands = kTrain | kReproduce | kSweep | kPlasticity,
     .low = 0,
     .high = 1024,
     .recorded = false},
    {.name = "kernel",
     .group = "Running",
     .value = "NAME",
     .help = "kernels of the hot loops: avx2 and avx512 give the same bytes, sse2, neon and plain (slow, to "
             "check against) other last digits, as other compilers and flags do",
     .field = FIELD(kernel),
     .commands = kTrain | kReproduce | kInspect | kSweep | kPlasticity,
     .recorded = false},
    {.name = "format",
     .group = "Output",
     .value = "NAME",
     .help = "text, or json: one JSON object a line",
     .field = FIELD(format),
     .commands = kEvery & ~(kGenerate | kSummary | kPlot),
     .words = kFormats,
     .recorded = false},
    {.name = "format",
     .group = "Output",
     .value = "NAME",
     .help = "text, csv: one tidy table, or json: one JSON object a line",
     .field = FIELD(format),
     .commands = kSummary,
     .words = kTableFormats,
     .recorded = false},
    {.name = "output",
     .letter = 'o',
     .group = "Output",
     .value = "PATH",
     .help = "write there instead of to the terminal (a file, '-' for standard output; a directory for "
             "reproduce)",
     .field = FIELD(output),
     .commands =
         kTrain | kReproduce | kSweep | kSummary | kPlot | kReport | kGrammar | kGenerate | kPlasticity,
     .recorded = false},
    {.name = "quiet",
     .letter = 'q',
     .group = "Output",
     .help = "no progress",
     .field = FIELD(quiet),
     .commands = kEvery,
     .recorded = false},
    {.name = "help",
     .letter = 'h',
     .group = "Output",
     .help = "this text",
     .field = FIELD(help),
     .commands = kEvery,
     .recorded = false},
};
#undef FIELD

[[noreturn]] void bad_value(const Option& option, std::string_view text, const std::string& takes) {
    fail(Exit::usage, "--", option.name, " takes ", takes, ", not '", text, "'");
}

std::string range_text(const Option& option, std::string_view what) {
    std::string text(what);
    if (option.low > -1e300 && option.high < 1e300)
        return text + " from " + number(option.low) + " to " + number(option.high);
    return text;
}

Field field_of(const Config& config, const Option& option) {
    return option.field(const_cast<Config&>(config));
}

std::size_t index(const Option& option) { return static_cast<std::size_t>(&option - kOptions); }
static_assert(std::size(kOptions) <= 256, "Config::given has 256 bits");

template <class X>
struct Unwrap {
    using type = X;
};
template <class X>
struct Unwrap<std::optional<X>> {
    using type = X;
};

}  // namespace

std::span<const Option> options() { return kOptions; }

const Option* find_option(std::string_view name) {
    for (const Option& option : kOptions)
        if (option.name == name) return &option;
    return nullptr;
}

bool is_given(const Config& config, const Option& option) { return config.given.test(index(option)); }

void set(Config& config, const Option& option, std::string_view text) {
    std::visit(
        [&](auto* field) {
            using X = typename Unwrap<std::remove_pointer_t<decltype(field)>>::type;
            if constexpr (std::is_same_v<X, bool>) {
                if (text != "true" && text != "false") bad_value(option, text, "true or false");
                *field = text == "true";
            } else if constexpr (std::is_same_v<X, std::string>) {
                bool known = option.words.empty();
                for (auto word : option.words) known = known || word == text;
                if (!known) {
                    auto guess = nearest(text, option.words);
                    bad_value(option, text,
                              join(option.words, ", ", " or ")
                                  + (guess.empty() ? "" : concat(" (did you mean '", guess, "'?)")));
                }
                *field = std::string(text);
            } else if constexpr (std::is_integral_v<X>) {
                auto x = parse_integer(text);
                if (!x || double(*x) < option.low || double(*x) > option.high)
                    bad_value(option, text, range_text(option, "a whole number"));
                *field = static_cast<X>(*x);
            } else {
                auto x = parse_double(text);
                if (!x || !(*x >= option.low && *x <= option.high))
                    bad_value(option, text, range_text(option, "a number"));
                *field = *x;
            }
        },
        option.field(config));
    config.given.set(index(option));
}

void set_all(Config& config, std::string_view list) {
    if (list.empty()) return;
    for (auto setting : split(list, ' ')) {
        const std::size_t equals = setting.find('=');
        set(config, *find_option(setting.substr(0, equals)), setting.substr(equals + 1));
    }
}

std::string text_of(const Config& config, const Option& option) {
    return std::visit(
        [](auto* field) -> std::string {
            using X = std::remove_pointer_t<decltype(field)>;
            if constexpr (std::is_same_v<X, std::string>)
                return *field;
            else if constexpr (std::is_same_v<X, bool>)
                return *field ? "true" : "false";
            else if constexpr (std::is_integral_v<X>)
                return std::to_string(*field);
            else if constexpr (std::is_floating_point_v<X>)
                return number(*field);
            else
                return *field ? number(double(**field)) : "";
        },
        field_of(config, option));
}

std::string json_of(const Config& config, const Option& option) {
    std::string text = text_of(config, option);
    Field field = field_of(config, option);
    if (std::holds_alternative<std::string*>(field)) return json_quote(text);
    return text.empty() ? "null" : text;
}

Grammar grammar_of(const Config& config) {
    if (config.carried) return *config.carried;
    if (!config.grammar.empty()) {
        std::lock_guard lock(config.files->mutex);
        auto& read = config.files->grammars[config.grammar];
        if (!read) read = std::make_shared<const Grammar>(Grammar::load(config.grammar));
        return *read;
    }
    return config.control == "no-correlation" ? Grammar::no_correlation(config.task, config.seed)
                                              : Grammar(config.task, config.seed);
}

SplitSizes sizes_of(const Config& config) {
    return {static_cast<std::size_t>(config.train_size), static_cast<std::size_t>(config.test_size),
            static_cast<std::size_t>(config.validation_size), config.uniform};
}

NetworkShape shape_of(const Config& config) {
    return network_shape(config.task, word_to<Arch>(kArchNames, config.arch),
                         static_cast<std::size_t>(*config.depth), static_cast<std::size_t>(config.width),
                         config.bias, config.norm == "batch");
}

/// v, n_c, m, s and L come from the grammar's file when there is one; those given besides must agree with it.
static void resolve_task(Config& config) {
    if (config.grammar.empty()) {
        config.task.classes = config.classes.value_or(config.task.vocab);
    } else {
        if (config.control != "none")
            fail(Exit::usage, "--grammar and --control both choose the rules; give one of them");
        GrammarShape file = grammar_of(config).shape(), asked = config.task;
        asked.classes = config.classes.value_or(file.classes);
        for (auto [name, is, want] : {std::tuple{"vocab", file.vocab, asked.vocab},
                                      {"classes", file.classes, asked.classes},
                                      {"synonyms", file.synonyms, asked.synonyms},
                                      {"tuple", file.tuple, asked.tuple},
                                      {"levels", file.levels, asked.levels}})
            if (config.given.test(index(*find_option(name))) && is != want)
                fail(Exit::usage, "--", name, " ", want, " contradicts the grammar in '", config.grammar,
                     "', where it is ", is, "; leave the option out");
        config.task = file;
    }
    config.classes = config.task.classes;
    if (config.carried && config.carried->shape() != config.task)
        fail(Exit::input, "the saved network carries the grammar of another task; save it anew");
    check(config.task);
    if (!config.times_law) return;
    if (config.given.test(index(*find_option("train-size"))))
        fail(Exit::usage, "--train-size and --times-law both say how many data there are; give one of them");
    config.train_size = std::llround(*config.times_law * law(config.task));
}

/// What concerns the rules that learn from pairs.
static void resolve_pairs(Config& config, const Rule& rule) {
    config.constants.pairing = word_to<Pairing>(kPairingNames, config.views);
    config.constants.other_class = config.negative_class == "other";
    config.constants.negatives_anywhere = config.negatives_from == "any";
    const bool siblings = config.constants.pairing == Pairing::siblings;
    if (!rule.wants_pairs()) {
        const char* option = config.views != "class"      ? "views"
                             : config.schedule != "joint" ? "schedule"
                             : config.readout_labels      ? "readout-labels"
                                                          : nullptr;
        if (option)
            fail(Exit::usage, "--", option, " is for the rules that learn from pairs; '", rule.name,
                 "' does not");
    }
    if (config.constants.pairing == Pairing::synonyms) {
        if (!config.view_level) config.view_level = std::max(1, config.task.levels - 1);
        if (*config.view_level > config.task.levels)
            fail(Exit::usage, "--view-level ", *config.view_level,
                 " is above the top level; the task has L = ", config.task.levels);
    } else if (config.view_level) {
        fail(Exit::usage, "--view-level is for --views synonyms, not ", config.views);
    }
    const RuleOptions& constants = config.constants;
    if (constants.online > 0 && !rule.compares())
        fail(Exit::usage, "--online is for clapp, infonce, ff, vicreg, barlow and lpl, which compare data; '",
             rule.name, "' does not");
    if (constants.online > 0 && (siblings || constants.other_class))
        fail(Exit::usage,
             "--online is for pairs of strings with negatives of any class; leave out --views siblings and "
             "--negative-class other");
    if (constants.online > 0 && constants.online < 1)
        fail(Exit::usage, "--online takes a number of pairs, 1 or more, or 0, not ",
             number(constants.online));
    if (config.batch == 1 && rule.compares() && constants.online == 0)
        fail(Exit::usage, "'", rule.name,
             "' compares the data of a batch; give --batch 2 or more, or --online T");
    if (siblings && (config.arch != "cnn" || config.task.levels < 2))
        fail(Exit::usage,
             "siblings are neighbouring positions with the same weights: use --arch cnn and L >= 2");
    if (config.readout_labels > config.train_size)
        fail(Exit::usage, "--readout-labels ", config.readout_labels, " is more than the ", config.train_size,
             " training data; lower it or raise -P");
}

/// Options that were not given get the values of a list "lr=3e-3 head=16".
static void set_defaults(Config& config, std::string_view list) {
    for (auto setting : split(list, ' ')) {
        const Option& option = *find_option(setting.substr(0, setting.find('=')));
        if (config.given.test(index(option))) continue;
        set(config, option, setting.substr(setting.find('=') + 1));
        config.given.reset(index(option));
    }
}

void resolve(Config& config) {
    const Rule& rule = find_rule(config.rule);
    resolve_task(config);
    if (!config.depth) config.depth = config.task.levels;
    const bool masks_changed = config.downstream_mask != "exact" || config.local_mask != "exact";
    set_defaults(config, rule.defaults);
    config.constants.downstream_mask = word_to<Mask>(kMaskNames, config.downstream_mask);
    resolve_pairs(config, rule);
    config.constants.stop_gradient = config.stop_gradient == "on";
    config.constants.local_mask = config.local_mask == "exact";
    if (masks_changed && !rule.chain)
        fail(Exit::usage, "--downstream-mask and --local-mask change bp, fa and sign_symmetry only; '",
             config.rule, "' sends no signal from layer to layer");
    config.constants.feedback_shared = config.feedback == "shared";
    const Mask mask = config.constants.downstream_mask;
    if (config.batch == 1 && (config.norm == "batch" || mask == Mask::mean || mask == Mask::shuffled))
        fail(Exit::usage, "--norm batch and --downstream-mask mean or shuffled need --batch 2 or more");
    if (config.measure_every && config.measure.empty())
        fail(Exit::usage, "--measure-every says how often; say what with --measure, e.g. --measure probes");
    measures_of(config.measure);
    if (config.task.synonyms < 2 && config.measure.find("sensitivity") != std::string::npos)
        fail(Exit::usage,
             "--measure sensitivity swaps synonyms, and with m = 1 there are none; raise -m to 2 or more");
    shape_of(config);
    block_scales(config);
    check(config.task, sizes_of(config));
}

std::vector<std::string_view> measures_of(std::string_view list) {
    std::vector<std::string_view> asked, out;
    if (!list.empty()) asked = split(list, ',');
    for (std::string_view word : asked) {
        if (word == "all" || contains(kMeasureNames, word)) continue;
        auto guess = nearest(word, kMeasureNames);
        fail(Exit::usage, "--measure takes ", join(kMeasureNames, ", ", " and "),
             " joined by commas, or all, not '", word, "'",
             guess.empty() ? std::string() : concat(" (did you mean '", guess, "'?)"));
    }
    for (std::string_view name : kMeasureNames)
        if (contains(asked, name) || contains(asked, "all")) out.push_back(name);
    return out;
}

bool is_chosen(const Config& config, std::string_view rule) {
    return config.only.empty() || rule == "bp" || contains(split(config.only, ','), rule);
}

std::vector<double> block_scales(const Config& config) {
    std::vector<double> scales;
    if (config.lr_scale.empty()) return scales;
    const std::size_t depth = static_cast<std::size_t>(*config.depth);
    for (std::string_view word : split(config.lr_scale, ',')) {
        auto x = parse_double(word);
        if (!x || !(*x >= 0 && *x <= 1e6))
            fail(Exit::usage, "--lr-scale takes numbers from 0 to 1000000 with commas between, not '", word,
                 "'");
        for (int copies = config.bias ? 2 : 1; copies > 0; --copies)
            scales.push_back(*x);  // weights and bias
    }
    const std::size_t given = scales.size() / (config.bias ? 2 : 1);
    if (given != depth && given != depth + 1)
        fail(Exit::usage, "--lr-scale has ", given, " factors, but the network has ", depth,
             " hidden layers; give ", depth, ", or ", depth + 1, " with the readout's");
    if (given == depth) scales.resize((depth + 1) * (config.bias ? 2 : 1), 1.0);
    return scales;
}

std::string told(const Config& config) {
    switch (find_rule(config.rule).told) {
        case Told::labels:
            return "labels";
        case Told::nothing:
            return "nothing";
        case Told::pairs:
            break;
    }
    switch (config.constants.pairing) {
        case Pairing::classes:
            return "labels as pairs";
        case Pairing::synonyms:
            return config.view_level == config.task.levels ? "generator, class as pairs"
                                                           : "generator's synonyms";
        case Pairing::siblings:
            break;
    }
    if (static_cast<int>(*config.depth) < config.task.levels) return "nothing";  // every layer has siblings
    return concat("nothing; top layer: ", config.readout_labels ? config.readout_labels : config.train_size,
                  " labels");
}

}  // namespace rhm

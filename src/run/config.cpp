#include "run/config.hpp"

#include <array>
#include <cmath>
#include <tuple>
#include <type_traits>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "data/dataset.hpp"

namespace rhm {
namespace {

constexpr std::string_view kViews[] = {"class"};
constexpr std::string_view kFormats[] = {"text", "json"}, kTableFormats[] = {"text", "csv", "json"};
constexpr std::string_view kControls[] = {"none", "no-correlation"};
constexpr std::string_view kSplits[] = {"train", "test"};
constexpr std::string_view kDataFormats[] = {"npy", "csv", "jsonl", "text"};  // out/generate.hpp
constexpr std::string_view kInputs[] = {"none", "one-hot", "whitened"};
constexpr std::string_view kLocalMasks[] = {"exact", "none"};

#define FIELD(member) [](Config& c) -> Field { return &c.member; }

const Option kOptions[] = {
    {.name = "vocab", .letter = 'v', .group = "Task", .value = "V", .help = "symbols at every level below the class", .field = FIELD(task.vocab), .commands = kTask, .low = 2, .high = 256},
    {.name = "classes", .letter = 'c', .group = "Task", .value = "C", .help = "classes n_c", .field = FIELD(classes), .commands = kTask, .low = 2, .high = 256, .unset = "V"},
    {.name = "synonyms", .letter = 'm', .group = "Task", .value = "M", .help = "tuples (rules) per symbol", .field = FIELD(task.synonyms), .commands = kTask, .low = 1, .high = 65536},
    {.name = "tuple", .letter = 's', .group = "Task", .value = "S", .help = "symbols in a tuple", .field = FIELD(task.tuple), .commands = kTask, .low = 2, .high = 1024},
    {.name = "levels", .letter = 'L', .group = "Task", .value = "L", .help = "levels of the hierarchy; strings have S^L symbols", .field = FIELD(task.levels), .commands = kTask, .low = 1, .high = 20},
    {.name = "train-size", .letter = 'P', .group = "Task", .value = "P", .help = "training data", .field = FIELD(train_size), .commands = kTrain | kInfo | kGenerate, .low = 1, .high = 1e9},
    {.name = "test-size", .group = "Task", .value = "N", .help = "test data, disjoint from the training data", .field = FIELD(test_size), .commands = kTrain | kGenerate, .low = 1, .high = 1e9},
    {.name = "grammar", .group = "Task", .value = "FILE", .help = "the rules from a file that 'rhm grammar --format json' wrote, instead of drawing them", .field = FIELD(grammar), .commands = kTask},
    {.name = "control", .group = "Task", .value = "NAME", .help = "no-correlation: rules by which nothing but nearly the whole string tells the class (M must be a multiple of V); deep networks stay near chance", .field = FIELD(control), .commands = kTask, .words = kControls},
    {.name = "uniform", .group = "Task", .help = "draw from the whole language instead of equally from each class", .field = FIELD(uniform), .commands = kTrain | kGenerate},
    {.name = "arch", .group = "Network", .value = "NAME", .help = "cnn: one convolution per level, patches of S; lcn: the same, weights not shared; fcn: fully connected", .field = FIELD(arch), .commands = kTrain | kInfo, .words = kArchNames},
    {.name = "width", .group = "Network", .value = "H", .help = "units of a position in each hidden layer", .field = FIELD(width), .commands = kTrain | kInfo, .low = 1, .high = 65536},
    {.name = "depth", .group = "Network", .value = "N", .help = "hidden layers", .field = FIELD(depth), .commands = kTrain | kInfo, .low = 1, .high = 64, .unset = "L"},
    {.name = "bias", .group = "Network", .help = "give every unit a bias", .field = FIELD(bias), .commands = kTrain | kInfo},
    {.name = "init-scale", .group = "Network", .value = "X", .help = "factor on the initial hidden weights", .field = FIELD(init_scale), .low = 0, .high = 1e6},
    {.name = "rule", .letter = 'r', .group = "Learning", .value = "NAME", .help = "learning rule; 'rhm rules' lists them", .field = FIELD(rule)},
    {.name = "optimizer", .group = "Learning", .value = "NAME", .help = "adam or sgd", .field = FIELD(optimizer), .words = kOptimizerNames},
    {.name = "lr", .group = "Learning", .value = "X", .help = "learning rate", .field = FIELD(lr), .low = 0, .high = 1e6, .unset = "the rule's, see 'rhm rules'"},
    {.name = "batch", .group = "Learning", .value = "N", .help = "data (or pairs) of a step", .field = FIELD(batch), .low = 2, .high = 1 << 20},
    {.name = "steps", .group = "Learning", .value = "N", .help = "most steps", .field = FIELD(steps), .commands = kTrain | kReproduce, .low = 0, .high = 1e12},
    {.name = "stop-loss", .group = "Learning", .value = "X", .help = "stop when the mean cross-entropy of 50 steps is below this", .field = FIELD(stop_loss), .low = 0, .high = 1e6},
    {.name = "views", .group = "Learning", .value = "NAME", .help = "pairs of the self-supervised rules; class: two training data of one class (labels used as pairs)", .field = FIELD(views), .words = kViews},
    {.name = "seed", .group = "Learning", .value = "N", .help = "seed of grammar, data and weights", .field = FIELD(seed), .commands = kTask, .low = 0, .high = 9e15},
    {.name = "eval-every", .group = "Learning", .value = "N", .help = "steps between evaluations", .field = FIELD(eval_every), .low = 1, .high = 1e9},
    {.name = "downstream-mask", .group = "Rules", .value = "NAME", .help = "bp, fa: ReLU masks of the layers above on the way down; none: times 1/2, mean: the unit's batch mean, shuffled: another datum's", .field = FIELD(downstream_mask), .words = kMaskNames},
    {.name = "local-mask", .group = "Rules", .value = "NAME", .help = "bp, fa: the layer's own ReLU mask", .field = FIELD(local_mask), .words = kLocalMasks},
    {.name = "feedback-scale", .group = "Rules", .value = "X", .help = "fa, dfa: factor on the random feedback weights", .field = FIELD(constants.feedback_scale), .low = 0, .high = 1e6},
    {.name = "negatives", .group = "Rules", .value = "N", .help = "clapp: negatives of each positive, all from the batch", .field = FIELD(constants.negatives), .low = 1, .high = 65536},
    {.name = "predictor-scale", .group = "Rules", .value = "X", .help = "clapp: factor on the initial predictors B", .field = FIELD(constants.predictor_scale), .low = 0, .high = 1e6},
    {.name = "head", .group = "Rules", .value = "K", .help = "clapp, vicreg: outputs of the local linear head; 0: none (clapp: one predictor per position)", .field = FIELD(constants.head), .low = 0, .high = 65536},
    {.name = "invariance", .group = "Rules", .value = "X", .help = "vicreg: weight of the invariance term", .field = FIELD(constants.invariance), .low = 0, .high = 1e6},
    {.name = "variance", .group = "Rules", .value = "X", .help = "vicreg: weight of the variance term", .field = FIELD(constants.variance), .low = 0, .high = 1e6},
    {.name = "covariance", .group = "Rules", .value = "X", .help = "vicreg: weight of the covariance term", .field = FIELD(constants.covariance), .low = 0, .high = 1e6},
    {.name = "split", .group = "Data", .value = "NAME", .help = "train or test: parts of the language that never share a datum", .field = FIELD(split), .commands = kGenerate, .words = kSplits, .recorded = false},
    {.name = "format", .group = "Data", .value = "NAME", .help = "npy, csv, jsonl or text", .field = FIELD(data_format), .commands = kGenerate, .words = kDataFormats, .recorded = false},
    {.name = "latents", .group = "Data", .help = "write the symbols of all levels too", .field = FIELD(latents), .commands = kGenerate, .recorded = false},
    {.name = "inputs", .group = "Data", .value = "NAME", .help = "write what a network sees too: one-hot, or whitened (x - 1/v) / sqrt(1 - 1/v)", .field = FIELD(inputs), .commands = kGenerate, .words = kInputs, .recorded = false},
    {.name = "smoke", .group = "Running", .help = "a small task in seconds, to see that all is well", .field = FIELD(smoke), .commands = kReproduce, .recorded = false},
    {.name = "seeds", .group = "Running", .value = "N", .help = "seeds 0..N-1 of each rule", .field = FIELD(seeds), .commands = kReproduce, .low = 1, .high = 1000, .recorded = false},
    {.name = "shard", .group = "Running", .value = "I/N", .help = "do part I of N only, so that N processes share the sweep; their files are merged by cat", .field = FIELD(shard), .commands = kSweep, .recorded = false},
    {.name = "dry-run", .group = "Running", .help = "say how many runs there are, how long they take at most and what memory, and run none", .field = FIELD(dry_run), .commands = kSweep, .recorded = false},
    {.name = "threads", .group = "Running", .value = "N", .help = "threads; the numbers do not depend on it", .field = FIELD(threads), .commands = kTrain | kReproduce | kSweep, .low = 0, .high = 1024, .recorded = false},
    {.name = "kernel", .group = "Running", .value = "NAME", .help = "kernels of the hot loops; plain: the slow ones to check against", .field = FIELD(kernel), .commands = kTrain | kReproduce | kSweep, .recorded = false},
    {.name = "format", .group = "Output", .value = "NAME", .help = "text, or json: one JSON object a line", .field = FIELD(format), .commands = kEvery & ~(kGenerate | kSummary | kPlot), .words = kFormats, .recorded = false},
    {.name = "format", .group = "Output", .value = "NAME", .help = "text, csv: one tidy table, or json: one JSON object a line", .field = FIELD(format), .commands = kSummary, .words = kTableFormats, .recorded = false},
    {.name = "output", .letter = 'o', .group = "Output", .value = "PATH", .help = "write there instead of to the terminal (a file; a directory for reproduce)", .field = FIELD(output), .commands = kTrain | kReproduce | kSweep | kSummary | kPlot | kReport | kGrammar | kGenerate, .recorded = false},
    {.name = "quiet", .letter = 'q', .group = "Output", .help = "no progress line", .field = FIELD(quiet), .commands = kTrain | kReproduce | kSweep, .recorded = false},
    {.name = "help", .letter = 'h', .group = "Output", .help = "this text", .field = FIELD(help), .commands = kEvery, .recorded = false},
};
#undef FIELD

[[noreturn]] void bad_value(const Option& option, std::string_view text, const std::string& takes) {
    fail(Exit::usage, "--", option.name, " takes ", takes, ", not '", text, "'");
}

std::string range_text(const Option& option, std::string_view what) {
    std::string text(what);
    if (option.low > -1e300 && option.high < 1e300) return text + " from " + number(option.low) + " to " + number(option.high);
    return text;
}

Field field_of(const Config& config, const Option& option) { return option.field(const_cast<Config&>(config)); }

std::size_t index(const Option& option) { return static_cast<std::size_t>(&option - kOptions); }
static_assert(std::size(kOptions) <= 256, "Config::given has 256 bits");

template <class X> struct Unwrap { using type = X; };
template <class X> struct Unwrap<std::optional<X>> { using type = X; };

}  // namespace

std::span<const Option> options() { return kOptions; }

const Option* find_option(std::string_view name) {
    for (const Option& option : kOptions)
        if (option.name == name) return &option;
    return nullptr;
}

void set(Config& config, const Option& option, std::string_view text) {
    std::visit([&](auto* field) {
        using X = typename Unwrap<std::remove_pointer_t<decltype(field)>>::type;
        if constexpr (std::is_same_v<X, bool>) {
            if (text != "true" && text != "false") bad_value(option, text, "true or false");
            *field = text == "true";
        } else if constexpr (std::is_same_v<X, std::string>) {
            bool known = option.words.empty();
            for (auto word : option.words) known = known || word == text;
            if (!known) {
                auto guess = nearest(text, option.words);
                bad_value(option, text, join(option.words, ", ", " or ") + (guess.empty() ? "" : concat(" (did you mean '", guess, "'?)")));
            }
            *field = std::string(text);
        } else if constexpr (std::is_integral_v<X>) {
            auto x = parse_integer(text);
            if (!x || double(*x) < option.low || double(*x) > option.high) bad_value(option, text, range_text(option, "a whole number"));
            *field = static_cast<X>(*x);
        } else {
            auto x = parse_double(text);
            if (!x || !(*x >= option.low && *x <= option.high)) bad_value(option, text, range_text(option, "a number"));
            *field = *x;
        }
    }, option.field(config));
    config.given.set(index(option));
}

std::string text_of(const Config& config, const Option& option) {
    return std::visit([](auto* field) -> std::string {
        using X = std::remove_pointer_t<decltype(field)>;
        if constexpr (std::is_same_v<X, std::string>) return *field;
        else if constexpr (std::is_same_v<X, bool>) return *field ? "true" : "false";
        else if constexpr (std::is_integral_v<X>) return std::to_string(*field);
        else if constexpr (std::is_floating_point_v<X>) return number(*field);
        else return *field ? number(double(**field)) : "";
    }, field_of(config, option));
}

std::string json_of(const Config& config, const Option& option) {
    std::string text = text_of(config, option);
    Field field = field_of(config, option);
    if (std::holds_alternative<std::string*>(field)) return json_quote(text);
    return text.empty() ? "null" : text;
}

Grammar grammar_of(const Config& config) {
    if (!config.grammar.empty()) return Grammar::load(config.grammar);
    return config.control == "no-correlation" ? Grammar::no_correlation(config.task, config.seed) : Grammar(config.task, config.seed);
}

SplitSizes sizes_of(const Config& config) {
    return {static_cast<std::size_t>(config.train_size), static_cast<std::size_t>(config.test_size), 0, config.uniform};
}

NetworkShape shape_of(const Config& config) {
    return network_shape(config.task, word_to<Arch>(kArchNames, config.arch), static_cast<std::size_t>(*config.depth),
                         static_cast<std::size_t>(config.width), config.bias);
}

/// v, n_c, m, s and L come from the grammar's file when there is one; those given besides must agree with it.
static void resolve_task(Config& config) {
    if (config.grammar.empty()) {
        config.task.classes = config.classes.value_or(config.task.vocab);
    } else {
        if (config.control != "none") fail(Exit::usage, "--grammar and --control both choose the rules; give one of them");
        GrammarShape file = Grammar::load(config.grammar).shape(), asked = config.task;
        asked.classes = config.classes.value_or(file.classes);
        for (auto [name, is, want] : {std::tuple{"vocab", file.vocab, asked.vocab}, {"classes", file.classes, asked.classes},
                                      {"synonyms", file.synonyms, asked.synonyms}, {"tuple", file.tuple, asked.tuple}, {"levels", file.levels, asked.levels}})
            if (config.given.test(index(*find_option(name))) && is != want)
                fail(Exit::usage, "--", name, " ", want, " contradicts the grammar in '", config.grammar, "', where it is ", is, "; leave the option out");
        config.task = file;
    }
    config.classes = config.task.classes;
    check(config.task);
}

void resolve(Config& config) {
    const Rule& rule = find_rule(config.rule);
    resolve_task(config);
    if (!config.depth) config.depth = config.task.levels;
    for (auto setting : split(rule.defaults, ' ')) {
        const Option& option = *find_option(setting.substr(0, setting.find('=')));
        if (config.given.test(index(option))) continue;
        set(config, option, setting.substr(setting.find('=') + 1));
        config.given.reset(index(option));
    }
    config.constants.downstream_mask = word_to<Mask>(kMaskNames, config.downstream_mask);
    config.constants.local_mask = config.local_mask == "exact";
    bool masks_changed = config.downstream_mask != "exact" || config.local_mask != "exact";
    if (masks_changed && config.rule != "bp" && config.rule != "fa")
        fail(Exit::usage, "--downstream-mask and --local-mask change bp and fa only; '", config.rule, "' sends no signal through masks");
    shape_of(config);
    check(config.task, sizes_of(config));
}

std::string told(const Config& config) {
    switch (find_rule(config.rule).told) {
        case Told::labels: return "labels";
        case Told::pairs: return "labels as pairs";
        case Told::nothing: return "nothing";
    }
    return "";
}

}  // namespace rhm

// What a run is: every number and word that decides its result, and the table of options that names them. One
// row of the table gives the parser, --help, the recorded configuration and what a sweep may vary.
#pragma once
#include <bitset>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "data/grammar.hpp"
#include "data/sampler.hpp"
#include "net/network.hpp"
#include "train/optimizer.hpp"
#include "rules/rule.hpp"

namespace rhm {

inline constexpr std::string_view kFigureKinds[] = {"accuracy", "learning", "scaling",
                                                    "ratio",    "heat",     "measures"};

class NetworkFile;  // io/network_file.hpp

/// The files that a command has read, by name: each is read once, so that what was checked is what is used,
/// whatever becomes of the file meanwhile. Copies of a configuration share them.
struct InputFiles {
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const Grammar>> grammars;
    std::map<std::string, std::shared_ptr<const NetworkFile>> networks;
};

struct Config {
    // task
    GrammarShape task;                ///< task.classes is set by resolve()
    std::optional<int> classes;       ///< n_c, v when not given
    std::int64_t train_size = 8192;   ///< P
    std::optional<double> times_law;  ///< P in units of n_c m^L, instead of P
    std::int64_t test_size = 4000;
    std::int64_t validation_size = 0;
    std::string grammar;                     ///< a file with the rules, instead of drawing them from the seed
    std::shared_ptr<const Grammar> carried;  ///< the rules themselves, from a saved network
    std::string control = "none";            ///< or "no-correlation"
    bool uniform = false;                    ///< classes drawn uniformly instead of balanced
    // network
    std::string arch = "cnn";
    int width = 64;
    std::optional<int> depth;  ///< L when not given
    bool bias = false;
    std::string norm = "none";
    double init_scale = 1;
    // learning
    std::string rule = "bp";
    std::string optimizer = "adam";
    std::string lr_scale;      ///< factors for each layer, "0.1,1,1"; 1 everywhere when empty
    std::optional<double> lr;  ///< the rule's default when not given
    std::string lr_schedule = "constant";
    double weight_decay = 0;  ///< decoupled: w -= lr weight_decay w at each step
    int batch = 128;
    std::int64_t steps = 6000;  ///< cap
    double stop_loss = 2e-3;
    std::string views = "class";
    std::optional<int> view_level;  ///< synonyms; L - 1 when not given
    std::string schedule = "joint";
    std::int64_t readout_labels = 0;  ///< N; 0: the readout learns alongside, from all P labels
    std::int64_t readout_steps = 2000;
    std::uint64_t seed = 0;
    int eval_every = 500;
    // what is measured
    std::string measure;               ///< names joined by commas, or "all"
    std::optional<int> measure_every;  ///< steps between measurements, at the end only when not given
    int measure_size = 600;            ///< data of a measurement
    std::string load;                  ///< a file with the initial weights
    std::string save;                  ///< where the trained network is written to
    // the rules' constants
    RuleOptions constants;
    std::string downstream_mask = "exact", local_mask = "exact", feedback = "position", stop_gradient = "on",
                negatives_from = "place", negative_class = "any";
    // how it is run and shown: no influence on the numbers
    int threads = 0;  ///< 0: all cores
    std::string kernel = "auto";
    std::string format = "text";
    std::string output;
    bool quiet = false;
    bool smoke = false;
    int seeds = 3;
    bool dry_run = false;
    std::string shard = "1/1";
    std::string figure = "accuracy";
    bool terminal = false;
    bool full = false;
    std::string only;  ///< the rules of an experiment, joined by commas; all when empty
    bool audit = false;
    int trials = 12;
    // exported data
    std::string split = "train", data_format = "text", inputs = "none";
    bool latents = false;
    bool help = false;

    std::shared_ptr<InputFiles> files = std::make_shared<InputFiles>();

    std::bitset<256>
        given;  ///< bit i: option i of the table was set, so that a rule's default does not replace it
};

/// Commands an option belongs to (bits).
enum : unsigned {
    kTrain = 1,
    kReproduce = 2,
    kRules = 4,
    kGrammar = 8,
    kShow = 16,
    kInfo = 32,
    kGenerate = 64,
    kBench = 128,
    kTune = 256,
    kMasking = 512,
    kInspect = 1024,
    kSweep = 1 << 11,
    kSummary = 1 << 12,
    kPlot = 1 << 13,
    kReport = 1 << 14,
    kPlasticity = 1 << 15,
    kEvery = ~0u,
    kTask = kTrain | kGrammar | kShow | kInfo | kGenerate,  ///< commands that are about one task
};

using Field = std::variant<int*, std::int64_t*, std::uint64_t*, double*, std::string*, bool*,
                           std::optional<int>*, std::optional<double>*>;

/// One option. Its kind is the kind of its field; a bool takes no value.
struct Option {
    std::string_view name;        ///< --name
    char letter = 0;              ///< -x
    std::string_view group;       ///< heading in --help
    std::string_view value = {};  ///< placeholder of the value in --help
    std::string_view help;
    Field (*field)(Config&);
    unsigned commands = kTrain;
    unsigned except = 0;  ///< of commands that take training options, those that do not take this one
    double low = -1e300, high = 1e300;             ///< inclusive bounds of a number
    std::span<const std::string_view> words = {};  ///< the words a text may be, empty = any
    bool recorded = true;                          ///< part of the run's identity
    std::string_view unset = {};                   ///< what --help says of a value that is not given
};

/// Whether the commands of a bit take the option: a sweep takes all that decide the result of a training run.
inline bool takes(unsigned command, const Option& option) {
    return !(option.except & command)
           && ((option.commands & command)
               || (command == kSweep && option.recorded && (option.commands & kTrain)));
}

std::span<const Option> options();
/// The option of a name (without dashes), or null.
const Option* find_option(std::string_view name);

/// Whether the option was set, by the command line or another caller of set().
bool is_given(const Config& config, const Option& option);

/// Sets a field from text; throws Error(usage) naming the option, the value and what it takes.
void set(Config& config, const Option& option, std::string_view text);
/// Sets the options of a list "lr=3e-3 head=16".
void set_all(Config& config, std::string_view list);
/// The field as text ("" when unset), and as JSON (null when unset).
std::string text_of(const Config& config, const Option& option);
std::string json_of(const Config& config, const Option& option);

/// Fills in what was not given (classes, depth, the rule's tuned defaults) and checks the whole; throws
/// Error. Done once.
void resolve(Config& config);

/// The grammar of a resolved configuration: that of a saved network, from its file, the control, or drawn
/// from the seed. Throws Error(io) or Error(input).
Grammar grammar_of(const Config& config);
SplitSizes sizes_of(const Config& config);
NetworkShape shape_of(const Config& config);

inline constexpr std::string_view kMeasureNames[] = {"sensitivity", "probes", "alignment", "health"};
/// The measures that a list names, in the order of kMeasureNames. Throws Error(usage).
std::vector<std::string_view> measures_of(std::string_view list);
/// Whether --rules leaves the rule in; bp, to which all are compared, always is.
bool is_chosen(const Config& config, std::string_view rule);
/// --lr-scale as a factor for each block of the network's weights; empty when it is not given. Throws
/// Error(usage).
std::vector<double> block_scales(const Config& config);

/// What the rule of a resolved configuration is told: "labels", "labels as pairs", ...
std::string told(const Config& config);

/// The index of a word in a list of names, as an enum.
template <class Enum, std::size_t N>
Enum word_to(const std::string_view (&names)[N], std::string_view word) {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == word) return static_cast<Enum>(i);
    return Enum{};
}

}  // namespace rhm

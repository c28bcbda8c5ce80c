// What a command line may say: the table of options. One row gives the parser, --help, the recorded
// configuration and what a sweep may vary.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/names.hpp"
#include "train/config.hpp"

namespace rhm {

/// Of exported data, see io/generate.hpp.
enum class DataFormat { npy, csv, jsonl, text };
inline constexpr std::string_view kDataFormats[] = {"npy", "csv", "jsonl", "text"};
/// What a network would see beside the symbols: nothing, one-hot vectors (u1), or one-hot vectors whitened as
/// (x - 1/v) / sqrt(1 - 1/v) (f4), as in github.com/pcsl-epfl/hierarchy-learning.
enum class Inputs { none, one_hot, whitened };
inline constexpr std::string_view kInputs[] = {"none", "one-hot", "whitened"};

/// A configuration, and how a command runs and shows it: no influence on the numbers.
struct Request : Config {
    std::string like;                ///< a record whose options are those that are not given
    std::string checkpoint, resume;  ///< where a run on its way is written to and read from
    std::string save;                ///< where the trained network is written to
    // exported data
    Split split = Split::train;
    DataFormat data_format = DataFormat::text;
    Inputs inputs = Inputs::none;
    bool latents = false;
    // running
    bool smoke = false;
    bool full = false;
    std::string only;  ///< the rules of an experiment, joined by commas; all when empty
    int seeds = 3;
    int trials = 12;
    std::string search;                    ///< the ranges of tune; those of the rule when empty
    std::optional<double> also_times_law;  ///< each setting of tune with so many data, too
    int fewer_levels = 1;                  ///< and with --times-law on up to so many levels less
    std::string shard = "1/1";
    bool dry_run = false;
    int threads = 0;  ///< 0: all cores
    std::string kernel = "auto";
    // output
    bool audit = false;
    std::string figure = "accuracy";
    std::string axis;      ///< the option that accuracy is shown against, P when empty
    bool by_file = false;  ///< a curve for each file
    bool terminal = false;
    std::string format = "text";
    std::string output;
    bool quiet = false;
    bool help = false;
};

inline constexpr std::string_view kFigureKinds[] = {"accuracy", "learning", "scaling", "ratio",
                                                    "heat",     "measures", "layers"};

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
    kCheck = 1 << 16,
    kEvery = ~0u,
    kTask = kTrain | kGrammar | kShow | kInfo | kGenerate,  ///< commands that are about one task
};

/// Where the value of an option is kept. An enum, or a bool with words, is the index of a word.
using Field = std::variant<int*, std::int64_t*, std::uint64_t*, double*, std::string*, bool*,
                           std::optional<int>*, std::optional<double>*, Arch*, Optimizer*, Schedule*,
                           LrSchedule*, Pairing*, Mask*, Split*, DataFormat*, Inputs*>;

/// One option: a row of the table in option_table.cpp.
struct Option {
    enum class Kind {
        flag,   ///< takes no value
        whole,  ///< a whole number
        number,
        text,
        word,  ///< one of some words
    };
    Kind kind = Kind::text;
    std::string_view name = {};   ///< --name
    char letter = 0;              ///< -x
    std::string_view value = {};  ///< placeholder of the value in --help
    std::string_view help = {};
    Field (*of_run)(Config&) = nullptr;       ///< part of what a run is, or
    Field (*of_command)(Request&) = nullptr;  ///< of how it is run and shown
    double low = 0, high = 0;                 ///< inclusive bounds of a number
    std::span<const std::string_view> words = {};
    std::string_view group = {};  ///< heading in --help
    unsigned commands = kTrain;
    unsigned except = 0;          ///< of commands that take training options, those that do not take this one
    bool recorded = false;        ///< part of the run's identity
    std::string_view unset = {};  ///< what --help says of a value that is not given

    bool is_number() const { return kind == Kind::whole || kind == Kind::number; }
    Option& on(unsigned those) {
        commands = those;
        return *this;
    }
    Option& but_not(unsigned those) {
        except = those;
        return *this;
    }
    Option& when_unset(std::string_view text) {
        unset = text;
        return *this;
    }
    Option& unrecorded() {
        recorded = false;
        return *this;
    }
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
bool is_given(const Config& config, std::string_view name);

/// Sets a field from text; throws Error(usage) naming the option, the value and what it takes.
void set(Config& config, const Option& option, std::string_view text);
void set(Request& request, const Option& option, std::string_view text);
/// Sets the options of a list "lr=3e-3 head=16", or those of them that were not given. Throws Error(usage).
void set_all(Config& config, std::string_view list);
void set_defaults(Config& config, std::string_view list);
/// The field as text ("" when unset), and as JSON (null when unset).
std::string text_of(const Config& config, const Option& option);
std::string text_of(const Request& request, const Option& option);
std::string json_of(const Config& config, const Option& option);

}  // namespace rhm

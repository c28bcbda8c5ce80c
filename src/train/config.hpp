// What a run is: everything that decides its result, in the order in which a record tells it. How a command
// is run and shown is in options.hpp, with the table that gives each field its name.
#pragma once
#include <bitset>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/grammar.hpp"
#include "data/sampler.hpp"
#include "net/network.hpp"
#include "train/optimizer.hpp"
#include "rules/rule.hpp"

namespace rhm {

class NetworkFile;  // io/network_file.hpp

/// The files that a command has read, by name: each is read once, so that what was checked is what is used,
/// whatever becomes of the file meanwhile. Copies of a configuration share them.
struct InputFiles {
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const Grammar>> grammars;
    std::map<std::string, std::shared_ptr<const NetworkFile>> networks;
};

/// How the hidden layers of a local rule learn: all at once, each by its own loss; one after another; or all
/// by the loss of the top layer, sent down by backpropagation (a control: what does locality cost?).
enum class Schedule { joint, greedy, end_to_end };
inline constexpr std::string_view kScheduleNames[] = {"joint", "greedy", "end-to-end"};

struct Config {
    // the task
    GrammarShape task;                ///< task.classes is set by resolve()
    std::optional<int> classes;       ///< n_c, v when not given
    std::int64_t train_size = 8192;   ///< P
    std::optional<double> times_law;  ///< P in units of n_c m^L, instead of P
    std::int64_t test_size = 4000;
    std::int64_t validation_size = 0;
    std::string grammar;                     ///< a file with the rules, instead of drawing them from the seed
    std::shared_ptr<const Grammar> carried;  ///< the rules themselves, from a saved network
    bool no_correlation = false;             ///< the control
    bool uniform = false;                    ///< classes drawn uniformly instead of balanced
    // the network
    Arch arch = Arch::cnn;
    int width = 64;
    std::optional<int> depth;  ///< L when not given
    bool bias = false;
    bool norm = false;  ///< batch normalisation
    double init_scale = 1;
    // learning
    std::string rule = "bp";
    Optimizer optimizer = Optimizer::adam;
    std::string lr_scale;      ///< factors for each layer, "0.1,1,1"; 1 everywhere when empty
    std::optional<double> lr;  ///< the rule's default when not given
    LrSchedule lr_schedule = LrSchedule::constant;
    double weight_decay = 0;    ///< decoupled: w -= lr weight_decay w at each step
    double epsilon = 1e-8;      ///< Adam's
    int batch = 128;            ///< of rules that have none of their own
    std::int64_t steps = 6000;  ///< cap
    double stop_loss = 2e-3;
    std::optional<int> view_level;        ///< synonyms; L - 1 when not given
    Schedule schedule = Schedule::joint;  ///< of local rules
    std::int64_t readout_labels = 0;      ///< N; 0: the readout learns alongside, from all P labels
    std::int64_t readout_steps = 2000;
    std::uint64_t seed = 0;
    int eval_every = 500;
    // measuring
    std::string measure;               ///< names joined by commas, or "all"
    std::optional<int> measure_every;  ///< steps between measurements, at the end only when not given
    int measure_size = 600;            ///< data of a measurement
    std::string load;                  ///< a file with the initial weights
    // the rules' constants
    RuleOptions constants;

    std::shared_ptr<InputFiles> files = std::make_shared<InputFiles>();
    std::bitset<128> given;  ///< the options of the table that were set: no rule's default replaces them
};

/// The tuned constants of the configuration's rule: "lr=0.009 init-scale=0.047"; and the options, besides the
/// rule, that they depend on (depth: L when not given).
std::string defaults_of(const Config& config);
inline constexpr const char* kDefaultsDependOn[] = {"depth", "downstream-mask", "local-mask"};

/// Fills in what was not given (classes, depth, the rule's tuned defaults) and checks the whole; throws
/// Error. Done once.
void resolve(Config& config);

/// The shape of the grammar's file or, without one, that which is asked for, with n_c = v if --classes is not
/// given: also before resolve(). Throws as grammar_of().
GrammarShape task_of(const Config& config);
/// The grammar of a resolved configuration: that of a saved network, from its file, the control, or drawn
/// from the seed. Throws Error(io) or Error(input).
Grammar grammar_of(const Config& config);
SplitSizes sizes_of(const Config& config);
NetworkShape shape_of(const Config& config);

inline constexpr std::string_view kMeasureNames[] = {"sensitivity", "probes", "alignment", "health"};
/// The measures that a list names, in the order of kMeasureNames. Throws Error(usage).
std::vector<std::string_view> measures_of(std::string_view list);
/// --lr-scale as a factor for each block of the network's weights; empty when it is not given. Throws
/// Error(usage).
std::vector<double> block_scales(const Config& config);

/// What the rule of a resolved configuration is told: "labels", "labels as pairs", ...
std::string told(const Config& config);

}  // namespace rhm

// Which measures of measure.hpp a run takes, and their numbers in the form in which a record holds them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "train/measure.hpp"
#include "train/trainer.hpp"

namespace rhm {

/// One measure at one step: tables by name. A table has a row for each layer (the first layer first) and a
/// column for each level, or one column. "chance" has a row for each level.
struct Measurement {
    std::string what;  ///< of kMeasureNames
    std::int64_t step = 0;
    std::vector<std::pair<std::string, Table>> tables;

    /// The table of a name; throws Error(input) when there is none.
    const Table& table(std::string_view name) const;
};

/// Takes the measures that a resolved configuration names, on the first measure_size test data.
class Measurer {
public:
    explicit Measurer(const Config& config) : config_(config), names_(measures_of(config.measure)) {}

    /// Of a network, without what needs a rule at work (alignment).
    std::vector<Measurement> measure(const Network& net, const Grammar& grammar, const Dataset& data,
                                     std::int64_t step);
    /// Of a run under way; alignment on its present batch. Does not disturb the run.
    std::vector<Measurement> measure(Trainer& trainer);

private:
    Measurement take_probes(const Network& net, const Grammar& grammar, const Dataset& data,
                            std::int64_t step);

    const Config config_;
    std::vector<std::string_view> names_;
    Table random_;  ///< probes of the network before training, made once
};

}  // namespace rhm

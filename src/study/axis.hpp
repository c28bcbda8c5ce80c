// Another axis than P: the values of an option in which runs differ.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "study/summary.hpp"
#include "train/options.hpp"

namespace rhm {

struct Axis {
    const Option* option;
    std::vector<std::string> words =
        {};               ///< of an option that is no number: its values, which stand at 0, 1, ...
    bool by_law = false;  ///< P is told as a multiple of the law, for it grows with the option

    /// Where a run stands; nothing when it has no value of the option.
    std::optional<double> place(const Measured& run) const;
    std::string text(double place) const { return words.empty() ? number(place) : words[std::size_t(place)]; }
    /// The task with 0 for what is on the axis.
    GrammarShape without(GrammarShape task) const;
    /// The settings of a run without what is on the axis, but with its P: each P has its own curve.
    Settings::Map without(Settings::Map own, const Measured& run) const;
};

/// Words are in the order of the option's own, other texts in that of the alphabet.
Axis axis_of(const Option& option, const std::vector<Measured>& runs);

}  // namespace rhm

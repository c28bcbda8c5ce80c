// The figures of the field, made from curves: what 'rhm plot', 'rhm report' and 'rhm reproduce' draw.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "show/chart.hpp"
#include "show/summary_text.hpp"

namespace rhm {

/// A figure of either kind; the other list is empty.
struct Figure {
    std::string title;
    std::string note = {};  ///< of how many seeds, and what the marks mean
    std::vector<Chart> charts = {};
    std::vector<HeatMap> maps = {};
    bool empty() const { return charts.empty() && maps.empty(); }
};

/// kind is one of kFigureKinds (train/options.hpp): accuracy, learning, scaling, ratio, heat, measures,
/// layers. Empty when the runs have nothing of that kind.
Figure figure_of(std::string_view kind, const Curves& curves, const SummaryRows& rows);

/// Test accuracy along an axis, from curves and their accuracies along it.
Figure axis_figure(const Curves& curves, const SummaryRows& rows, const Axis& axis);

/// Of the kinds measures and layers.
Figure measures_figure(const Curves& curves);
Figure layers_figure(const Curves& curves);

/// What a run's number was after some of its steps.
using Course = std::vector<std::pair<double, double>>;
/// The mean and the range of some runs, from the step on from which all are known. Between its steps a run is
/// interpolated on a logarithmic axis, and one that has stopped keeps its last number.
Series mean_series(const std::string& label, std::size_t style, std::vector<Course> runs);

std::string to_svg(const Figure& figure);
std::string to_terminal(const Figure& figure, std::size_t width, bool colour);

}  // namespace rhm

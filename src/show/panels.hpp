// What all figures of some runs share: which curves are in which panel, and how each is drawn.
#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "show/summary_text.hpp"

namespace rhm {

inline constexpr std::size_t kMostCurves = 6;  // in one panel; more cannot be told apart

template <class T>
void add_once(std::vector<T>& list, const T& x) {
    if (std::find(list.begin(), list.end(), x) == list.end()) list.push_back(x);
}

/// All labels, in the order of the list of rules.
std::vector<std::string> labels_of(const Curves& curves);
std::vector<GrammarShape> tasks_of(const Curves& curves);

/// Curves with more than one P; where a task has no such curve, all of it. A single P shows neither a curve
/// nor P*.
Curves with_sizes(const Curves& curves);

struct Panel {
    std::string title;  ///< of the kind of rules; "" when all are here
    std::vector<const Curve*> curves;
};
/// The curves of one task, in panels of at most kMostCurves by kind of rule, with bp in each to compare with.
std::vector<Panel> panels_of(const Curves& curves, const GrammarShape& task);
std::string panel_title(const GrammarShape& task, const Panel& panel);

/// One style for each label over all figures of the same runs; bp always has the first, then come the labels
/// with the most curves. Two that share a panel differ in colour, as long as there are enough.
class Styles {
public:
    explicit Styles(const Curves& curves);
    std::size_t of(const std::string& label) const { return styles_.at(label); }

private:
    std::map<std::string, std::size_t> styles_;
};

}  // namespace rhm

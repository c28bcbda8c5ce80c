#include "study/axis.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "data/theory.hpp"

namespace rhm {
namespace {

int GrammarShape::*part_of_task(std::string_view option) {
    for (const auto& [name, part] : kShapeParts)
        if (name == option) return part;
    return nullptr;
}

std::string value_of(const Measured& run, const Option& option) {
    if (option.name == "train-size") return number(run.train_size);
    const std::string& value = run.options.at(std::string(option.name));
    return value.empty() && !option.is_number() ? "none" : value;
}

double times_law(const Measured& run) { return std::round(100 * run.train_size / law(run.task)) / 100; }

}  // namespace

std::optional<double> Axis::place(const Measured& run) const {
    const std::string value = value_of(run, *option);
    if (words.empty()) return parse_double(value);
    return double(std::find(words.begin(), words.end(), value) - words.begin());
}

GrammarShape Axis::without(GrammarShape task) const {
    if (option->name == "vocab" && task.classes == task.vocab) task.classes = 0;  // it follows
    if (const auto part = part_of_task(option->name)) task.*part = 0;
    return task;
}

Settings::Map Axis::without(Settings::Map own, const Measured& run) const {
    own.erase(std::string(option->name));
    own.erase(concat(option->name, "_digest"));
    if (by_law)
        own["times-law"] = number(times_law(run));
    else if (option->name != "train-size")
        own["train-size"] = number(run.train_size);
    return own;
}

Axis axis_of(const Option& option, const std::vector<Measured>& runs) {
    Axis axis{&option};
    std::set<double> sizes, multiples;
    for (const Measured& run : runs) {
        sizes.insert(run.train_size);
        multiples.insert(times_law(run));
        const std::string value = value_of(run, option);
        if (!option.is_number() && std::find(axis.words.begin(), axis.words.end(), value) == axis.words.end())
            axis.words.push_back(value);
    }
    axis.by_law = part_of_task(option.name) && multiples.size() < sizes.size();
    const auto rank = [&](const std::string& word) {
        return std::pair(std::find(option.words.begin(), option.words.end(), word), word);
    };
    std::sort(axis.words.begin(), axis.words.end(),
              [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
    return axis;
}

}  // namespace rhm

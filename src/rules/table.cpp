// The list of rules, in teaching order.
#include "base/error.hpp"
#include "base/text.hpp"
#include "rules/rule.hpp"

namespace rhm {

extern const Rule kBp, kFrozen, kLayerwise, kFa, kSignSymmetry, kDfa, kSdfa, kDrtp, kDkp, kEbd, kPepita,
    kGated, kClapp, kInfonce, kFf, kVicreg, kBarlow, kLpl, kSimsiam;

static const Rule* const kRules[] = {
    &kBp,     &kFrozen, &kLayerwise, &kFa,      &kSignSymmetry, &kDfa,    &kSdfa,   &kDrtp, &kDkp,     &kEbd,
    &kPepita, &kGated,  &kClapp,     &kInfonce, &kFf,           &kVicreg, &kBarlow, &kLpl,  &kSimsiam,
};

std::span<const Rule* const> rules() { return kRules; }

const Rule& find_rule(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Rule* rule : kRules) {
        if (rule->name == name) return *rule;
        names.push_back(rule->name);
    }
    auto guess = nearest(name, names);
    if (!guess.empty())
        fail(Exit::usage, "there is no rule '", name, "'; did you mean '", guess,
             "'? 'rhm rules' lists them");
    fail(Exit::usage, "there is no rule '", name, "'; the rules are ", join(names, ", ", " and "));
}

}  // namespace rhm

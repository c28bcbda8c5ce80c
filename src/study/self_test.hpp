// What an installed program finds wrong with itself, in seconds: known answers, two ways to the same number,
// gradients beside differences of the loss. Short forms of what the tests prove at length, and in float.
#pragma once
#include <functional>
#include <string>
#include <vector>

namespace rhm {

struct Check {
    std::string name;
    std::function<std::string()> fault;  ///< what is wrong; "" when nothing is
};

/// All checks, in the order of the rooms. They are independent; each leaves the chosen kernels as "auto".
std::vector<Check> self_test();

/// What is wrong by a check; an Error that it throws, too.
std::string fault_of(const Check& check);

}  // namespace rhm

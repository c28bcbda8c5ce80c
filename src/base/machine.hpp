// What this process may use of the machine: with a container, a batch system or a shell that limits it, less
// than there is.
#pragma once
#include <cmath>
#include <cstddef>
#include <string>

namespace rhm {

struct Allowance {
    double cores = INFINITY;   ///< processor time a second; may be 1.5
    double memory = INFINITY;  ///< bytes
};

/// The limits of this process's control groups (Linux cgroups, version 1 and 2) and of all that these are in.
/// The system's files are looked for below `root`: "" is the system, a test has a folder.
Allowance cgroup_allowance(const std::string& root);

/// Cores that are there, that the process is bound to, and that its control groups give time for; at least 1.
std::size_t usable_cores();
/// Bytes: the least of the machine's memory, the control groups' limits and `ulimit -v`; infinite when none
/// is known.
double usable_memory();

}  // namespace rhm

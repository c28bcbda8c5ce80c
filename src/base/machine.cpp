#include "base/machine.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include "base/text.hpp"
#ifdef __linux__
#include <sched.h>
#endif

namespace rhm {
namespace {

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

/// The numbers in a file; nothing where there is no such file or a word is none ("max").
std::vector<double> numbers_in(const std::string& path) {
    std::ifstream file(path);
    std::vector<double> numbers;
    for (std::string word; file >> word;)
        if (auto x = parse_double(word)) numbers.push_back(*x);
    return numbers;
}

/// A path of mountinfo, where a blank is written \040.
std::string unescaped(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '\\' && i + 3 < text.size();
        if (!escape) {
            out += text[i];
            continue;
        }
        out += char((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
        i += 3;
    }
    return out;
}

/// One line of /proc/self/mountinfo that mounts control groups:
/// 31 24 0:27 /shown /sys/fs/cgroup/memory rw,nosuid shared:9 - cgroup cgroup rw,memory
struct Mount {
    std::string shown;  ///< the group that is seen at `place`
    std::string place;
    bool version2 = false;
    std::string controllers;  ///< of version 1, among other options: "rw,cpu,cpuacct"
};

std::optional<Mount> mount_of(const std::string& line) {
    const std::vector<std::string> words = words_of(line);
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (dash - words.begin() < 6 || words.end() - dash < 4) return {};
    if (dash[1] != "cgroup" && dash[1] != "cgroup2") return {};
    return Mount{unescaped(words[3]), unescaped(words[4]), dash[1] == "cgroup2", dash[3]};
}

/// The process's group in this hierarchy, from a line of /proc/self/cgroup: 4:cpu,cpuacct:/a/b, and 0::/a/b
/// in version 2.
std::optional<std::string> group_of(const std::string& line, const Mount& mount,
                                    std::string_view controller) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) return {};
    const std::string named = line.substr(first + 1, second - first - 1);
    const bool here = mount.version2 ? named.empty() : contains(split(named, ','), controller);
    if (!here) return {};
    return line.substr(second + 1);
}

/// What a group's own files say, added to what is known.
void read_group(const std::string& folder, bool version2, Allowance& least) {
    std::vector<double> quota = numbers_in(folder + (version2 ? "/cpu.max" : "/cpu.cfs_quota_us"));
    if (!version2)
        for (double period : numbers_in(folder + "/cpu.cfs_period_us")) quota.push_back(period);
    if (quota.size() == 2 && quota[0] > 0 && quota[1] > 0)
        least.cores = std::min(least.cores, quota[0] / quota[1]);
    const std::vector<double> memory =
        numbers_in(folder + (version2 ? "/memory.max" : "/memory.limit_in_bytes"));
    if (!memory.empty() && memory[0] >= 0) least.memory = std::min(least.memory, memory[0]);
}

/// The group and all it is in, up to the one that is seen where the hierarchy is mounted. In a container the
/// group's name may be one of outside, which is not seen: then that one alone.
void read_groups(const std::string& root, const Mount& mount, std::string group, Allowance& least) {
    if (mount.shown != "/") {
        const bool inside = group == mount.shown || group.starts_with(mount.shown + "/");
        group = inside ? group.substr(mount.shown.size()) : "";
    }
    if (group.starts_with("/..")) group.clear();
    for (;;) {
        read_group(root + mount.place + group, mount.version2, least);
        const std::size_t slash = group.rfind('/');
        if (slash == std::string::npos) return;
        group.resize(slash);
    }
}

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

/// Cores this process is bound to (`taskset`, cpusets of containers and batch systems), or all.
std::size_t bound_cores() {
#ifdef __linux__
    for (std::size_t most = 1024; most <= 1 << 20; most *= 2) {
        cpu_set_t* set = CPU_ALLOC(most);
        if (!set) break;
        const std::size_t bytes = CPU_ALLOC_SIZE(most);
        const bool known = ::sched_getaffinity(0, bytes, set) == 0;
        const int count = known ? CPU_COUNT_S(bytes, set) : 0;
        CPU_FREE(set);
        if (count > 0) return std::size_t(count);
    }
#endif
    return std::max(std::thread::hardware_concurrency(), 1u);
}

}  // namespace

Allowance cgroup_allowance(const std::string& root) {
    Allowance least;
    const std::vector<std::string> groups = lines_of(root + "/proc/self/cgroup");
    for (const std::string& line : lines_of(root + "/proc/self/mountinfo")) {
        const std::optional<Mount> mount = mount_of(line);
        if (!mount) continue;
        for (std::string_view controller : {"cpu", "memory"}) {
            if (!mount->version2 && !contains(split(mount->controllers, ','), controller)) continue;
            for (const std::string& group : groups)
                if (auto name = group_of(group, *mount, controller)) read_groups(root, *mount, *name, least);
        }
    }
    return least;
}

std::size_t usable_cores() {
    const double quota = std::max(std::ceil(cgroup_allowance("").cores), 1.0);
    const std::size_t bound = bound_cores();
    return quota < double(bound) ? std::size_t(quota) : bound;
}

double usable_memory() {
    double least = cgroup_allowance("").memory;
    const double pages = double(::sysconf(_SC_PHYS_PAGES));
    const double machine = pages * double(::sysconf(_SC_PAGESIZE));
    if (machine > 0) least = std::min(least, machine);
    rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        least = std::min(least, double(limit.rlim_cur));
    return least;
}

}  // namespace rhm

// What a process may use, from files like those of a system.
#include "catch.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/machine.hpp"
#include "base/pool.hpp"

using namespace rhm;
namespace fs = std::filesystem;

namespace {

/// A folder with a system's files, removed at the end.
struct System {
    fs::path root = fs::temp_directory_path() / ("rhm-machine-" + std::to_string(::getpid()));
    System() { fs::remove_all(root); }
    ~System() { fs::remove_all(root); }
    void file(const std::string& path, const std::string& text) const {
        fs::create_directories((root / path).parent_path());
        std::ofstream(root / path) << text << "\n";
    }
    Allowance allowance() const { return cgroup_allowance(root.string()); }
};

const std::string kOther = "22 1 0:20 / /proc rw - proc proc rw\n";
const std::string kVersion2 = kOther + "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw";

}  // namespace

TEST_CASE("without control groups nothing is limited", "[machine]") {
    System system;
    CHECK(std::isinf(system.allowance().cores));
    CHECK(std::isinf(system.allowance().memory));
    system.file("proc/self/cgroup", "0::/");
    system.file("proc/self/mountinfo", "cgroup - odd\n- cgroup2\n" + kVersion2);
    CHECK(std::isinf(system.allowance().cores));
    system.file("sys/fs/cgroup/cpu.max", "max 100000");
    system.file("sys/fs/cgroup/memory.max", "max");
    CHECK(std::isinf(system.allowance().cores));
    CHECK(std::isinf(system.allowance().memory));
}

TEST_CASE("version 2: the least of a group and of all it is in", "[machine]") {
    System system;
    system.file("proc/self/cgroup", "0::/slice/job/step");
    system.file("proc/self/mountinfo", kVersion2);
    system.file("sys/fs/cgroup/slice/cpu.max", "150000 100000");
    system.file("sys/fs/cgroup/slice/memory.max", "3000000");
    system.file("sys/fs/cgroup/slice/job/cpu.max", "max 100000");
    system.file("sys/fs/cgroup/slice/job/memory.max", "2000000");
    system.file("sys/fs/cgroup/slice/job/step/cpu.max", "400000 100000");
    system.file("sys/fs/cgroup/slice/job/step/memory.max", "max");
    CHECK(system.allowance().cores == 1.5);
    CHECK(system.allowance().memory == 2000000);
    system.file("sys/fs/cgroup/slice/job/step/cpu.max", "50000 100000");
    CHECK(system.allowance().cores == 0.5);
    system.file("sys/fs/cgroup/slice-of-another/cpu.max", "1000 100000");
    CHECK(system.allowance().cores == 0.5);
}

TEST_CASE("version 1: a hierarchy a controller", "[machine]") {
    System system;
    system.file("proc/self/cgroup", "9:cpuset:/\n4:cpu,cpuacct:/a\n2:memory:/b/c\n1:name=systemd:/x\n0::/");
    system.file("proc/self/mountinfo",
                kOther + "31 24 0:27 / /cg/cpu,cpuacct rw shared:1 master:2 - cgroup cgroup rw,cpu,cpuacct\n"
                    + "32 24 0:28 / /cg/my\\040memory rw - cgroup cgroup rw,memory");
    system.file("cg/cpu,cpuacct/a/cpu.cfs_quota_us", "300000");
    system.file("cg/cpu,cpuacct/a/cpu.cfs_period_us", "100000");
    system.file("cg/cpu,cpuacct/cpu.cfs_quota_us", "-1");
    system.file("cg/cpu,cpuacct/cpu.cfs_period_us", "100000");
    system.file("cg/my memory/b/memory.limit_in_bytes", "5000000");
    system.file("cg/my memory/b/c/memory.limit_in_bytes", "9223372036854771712");
    CHECK(system.allowance().cores == 3);
    CHECK(system.allowance().memory == 5000000);
}

TEST_CASE("in a container the group may be known by its name outside", "[machine]") {
    System system;
    system.file("proc/self/cgroup", "4:cpu,cpuacct:/docker/1234/inner\n2:memory:/docker/1234\n");
    system.file("proc/self/mountinfo",
                "31 24 0:27 /docker/1234 /cg/cpu ro - cgroup cgroup rw,cpu,cpuacct\n"
                "32 24 0:28 /docker/other /cg/memory ro - cgroup cgroup rw,memory");
    system.file("cg/cpu/cpu.cfs_quota_us", "250000");
    system.file("cg/cpu/cpu.cfs_period_us", "100000");
    system.file("cg/cpu/inner/cpu.cfs_quota_us", "200000");
    system.file("cg/cpu/inner/cpu.cfs_period_us", "100000");
    system.file("cg/memory/memory.limit_in_bytes", "7000000");
    CHECK(system.allowance().cores == 2);
    CHECK(system.allowance().memory == 7000000);
    system.file("proc/self/cgroup", "0::/../..");
    system.file("proc/self/mountinfo", kVersion2);
    system.file("sys/fs/cgroup/memory.max", "8000000");
    CHECK(system.allowance().memory == 8000000);
}

TEST_CASE("this process may use something, and as many threads as are asked for", "[machine]") {
    CHECK(usable_cores() >= 1);
    CHECK(usable_memory() > 1e6);
    CHECK(thread_count(0) == usable_cores());
    CHECK(thread_count(5) == 5);
}

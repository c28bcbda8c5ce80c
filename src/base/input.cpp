#include "base/input.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>

#include "base/error.hpp"
#include "base/interrupt.hpp"

namespace rhm {
namespace {

constexpr std::size_t kLargestStream = std::size_t{1} << 30, kLargestDevice = std::size_t{1} << 20;

[[noreturn]] void cannot_read(const std::string& path) {
    stop_if_interrupted();
    fail(Exit::io, "cannot read '", path, "': ", std::strerror(errno));
}

/// Closes a descriptor at the end of a scope.
struct Descriptor {
    int number;
    ~Descriptor() {
        if (number > STDIN_FILENO) ::close(number);
    }
};

std::string read_all(int descriptor, const std::string& path, const struct stat& status, std::size_t limit) {
    const bool regular = S_ISREG(status.st_mode);
    if (!regular) limit = std::min(limit, S_ISCHR(status.st_mode) ? kLargestDevice : kLargestStream);
    const std::size_t size = regular ? std::size_t(status.st_size) : 0;
    std::string text;
    if (size <= limit) text.reserve(size);
    static constexpr std::size_t chunk = 1 << 16;
    char buffer[chunk];
    for (ssize_t n = 1; n != 0 && size <= limit && text.size() <= limit;) {
        stop_if_interrupted();
        n = ::read(descriptor, buffer, chunk);
        if (n < 0 && errno != EINTR) cannot_read(path);
        if (n > 0) text.append(buffer, std::size_t(n));
    }
    if (size > limit || text.size() > limit)
        fail(Exit::input, "'", path, "' is larger than ", limit, " bytes; it is no file of this kind");
    return text;
}

int open_input(const std::string& path) {
    if (path == "-") return STDIN_FILENO;
    for (;;) {
        stop_if_interrupted();  // a pipe is waited for
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor >= 0) return descriptor;
        if (errno != EINTR) cannot_read(path);
    }
}

/// A file, by device and number; or one that does not exist yet, by its directory and name.
using Place = std::tuple<dev_t, ino_t, std::string>;

std::optional<Place> place_of(const std::string& path, int standard) {
    struct stat status {};
    if (path == "-" ? ::fstat(standard, &status) == 0 : ::stat(path.c_str(), &status) == 0) {
        if (!S_ISREG(status.st_mode)) return std::nullopt;
        return Place{status.st_dev, status.st_ino, ""};
    }
    const std::filesystem::path target(behind_links(path));
    const std::string parent = target.has_parent_path() ? target.parent_path().string() : ".";
    if (path == "-" || ::stat(parent.c_str(), &status) != 0) return std::nullopt;
    return Place{status.st_dev, status.st_ino, target.filename().string()};
}

}  // namespace

bool is_open_file(const std::string& path) {
    return path.starts_with("/proc/") || path.starts_with("/dev/fd/");
}

std::vector<std::string> names_in(const std::string& directory) {
    const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(directory.c_str()), ::closedir);
    std::vector<std::string> names;
    errno = open ? 0 : errno;
    for (const dirent* entry = nullptr; open && (entry = ::readdir(open.get())); errno = 0)
        names.emplace_back(entry->d_name);
    if (errno != 0) fail(Exit::io, "cannot read the directory '", directory, "': ", std::strerror(errno));
    return names;
}

std::string behind_links(std::string path) {
    constexpr std::size_t longest = 4096;
    char target[longest];
    for (int links = 0; links < 40 && !is_open_file(path); ++links) {
        const ssize_t length = ::readlink(path.c_str(), target, longest);
        if (length <= 0) break;  // no link
        const std::string to(target, std::size_t(length));
        path = to[0] == '/' ? to : (std::filesystem::path(path).parent_path() / to).string();
    }
    return path;
}

std::string read_file(const std::string& path, std::size_t limit) {
    const Descriptor file{open_input(path)};
    struct stat status {};
    if (::fstat(file.number, &status) != 0) cannot_read(path);
    if (S_ISREG(status.st_mode) && path != "-") return read_all(file.number, path, status, limit);
    static std::mutex mutex;  // runs of several threads may ask for the same initial weights
    static std::map<std::pair<dev_t, ino_t>, std::string> once;
    std::lock_guard lock(mutex);
    const auto at = once.find({status.st_dev, status.st_ino});
    if (at != once.end()) return at->second;
    std::string text = read_all(file.number, path, status, limit);
    return once.emplace(std::pair{status.st_dev, status.st_ino}, std::move(text)).first->second;
}

bool same_file(const std::string& input, const std::string& output) {
    const auto a = place_of(input, STDIN_FILENO), b = place_of(output, STDOUT_FILENO);
    return a && a == b;
}

void keep_apart(const std::vector<NamedFile>& inputs, const std::vector<NamedFile>& outputs) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const NamedFile& out = outputs[i];
        if (out.path.empty()) continue;
        for (std::size_t j = 0; j < i; ++j) {
            const NamedFile& other = outputs[j];
            const bool same =
                out.path == other.path
                || (out.path == "-" ? same_file(other.path, "-") : same_file(out.path, other.path));
            if (same)
                fail(Exit::usage, other.option, " and ", out.option, " would both write '",
                     out.path == "-" ? other.path : out.path, "'; give them different names");
        }
        for (const NamedFile& in : inputs)
            if (!in.path.empty() && same_file(in.path, out.path))
                fail(Exit::usage, out.option, " would overwrite '", in.path, "', which ",
                     in.option.empty() ? "this command" : in.option, " reads; give another name");
    }
}

}  // namespace rhm

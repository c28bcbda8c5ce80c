#include "out/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/error.hpp"

namespace rhm {
namespace {

[[noreturn]] void io_error(std::string_view what, const std::string& path) {
    fail(Exit::io, "cannot ", what, " '", path, "': ", std::strerror(errno),
         errno == ENOSPC ? "; free some space and run again" : "");
}

void write_all(int descriptor, std::string_view text, const std::string& path) {
    while (!text.empty()) {
        ssize_t n = ::write(descriptor, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) io_error("write", path);
        text.remove_prefix(static_cast<std::size_t>(n));
    }
}

/// Makes the directory entry of a new or renamed file last. Not every file system can, and none needs it for
/// consistency.
void sync_directory(const std::string& path) {
    auto parent = std::filesystem::path(path).parent_path();
    int directory = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
}

/// A name of a file that is open already, as the target of /dev/stdout is.
bool is_open_file(const std::string& path) { return path.starts_with("/proc/"); }

}  // namespace

OutputFile::OutputFile(std::string path) : path_(behind_links(std::move(path))) {
    if (path_.empty()) fail(Exit::usage, "the output path is empty; give a file name");
    struct stat status {};
    const bool exists = ::stat(path_.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode))
        fail(Exit::io, "cannot write '", path_, "': it is a directory; give a file name");
    replaces_ = exists && S_ISREG(status.st_mode) && !is_open_file(path_);
    if (exists && !replaces_) {  // a named pipe, /dev/stdout: nothing to rename, and what is there stays
        descriptor_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    } else {
        temporary_ = path_ + ".tmp" + std::to_string(::getpid());
        descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (descriptor_ >= 0 && replaces_) (void)!::fchmod(descriptor_, status.st_mode & 07777);
    }
    if (descriptor_ < 0) io_error("create", path_);
}

OutputFile::~OutputFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::write(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= 1 << 16) flush();
}

void OutputFile::flush() {
    write_all(descriptor_, buffer_, path_);
    buffer_.clear();
}

void OutputFile::commit() {
    flush();
    if (!temporary_.empty() && ::fsync(descriptor_) != 0) io_error("write", path_);
    int descriptor = descriptor_;
    descriptor_ = -1;
    if (::close(descriptor) != 0
        || (!temporary_.empty() && ::rename(temporary_.c_str(), path_.c_str()) != 0)) {
        int cause = errno;
        if (!temporary_.empty()) ::unlink(temporary_.c_str());
        errno = cause;
        io_error("write", path_);
    }
    if (!temporary_.empty()) sync_directory(path_);
}

AppendFile::AppendFile(std::string path) : path_(std::move(path)) { open(); }

void AppendFile::open() {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor_ < 0) io_error("create", path_);
    sync_directory(path_);
}

AppendFile::~AppendFile() { ::close(descriptor_); }

void AppendFile::append(std::string_view record) {
    write_all(descriptor_, record, path_);
    if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != EROFS)
        io_error("write", path_);  // a pipe cannot be synced
}

void AppendFile::hold() {
    for (;;) {
        struct stat held {
        }, named{};
        if (::fstat(descriptor_, &held) != 0) io_error("read", path_);
        if (!S_ISREG(held.st_mode))
            fail(Exit::io, "'", path_,
                 "' is no regular file, so nothing can be read back from it; give -o a file name");
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
            fail(Exit::io, "another process is writing '", path_,
                 "'; wait for it, or give this one another -o and merge the files with cat");
        // The other process may just have replaced the file: then this one holds a file without a name.
        if (::stat(path_.c_str(), &named) == 0 && named.st_ino == held.st_ino && named.st_dev == held.st_dev)
            return;
        ::close(descriptor_);
        open();
    }
}

void remove_leftovers(const std::string& path) {
    std::filesystem::path file(behind_links(path));
    std::string prefix = file.filename().string() + ".tmp";
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator(file.has_parent_path() ? file.parent_path() : ".", error)) {
        std::string name = entry.path().filename().string();
        if (name.size() > prefix.size() && name.starts_with(prefix)
            && name.find_first_not_of("0123456789", prefix.size()) == std::string::npos)
            std::filesystem::remove(entry.path(), error);
    }
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

bool file_exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }
void remove_file(const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) io_error("remove", path);
}

void make_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error || !std::filesystem::is_directory(path, error))
        fail(Exit::io, "cannot create the directory '", path,
             "': ", error ? error.message() : std::string("a file of that name is there"));
}

void print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) io_error("write", "standard output");
}

void flush_stdout() {
    if (std::fflush(stdout) != 0 || std::ferror(stdout)) io_error("write", "standard output");
}

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace rhm

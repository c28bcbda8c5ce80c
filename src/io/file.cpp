#include "io/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <random>
#include <utility>

#include "base/error.hpp"
#include "base/interrupt.hpp"

namespace rhm {
namespace {

constexpr std::size_t kBlock = 1 << 16;
constexpr std::string_view kTemporary = ".rhm-", kKept = ".kept-", kHex = "0123456789abcdef";
constexpr std::size_t kRandomDigits = 16;

[[noreturn]] void io_error(std::string_view what, const std::string& path) {
    const int cause = errno;
    if (cause == EINTR) stop_if_interrupted();
    if (cause == EPIPE) fail(Exit::closed, "nobody reads '", path, "' any more");
    fail(Exit::io, "cannot ", what, " '", path, "': ", std::strerror(cause),
         cause == ENOSPC || cause == EDQUOT ? "; free some space and run again" : "");
}

/// Calls again what a signal has interrupted, unless the program is to stop.
template <class Call>
auto again(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR && !interrupt_signal()) result = call();
    return result;
}

/// Whether all of the text was written, at a place of the file or where it is; else errno says why not.
bool written(int descriptor, std::string_view text, std::optional<off_t> at = {}) {
    while (!text.empty()) {
        const ssize_t n = again([&] {
            return at ? ::pwrite(descriptor, text.data(), text.size(), *at)
                      : ::write(descriptor, text.data(), text.size());
        });
        if (n == 0) errno = ENOSPC;
        if (n <= 0) return false;
        if (at) *at += n;
        text.remove_prefix(std::size_t(n));
    }
    return true;
}

/// Whether the bytes from `first` on, `size` of them, were copied to the same place.
bool copied(int from, int to, off_t first, off_t size) {
    char block[kBlock];
    for (off_t at = first; at < first + size;) {
        const auto want = std::size_t(std::min<off_t>(kBlock, first + size - at));
        const ssize_t n = again([&] { return ::pread(from, block, want, at); });
        if (n == 0) errno = EIO;
        if (n <= 0 || !written(to, {block, std::size_t(n)}, at)) return false;
        at += n;
    }
    return true;
}

/// Whether the content has reached the disk. A file system that cannot tell is believed.
bool synced(int descriptor) {
    if (again([&] { return ::fsync(descriptor); }) == 0) return true;
    return errno == EINVAL || errno == EROFS || errno == ENOTSUP;
}

std::string directory_of(const std::string& path) {
    return std::filesystem::path(path).parent_path().string();
}

/// Makes the directory entry of a new or renamed file last. Not every file system can, and none needs it for
/// consistency.
void sync_directory(const std::string& path) {
    const std::string parent = directory_of(path);
    const int directory = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
}

std::string random_digits() {
    std::random_device random;
    std::string out;
    while (out.size() < kRandomDigits) out += kHex[random() % kHex.size()];
    return out;
}

/// What temporary files of a path are called, without their random digits. A long name is cut.
std::string temporary_prefix(const std::string& path, const std::string& directory,
                             std::string_view mark = kTemporary) {
    constexpr std::size_t longest = 200;
    const std::string name = std::filesystem::path(path).filename().string().substr(0, longest);
    return concat(directory, directory.empty() || directory.ends_with('/') ? "" : "/", name, mark);
}

std::string scratch_directory() {
    const char* named = std::getenv("TMPDIR");
    return named && *named ? named : "/tmp";
}

/// A new file that nobody can have guessed, locked so that it is no leftover; or -1.
int create_temporary(const std::string& prefix, std::string& name) {
    for (;;) {
        name = prefix + random_digits();
        const int descriptor = again(
            [&] { return ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666); });
        if (descriptor < 0) return -1;
        struct stat status {};
        (void)!::flock(descriptor, LOCK_EX);
        if (::fstat(descriptor, &status) != 0 || status.st_nlink > 0) return descriptor;
        ::close(descriptor);  // taken for a leftover before it was locked
    }
}

}  // namespace

OutputFile::OutputFile(std::string path) : path_(behind_links(std::move(path))) {
    if (path_.empty()) fail(Exit::usage, "the output path is empty; give a file name");
    standard_ = path_ == "-";
    if (standard_) return;
    struct stat status {};
    const bool exists = ::stat(path_.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode))
        fail(Exit::io, "cannot write '", path_, "': it is a directory; give a file name");
    replaces_ = exists && S_ISREG(status.st_mode) && !is_open_file(path_);
    if (replaces_ && (status.st_mode & 0222) == 0)
        fail(Exit::io, "cannot write '", path_, "': it is read-only; make it writable or give another name");
    if (exists) {
        const int append = replaces_ ? 0 : O_APPEND;
        if (S_ISFIFO(status.st_mode)) stop_if_interrupted();  // or it might wait for a reader for ever
        descriptor_ = again([&] { return ::open(path_.c_str(), O_WRONLY | append | O_CLOEXEC); });
        if (descriptor_ < 0) io_error("write", path_);
        if (!replaces_) return;  // a named pipe, /dev/stdout: nothing to rename, and what is there stays
        ::close(descriptor_);
        descriptor_ = -1;
    }
    make_temporary();
}

void OutputFile::make_temporary() {
    remove_leftovers(path_);
    struct stat old {
    }, fresh{};
    descriptor_ = create_temporary(temporary_prefix(path_, directory_of(path_)), temporary_);
    if (descriptor_ < 0 && replaces_ && errno != EINTR) {
        in_place_ = true;
        descriptor_ = create_temporary(temporary_prefix(path_, scratch_directory()), temporary_);
    }
    if (descriptor_ < 0) {
        temporary_.clear();
        io_error(replaces_ ? "write" : "create", path_);
    }
    if (!replaces_ || ::stat(path_.c_str(), &old) != 0) return;
    (void)!::fchown(descriptor_, old.st_uid, old.st_gid);
    (void)!::fchmod(descriptor_, old.st_mode & 07777);
    const bool alike = ::fstat(descriptor_, &fresh) == 0 && fresh.st_uid == old.st_uid
                       && fresh.st_gid == old.st_gid && fresh.st_mode == old.st_mode;
    in_place_ = in_place_ || old.st_nlink > 1 || !alike;
}

OutputFile::~OutputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::write(std::string_view text) {
    if (standard_) return print(text);
    buffer_ += text;
    if (buffer_.size() >= kBlock || streams()) flush();
}

void OutputFile::flush() {
    const off_t done = streams() ? 0 : ::lseek(descriptor_, 0, SEEK_CUR);
    if (!written(descriptor_, buffer_) && !divert(done)) io_error("write", path_);
    buffer_.clear();
}

/// Whether the content, `done` bytes of the file and the buffer, is in the directory for temporary files now.
bool OutputFile::divert(off_t done) {
    const int cause = errno;
    std::string name;
    int copy = -1;
    if (precious_ && !diverted_ && done >= 0)
        copy = create_temporary(temporary_prefix(path_, scratch_directory()), name);
    const bool good = copy >= 0 && copied(descriptor_, copy, 0, done) && ::lseek(copy, done, SEEK_SET) == done
                      && written(copy, buffer_);
    if (good) {
        ::unlink(temporary_.c_str());
        ::close(descriptor_);
        temporary_ = name;
        descriptor_ = copy;
        diverted_ = cause;
    } else if (copy >= 0) {
        ::unlink(name.c_str());
        ::close(copy);
    }
    errno = cause;
    return good;
}

void OutputFile::reserve(std::size_t bytes) {
    if (streams()) return;
    precious_ = true;
    const std::string zeros(kBlock, '\0');
    for (std::size_t done = 0; done < bytes; done += kBlock) {
        stop_if_interrupted();
        if (!written(descriptor_, zeros)) io_error("write", path_);
    }
    if (!synced(descriptor_) || ::lseek(descriptor_, 0, SEEK_SET) != 0) io_error("write", path_);
}

void OutputFile::commit() {
    if (standard_) return flush_stdout();
    flush();
    if (streams()) {
        if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) io_error("write", path_);
        return;
    }
    const off_t size = ::lseek(descriptor_, 0, SEEK_CUR);
    if (diverted_) keep(diverted_, "");
    if (size < 0 || again([&] { return ::ftruncate(descriptor_, size); }) != 0 || !synced(descriptor_))
        keep(errno, "");
    if (!in_place_ && again([&] { return ::rename(temporary_.c_str(), path_.c_str()); }) == 0)
        temporary_.clear();
    else if (replaces_)
        copy_in_place();
    else
        keep(errno, "");
    sync_directory(path_);
    ::close(std::exchange(descriptor_, -1));  // all is on the disk
}

/// The content is complete: from now on its file is no leftover that the next command removes.
bool OutputFile::finish_temporary() {
    const std::string name = temporary_prefix(path_, directory_of(temporary_), kKept) + random_digits();
    if (again([&] { return ::rename(temporary_.c_str(), name.c_str()); }) != 0) return false;
    temporary_ = name;
    finished_ = true;
    return true;
}

/// What is beyond the old end first: when there is no room for it, the old content is still whole.
void OutputFile::copy_in_place() {
    finish_temporary();
    const int target = again([&] { return ::open(path_.c_str(), O_WRONLY | O_CLOEXEC); });
    if (target < 0) keep(errno, "");
    struct stat old {};
    const off_t size = ::lseek(descriptor_, 0, SEEK_CUR);
    const bool known = ::fstat(target, &old) == 0;
    const off_t common = std::min(size, old.st_size);
    std::string_view state = "";
    bool good = known && copied(descriptor_, target, common, size - common);
    int cause = errno;
    if (good) {
        good = copied(descriptor_, target, 0, common) && again([&] { return ::ftruncate(target, size); }) == 0
               && synced(target);
        cause = errno;
        state = ", which may be damaged now";
    } else if (known && again([&] { return ::ftruncate(target, old.st_size); }) != 0) {
        state = ", which may be longer than it was";
    }
    ::close(target);
    if (!good) keep(cause, state);
}

/// The content cannot be put under its name. It stays where it is, or is copied where it can be when its
/// directory is gone, it cannot get a lasting name or be cut to its length.
void OutputFile::keep(int cause, std::string_view state) {
    struct stat status {};
    const bool known = ::fstat(descriptor_, &status) == 0;
    const off_t place = ::lseek(descriptor_, 0, SEEK_CUR), size = place < 0 ? status.st_size : place;
    const bool whole = known && status.st_nlink > 0 && status.st_size == size;
    std::string kept;
    if (whole && (finished_ || finish_temporary())) kept = temporary_;
    for (const std::string& directory : {directory_of(path_), scratch_directory()}) {
        if (!kept.empty()) break;
        const int copy = create_temporary(temporary_prefix(path_, directory, kKept), kept);
        const bool good = copy >= 0 && copied(descriptor_, copy, 0, size);
        if (copy >= 0 && !good) ::unlink(kept.c_str());
        if (copy >= 0) ::close(copy);
        if (!good) kept.clear();
    }
    if (kept.empty() && whole) kept = temporary_;
    if (kept == temporary_) temporary_.clear();  // else the destructor removes it
    fail(Exit::io, "cannot write '", path_, "'", state, ": ", std::strerror(cause), "; ",
         kept.empty() ? "the work is lost" : concat("the finished work is in '", kept, "'"));
}

AppendFile::AppendFile(std::string path) : path_(std::move(path)) {
    do {
        struct stat status {};
        if (::stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
            fail(Exit::io, "'", path_,
                 "' is no regular file, so nothing can be read back from it; give -o a file name");
        descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        if (descriptor_ < 0) io_error("create", path_);
        sync_directory(path_);
    } while (!hold());
}

/// Whether it is still the file of that name: another process may just have replaced it.
bool AppendFile::hold() {
    struct stat held {
    }, named{};
    if (::fstat(descriptor_, &held) != 0) io_error("read", path_);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        ::close(descriptor_);
        fail(Exit::io, "another process is writing '", path_,
             "'; wait for it, or give this one another -o and merge the files with cat");
    }
    if (::stat(path_.c_str(), &named) == 0 && named.st_ino == held.st_ino && named.st_dev == held.st_dev)
        return true;
    ::close(descriptor_);
    return false;
}

AppendFile::~AppendFile() { ::close(descriptor_); }

void AppendFile::append(std::string_view record) {
    const off_t end = ::lseek(descriptor_, 0, SEEK_END);
    if (!written(descriptor_, record)) {
        const int cause = errno;
        if (end >= 0) (void)!::ftruncate(descriptor_, end);  // no part of a record stays
        errno = cause;
        io_error("write", path_);
    }
    if (!synced(descriptor_)) io_error("write", path_);
}

void remove_leftovers(const std::string& path) {
    const std::string target = behind_links(path), directory = directory_of(target),
                      prefix = temporary_prefix(target, "");
    std::vector<std::string> names;
    try {
        names = names_in(directory.empty() ? "." : directory);
    } catch (const Error&) {  // a directory that may not be read may still be written
    }
    for (const std::string& name : names) {
        if (name.size() != prefix.size() + kRandomDigits || !name.starts_with(prefix)
            || name.find_first_not_of(kHex, prefix.size()) != std::string::npos)
            continue;
        const std::string leftover = directory.empty() ? name : concat(directory, "/", name);
        const int descriptor = ::open(leftover.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (descriptor < 0) continue;
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) ::unlink(leftover.c_str());
        ::close(descriptor);
    }
}

void write_file(const std::string& path, std::string_view text) {
    if (path.empty()) return print(text);
    OutputFile file(path);
    file.write(text);
    file.commit();
}

void make_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error || !std::filesystem::is_directory(path, error))
        fail(Exit::io, "cannot create the directory '", path,
             "': ", error ? error.message() : std::string("a file of that name is there"));
}

static std::string printed;  // what is not written to standard output yet

void print(std::string_view text) {
    printed += text;
    if (printed.size() >= kBlock || stdout_is_terminal()) flush_stdout();
}

void flush_stdout() {
    const std::string text = std::exchange(printed, {});
    if (!written(STDOUT_FILENO, text)) io_error("write", "standard output");
}

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace rhm

// A system that fails on request. Linked into a copy of rhm, its functions stand before those of the C
// library:
//     RHM_FAULT="CALL K ERROR [from]"   the K-th call (and all from it on) fails; CALL is open, write, ...,
//     new RHM_FAULT_COUNTS=FILE             at the end: how often each was called
// ERROR is a name below, or `short`: a write or read of one byte.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

enum Call {
    open_,
    read_,
    write_,
    pread_,
    pwrite_,
    fsync_,
    rename_,
    close_,
    mkdir_,
    readdir_,
    ftruncate_,
    new_
};
constexpr const char* kCalls[] = {"open",   "read",  "write", "pread",   "pwrite",    "fsync",
                                  "rename", "close", "mkdir", "readdir", "ftruncate", "new"};
constexpr int kCount = 12, kShort = -1;

struct Name {
    const char* text;
    int number;
};
constexpr Name kErrors[] = {{"ENOSPC", ENOSPC}, {"ENOMEM", ENOMEM}, {"EIO", EIO},       {"EINTR", EINTR},
                            {"EDQUOT", EDQUOT}, {"EBUSY", EBUSY},   {"EACCES", EACCES}, {"short", kShort}};

std::atomic<long> counts[kCount];
int faulty = -1, error_number = 0;
long at = 0;
bool onwards = false;
std::atomic<bool> ready{false};

void count_at_exit() {
    ready = false;
    const char* path = std::getenv("RHM_FAULT_COUNTS");
    std::FILE* file = path ? std::fopen(path, "w") : nullptr;
    if (!file) return;
    for (int i = 0; i < kCount; ++i) std::fprintf(file, "%s %ld\n", kCalls[i], counts[i].load());
    std::fclose(file);
}

/// Runs before main: what happens earlier is not rhm's.
const bool begun = [] {
    std::atexit(count_at_exit);
    const char* text = std::getenv("RHM_FAULT");
    char call[32] = "", error[32] = "", from[8] = "";
    if (text && std::sscanf(text, "%31s %ld %31s %7s", call, &at, error, from) >= 3) {
        for (int i = 0; i < kCount; ++i)
            if (std::strcmp(call, kCalls[i]) == 0) faulty = i;
        for (const Name& name : kErrors)
            if (std::strcmp(error, name.text) == 0) error_number = name.number;
        onwards = from[0] != 0;
    }
    ready = true;
    return true;
}();

/// 0, or the error of this call.
int fault(Call call) {
    if (!ready) return 0;
    const long now = ++counts[call];
    if (call != faulty || !(onwards ? now >= at : now == at)) return 0;
    if (error_number != kShort) errno = error_number;
    return error_number;
}

template <class F>
F* real(F*, const char* name) {
    return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

#define REAL(name) (real(&::name, #name))

extern "C" {

int open(const char* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = (flags & O_CREAT) ? static_cast<mode_t>(va_arg(rest, int)) : 0;
    va_end(rest);
    return fault(open_) ? -1 : REAL(open)(path, flags, mode);
}
ssize_t read(int file, void* to, size_t n) {
    const int error = fault(read_);
    return error > 0 ? -1 : REAL(read)(file, to, error && n ? 1 : n);
}
ssize_t write(int file, const void* from, size_t n) {
    if (file == STDERR_FILENO) return REAL(write)(file, from, n);
    const int error = fault(write_);
    return error > 0 ? -1 : REAL(write)(file, from, error && n ? 1 : n);
}
ssize_t pread(int file, void* to, size_t n, off_t offset) {
    const int error = fault(pread_);
    return error > 0 ? -1 : REAL(pread)(file, to, error && n ? 1 : n, offset);
}
ssize_t pwrite(int file, const void* from, size_t n, off_t offset) {
    const int error = fault(pwrite_);
    return error > 0 ? -1 : REAL(pwrite)(file, from, error && n ? 1 : n, offset);
}
int fsync(int file) { return fault(fsync_) ? -1 : REAL(fsync)(file); }
int rename(const char* from, const char* to) noexcept { return fault(rename_) ? -1 : REAL(rename)(from, to); }
int close(int file) {
    const int error = fault(close_);
    const int result = REAL(close)(file);  // closed all the same, as Linux does
    if (error) errno = error;
    return error ? -1 : result;
}
int mkdir(const char* path, mode_t mode) noexcept { return fault(mkdir_) ? -1 : REAL(mkdir)(path, mode); }
int ftruncate(int file, off_t size) noexcept { return fault(ftruncate_) ? -1 : REAL(ftruncate)(file, size); }
dirent* readdir(DIR* directory) { return fault(readdir_) ? nullptr : REAL(readdir)(directory); }
}

void* operator new(std::size_t n) {
    void* memory = fault(new_) ? nullptr : std::malloc(n ? n : 1);
    if (!memory) throw std::bad_alloc();
    return memory;
}
void* operator new(std::size_t n, std::align_val_t align) {
    const auto grain = static_cast<std::size_t>(align);
    void* memory = fault(new_) ? nullptr : std::aligned_alloc(grain, (n + grain - 1) / grain * grain);
    if (!memory) throw std::bad_alloc();
    return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

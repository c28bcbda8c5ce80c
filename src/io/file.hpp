// One door for files: what is written appears whole or not at all, each step checked. And standard output.
//
// What writing to a file that exists means: it gets the new content and stays the file it was, with all its
// names (symbolic and hard links), its permissions and its owner; a read-only file is refused. The content is
// written to a temporary neighbour, flushed to the disk and renamed, so that a full disk or a kill leaves
// what was there before. Where a rename would make it another file or cannot be done (a hard link, another
// owner, a directory that may not be written, a bind mount) the finished content is copied into the file
// instead. A pipe or a device is written to at once, "-" is standard output.
#pragma once
#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/input.hpp"

namespace rhm {

/// A file that appears whole, at commit(), or not at all. Throws Error(io) with the path and the cause.
class OutputFile {
public:
    /// Finds out whether the file may be written; waits for a named pipe's reader.
    explicit OutputFile(std::string path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    void write(std::string_view text);
    /// For the result of hours of work: takes room for so many bytes on the disk now, so that a full one is
    /// known before. If there is none in the end after all, the content goes to the directory for temporary
    /// files.
    void reserve(std::size_t bytes);
    /// Puts the content under its name. When that fails the error names the file in which it is.
    void commit();
    /// Whether commit() takes the place of a file that was there.
    bool replaces() const { return replaces_; }
    /// Whether it is a pipe, a device or standard output: what is written is gone.
    bool streams() const { return temporary_.empty(); }

private:
    void flush();
    void make_temporary();
    bool divert(off_t done);
    bool finish_temporary();
    void copy_in_place();
    [[noreturn]] void keep(int cause, std::string_view state);
    std::string path_, temporary_, buffer_;
    bool replaces_ = false, in_place_ = false, standard_ = false, precious_ = false, finished_ = false;
    int diverted_ = 0;  ///< errno of the write that failed
    int descriptor_ = -1;
};

/// A file that grows by whole records, each on the disk when append() returns. Creates it when it is missing,
/// and keeps other processes from doing the same until it is closed; throws Error(io) when one does, or when
/// it is no regular file.
class AppendFile {
public:
    explicit AppendFile(std::string path);
    ~AppendFile();
    AppendFile(const AppendFile&) = delete;
    AppendFile& operator=(const AppendFile&) = delete;
    void append(std::string_view record);

private:
    bool hold();
    std::string path_;
    int descriptor_ = -1;
};

/// A whole file, or to standard output when the path is "".
void write_file(const std::string& path, std::string_view text);
/// Removes temporary neighbours that an OutputFile of a killed process left behind; those that a living one
/// writes are locked.
void remove_leftovers(const std::string& path);
/// Creates a directory and its parents; throws Error(io).
void make_directory(const std::string& path);

/// Prints to standard output; throws Error(io) when it cannot be written, Error(closed) when nobody reads it.
void print(std::string_view text);
/// Flushes standard output and checks it.
void flush_stdout();
bool stdout_is_terminal();
bool stderr_is_terminal();

}  // namespace rhm

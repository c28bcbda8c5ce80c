// One door for files: everything is written to a temporary neighbour, flushed to the disk and renamed, each
// step checked, so that a full disk or a kill leaves what was there before. And standard output, checked once
// at the end.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/input.hpp"

namespace rhm {

/// A file that appears whole, at commit(), or not at all. Throws Error(io) with the path and the cause.
class OutputFile {
public:
    explicit OutputFile(std::string path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    void write(std::string_view text);
    void commit();
    /// Whether commit() takes the place of a file that was there.
    bool replaces() const { return replaces_; }

private:
    void flush();
    std::string path_, temporary_, buffer_;
    bool replaces_ = false;
    int descriptor_ = -1;
};

/// A file that grows by whole records, each on the disk when append() returns. Creates it when it is missing.
class AppendFile {
public:
    explicit AppendFile(std::string path);
    ~AppendFile();
    AppendFile(const AppendFile&) = delete;
    AppendFile& operator=(const AppendFile&) = delete;
    void append(std::string_view record);
    /// Keeps other processes from holding the file until it is closed; throws Error(io) when one holds it, or
    /// when it is no regular file.
    void hold();

private:
    void open();
    std::string path_;
    int descriptor_ = -1;
};

/// An input or output as the user gave it: `option` is "-o", "--save" or "" (a word of the command).
struct NamedFile {
    std::string_view option;
    std::string path;
};
/// Refuses outputs of which two are one file, or one is an input. Paths of "" are left out. Throws
/// Error(usage).
void keep_apart(const std::vector<NamedFile>& inputs, const std::vector<NamedFile>& outputs);

bool file_exists(const std::string& path);
void remove_file(const std::string& path);
/// Removes temporary neighbours that an OutputFile of a killed process left behind.
void remove_leftovers(const std::string& path);
/// Creates a directory and its parents; throws Error(io).
void make_directory(const std::string& path);

/// Prints to standard output; throws Error(io) when it cannot be written (a full disk, a closed pipe).
void print(std::string_view text);
/// Flushes standard output and checks it.
void flush_stdout();
bool stdout_is_terminal();
bool stderr_is_terminal();

}  // namespace rhm

// Reading: files, standard input and pipes.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rhm {

inline constexpr std::size_t kLargestInput = std::size_t{1} << 32;

/// The whole content of a file; "-" is standard input. What can be read only once (a pipe, standard input) is
/// kept, so that it may be asked for again. Throws Error(io) when it cannot be read, Error(input) when it is
/// larger than `limit` bytes or has no end, and Error(interrupted) when it is waited for in vain.
std::string read_file(const std::string& path, std::size_t limit = kLargestInput);

/// The names in a directory. (Those of std::filesystem end in an abort when there is no memory.) Throws
/// Error(io).
std::vector<std::string> names_in(const std::string& directory);

/// Whether a name is that of a file which is open already, as the target of /dev/stdout is.
bool is_open_file(const std::string& path);

/// Where symbolic links lead, also to a file that does not exist; no further than to a file that is open
/// already, as behind /dev/stdout.
std::string behind_links(std::string path);

/// Whether two names lead to one file, by whatever links; also to one that does not exist yet ("a" and
/// "./a"). Standard input or output ("-") is the file that it was sent to. No two names of what is no regular
/// file (a pipe, a terminal) are the same.
bool same_file(const std::string& input, const std::string& output);

/// An input or output as the user gave it: `option` is "-o", "--save" or "" (a word of the command).
struct NamedFile {
    std::string_view option;
    std::string path;
};
/// Refuses outputs of which two are one file, or one is an input. Paths of "" are left out. Throws
/// Error(usage).
void keep_apart(const std::vector<NamedFile>& inputs, const std::vector<NamedFile>& outputs);

}  // namespace rhm

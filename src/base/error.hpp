// Errors are sentences: what happened, why, and what to do about it. They are thrown anywhere and caught
// once, in main.
#pragma once
#include <sstream>
#include <stdexcept>
#include <string>

namespace rhm {

/// Exit codes of the program.
enum class Exit : int {
    ok = 0,
    unmet = 1,       ///< an expectation (a claim, a check) does not hold
    usage = 2,       ///< unknown word, option or value on the command line
    input = 3,       ///< the arguments or files are well formed but cannot be used
    io = 4,          ///< a file cannot be read or written
    not_finite = 5,  ///< training diverged
    interrupted = 130,
    terminated = 143,
};

struct Error : std::runtime_error {
    Exit code;
    Error(Exit exit_code, const std::string& sentence) : std::runtime_error(sentence), code(exit_code) {}
};

/// Joins its arguments into one string, as `std::cout << a << b` would print them.
template <class... Args>
std::string concat(const Args&... args) {
    std::ostringstream out;
    (out << ... << args);
    return out.str();
}

/// Throws Error; the arguments are joined into the sentence.
template <class... Args>
[[noreturn]] void fail(Exit code, const Args&... args) {
    throw Error(code, concat(args...));
}

}  // namespace rhm

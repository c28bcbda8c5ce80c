// Errors are sentences: what happened, why, and what to do about it. They are thrown anywhere and caught
// once, in main.
#pragma once
#include <concepts>
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
    closed = 141,  ///< nobody reads standard output any more, as in `rhm rules | head -n 1`
    terminated = 143,
};

struct Error : std::runtime_error {
    Exit code;
    Error(Exit exit_code, const std::string& sentence) : std::runtime_error(sentence), code(exit_code) {}
};

/// With so many digits, as `std::cout` prints it.
std::string digits_of(double x, int digits = 6);

/// Joins texts, characters and numbers into one string. A failed allocation is thrown: nothing is ever left
/// out.
template <class... Args>
std::string concat(const Args&... args) {
    std::string out;
    [[maybe_unused]] const auto add = [&out]<class Arg>(const Arg& arg) {
        if constexpr (std::floating_point<Arg>)
            out += digits_of(arg);
        else if constexpr (std::integral<Arg> && !std::same_as<Arg, char>)
            out += std::to_string(arg);
        else
            out += arg;
    };
    (add(args), ...);
    return out;
}

/// Throws Error; the arguments are joined into the sentence.
template <class... Args>
[[noreturn]] void fail(Exit code, const Args&... args) {
    throw Error(code, concat(args...));
}

}  // namespace rhm

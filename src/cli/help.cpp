#include "base/text.hpp"
#include "base/version.hpp"
#include "cli/commands.hpp"
#include "io/screen.hpp"
#include "rules/rule.hpp"

namespace rhm {

namespace {
/// What is explained on the left, the explanation beside it; below it where there is no room.
std::string row(std::string_view left, std::string_view right) {
    const bool narrow = text_width() < 60;
    const std::size_t indent = narrow ? 6 : 28;
    std::string out = concat("  ", left);
    if (narrow || columns(out) + 2 > indent)
        out += concat("\n", std::string(indent, ' '));
    else
        out = pad(out, int(indent));
    return out + hang(right, text_width(), indent) + "\n";
}

}  // namespace

std::string help_text() {
    std::string out =
        sentence(concat("rhm ", kVersion,
                        ": which learning rules discover the hidden hierarchy of high-dimensional data?"))
        + sentence(
            "It generates the Random Hierarchy Model, trains deep networks on it with every rule, and "
            "compares them.")
        + "\nUsage: rhm COMMAND [OPTIONS]\n\nCommands:\n";
    for (const Command& command : commands())
        out += row(concat(command.name, command.words.empty() ? "" : " ", command.words), command.summary);
    out += concat(
        "\n",
        sentence("'rhm COMMAND --help' explains one; 'rhm --version' prints the version, with --verbose how "
                 "it was made; 'rhm help man' prints a manual page, 'rhm help bash', zsh or fish what the "
                 "shell completes."),
        "\n",
        sentence("Same seed, same bytes (times apart): for any number of threads, and with the kernels avx2 "
                 "and avx512. sse2, neon, plain, another compiler or other flags give other last digits."),
        "\n",
        sentence("Exit codes: 0 done, 1 a claim or a check does not hold, 2 usage, 3 bad input, 4 files, 5 "
                 "not finite, 141 nobody reads the output, 128 + N ended by signal N (130: Ctrl-C)."),
        "\nStart with:\n", row("rhm reproduce", "which rules learn the hierarchy? a minute"),
        row("rhm train -r dfa", "one run"));
    return out;
}

std::string help_text(const Command& command) {
    std::string out = concat("Usage: rhm ", command.name, command.words.empty() ? "" : " ", command.words,
                             " [OPTIONS]\n\n", sentence(command.detail));
    std::string_view group;
    const Request defaults;
    for (const Option* taken : options_of(command)) {
        const Option& option = *taken;
        if (option.group != group) out += concat("\n", group = option.group, ":\n");
        std::string left = option.letter ? concat("-", option.letter, ", ") : "    ";
        left += concat("--", option.name, option.value.empty() ? "" : " ", option.value);
        std::string right(option.help);
        std::string value = text_of(defaults, option);
        if (!option.unset.empty())
            value = option.unset;
        else if (has_tuned_defaults(option.name))
            value = concat("the rule's, else ", value);
        if (!option.value.empty() && !value.empty()) right += " [" + value + "]";
        out += row(left, right);
    }
    return out;
}

}  // namespace rhm

#include "base/text.hpp"
#include "base/version.hpp"
#include "cli/commands.hpp"
#include "rules/rule.hpp"

namespace rhm {

namespace {
constexpr std::size_t kWidth = 100, kLeft = 28;

std::string row(std::string_view left, std::string_view right) {
    return "  " + pad(left, static_cast<int>(kLeft) - 4) + "  " + wrap(right, kWidth - kLeft, kLeft) + "\n";
}

/// Whether some rule has a default of its own for an option, see Rule::defaults.
bool is_default_of_a_rule(std::string_view option) {
    for (const Rule* rule : rules())
        for (std::string_view setting : split(rule->defaults, ' '))
            if (setting.substr(0, setting.find('=')) == option) return true;
    return false;
}
}  // namespace

std::string help_text() {
    std::string out =
        concat("rhm ", kVersion,
               ": which learning rules discover the hidden hierarchy of high-dimensional data?\n"
               "It generates the Random Hierarchy Model, trains deep networks on it with every rule, and "
               "compares them.\n\n"
               "Usage: rhm COMMAND [OPTIONS]\n\nCommands:\n");
    for (const Command& command : commands())
        out += row(concat(command.name, command.words.empty() ? "" : " ", command.words), command.summary);
    out +=
        "\n'rhm COMMAND --help' explains one; 'rhm --version' prints the version.\n"
        "\nSame seed, same bytes (times apart): for any number of threads, and with the\n"
        "kernels avx2 and avx512. sse2, neon, plain, another compiler or other flags give\n"
        "other last digits.\n"
        "\nExit codes: 0 done, 1 a claim does not hold, 2 usage, 3 bad input, 4 files, 5 not finite, 141 "
        "nobody "
        "reads the output, 128 + N ended by signal N (130: Ctrl-C).\n"
        "\nStart with:  rhm reproduce      (which rules learn the hierarchy? a minute)\n"
        "             rhm train -r dfa   (one run)\n";
    return out;
}

std::string help_text(const Command& command) {
    std::string out = concat("Usage: rhm ", command.name, command.words.empty() ? "" : " ", command.words,
                             " [OPTIONS]\n\n", wrap(command.detail, kWidth, 0), "\n");
    std::string_view group;
    const Config defaults;
    for (const Option& option : options()) {
        if (!takes(command.bit, option)) continue;
        if (option.group != group) out += concat("\n", group = option.group, ":\n");
        std::string left = option.letter ? concat("-", option.letter, ", ") : "    ";
        left += concat("--", option.name, option.value.empty() ? "" : " ", option.value);
        std::string right(option.help);
        std::string value = text_of(defaults, option);
        if (!option.unset.empty())
            value = option.unset;
        else if (is_default_of_a_rule(option.name))
            value = concat("the rule's, else ", value);
        if (!option.value.empty() && !value.empty()) right += " [" + value + "]";
        out += row(left, right);
    }
    return out;
}

}  // namespace rhm

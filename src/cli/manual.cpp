// The manual page and what shells complete, from the tables of commands and options.
#include "base/text.hpp"
#include "base/version.hpp"
#include "cli/commands.hpp"

namespace rhm {
namespace {

/// A line of roff text: no backslash, hyphen or leading dot or quote means anything but itself.
std::string roff(std::string_view text) {
    std::string out = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
    for (char c : text) {
        if (c == '-' || c == '\\') out += '\\';
        out += c == '\\' ? 'e' : c;
    }
    return out;
}

std::string names_of(const Command& command) {
    std::string out;
    for (const Option* option : options_of(command)) out += concat(out.empty() ? "--" : " --", option->name);
    return out;
}

std::string bash() {
    std::string names, by_command, by_option;
    for (const Command& command : commands()) {
        names += concat(names.empty() ? "" : " ", command.name);
        by_command += concat("        ", command.name, ") words=", shell_word(names_of(command)), " ;;\n");
    }
    for (const Option& option : options())
        if (!option.words.empty())
            by_option += concat("        --", option.name,
                                ") words=", shell_word(join(option.words, " ", " ")), " ;;\n");
    return concat("_rhm() {\n    local word=${COMP_WORDS[COMP_CWORD]} words=\n    COMPREPLY=()\n",
                  "    if [ \"$COMP_CWORD\" -eq 1 ]; then words=", shell_word(names), "\n",
                  "    else case ${COMP_WORDS[COMP_CWORD-1]} in\n", by_option,
                  "        *) case $word in -*) case ${COMP_WORDS[1]} in\n", by_command,
                  "        esac ;; esac ;;\n    esac; fi\n",
                  "    [ -z \"$words\" ] || COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n",
                  "complete -o default -F _rhm rhm\n");
}

std::string fish() {
    std::string out;
    for (const Command& command : commands()) {
        out += concat("complete -c rhm -n __fish_use_subcommand -a ", command.name, " -d ",
                      shell_word(command.summary), "\n");
        for (const Option* option : options_of(command))
            out += concat(
                "complete -c rhm -n '__fish_seen_subcommand_from ", command.name, "' -l ", option->name,
                option->letter ? concat(" -s ", option->letter) : "", option->value.empty() ? "" : " -r",
                option->words.empty() ? "" : concat(" -fa ", shell_word(join(option->words, " ", " "))),
                " -d ", shell_word(option->help), "\n");
    }
    return out;
}

/// zsh reads what bash does.
std::string zsh() { return "#compdef rhm\nautoload -U +X bashcompinit && bashcompinit\n" + bash(); }

std::string man() {
    std::string out =
        concat(".TH RHM 1 \"\" \"rhm ", kVersion, "\"\n.SH NAME\nrhm \\- which learning rules ",
               "discover the hidden hierarchy of high\\-dimensional data?\n.SH SYNOPSIS\n.B rhm\n",
               "COMMAND [OPTIONS]\n.SH COMMANDS\n");
    for (const Command& command : commands()) {
        out += concat(".SS rhm ", command.name, " ", command.words, "\n", roff(command.detail), "\n");
        std::string_view group;
        for (const Option* option : options_of(command)) {
            if (option->group != group) out += concat(".PP\n", roff(group = option->group), ":\n");
            out += concat(".TP\n.B ", option->letter ? concat("\\-", option->letter, ", ") : "", "\\-\\-",
                          roff(option->name), " ", option->value, "\n", roff(option->help), "\n");
        }
    }
    return out;
}

}  // namespace

std::string manual(std::string_view kind) {
    if (kind == "man") return man();
    if (kind == "bash") return bash();
    if (kind == "zsh") return zsh();
    if (kind == "fish") return fish();
    return "";
}

}  // namespace rhm

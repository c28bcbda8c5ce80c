#include <algorithm>

#include "base/text.hpp"
#include "cli/commands.hpp"

namespace rhm {

std::vector<const Option*> options_of(const Command& command) {
    std::vector<const Option*> out;
    for (const Option& option : options())
        if (takes(command.bit, option)) out.push_back(&option);
    return out;
}

namespace {

const Option& lookup(const Command& command, std::string_view name, char letter, std::string_view word) {
    auto matches = [&](const Option& option) {
        return letter ? option.letter == letter : option.name == name;
    };
    std::vector<std::string_view> names;
    for (const Option* option : options_of(command)) {
        if (matches(*option)) return *option;
        names.push_back(option->name);
    }
    if (std::any_of(options().begin(), options().end(), matches))
        fail(Exit::usage, "'rhm ", command.name, "' takes no ", word, "; 'rhm ", command.name,
             " --help' lists its options");
    auto guess = nearest(name, names);
    if (!guess.empty()) fail(Exit::usage, "there is no option ", word, "; did you mean --", guess, "?");
    fail(Exit::usage, "there is no option ", word, "; 'rhm ", command.name, " --help' lists them");
}

/// Whether a word is what a sweep's flag may be given after it: "true", "false" or both with a comma.
bool is_truth(std::string_view word) {
    for (std::string_view item : split(word, ','))
        if (item != "true" && item != "false") return false;
    return true;
}

/// -o - is standard output, where a command that prints goes without -o.
void use_standard_output(const Command& command, Request& config) {
    if (config.output != "-" || command.bit == kReport) return;
    const bool prints = command.bit == kTrain || (command.bit & (kSummary | kPlot | kGrammar | kGenerate));
    if (!prints)
        fail(Exit::usage, "'rhm ", command.name,
             "' goes on from what is in -o, so it cannot be standard output; give a name");
    config.output.clear();
}

/// The words of a command line, taken one after the other.
class Parser {
public:
    Parser(const Command& command, std::span<const std::string_view> words)
        : command_(command), words_(words) {}

    Arguments parse() {
        bool options = true;
        while (at_ < words_.size()) {
            const std::string_view word = words_[at_++];
            if (options && word == "--")
                options = false;
            else if (!options || word.size() < 2 || word[0] != '-')
                out_.words.emplace_back(word);
            else if (word[1] == '-')
                long_option(word);
            else
                short_options(word);
        }
        return std::move(out_);
    }

private:
    void long_option(std::string_view word) {
        const std::size_t equals = word.find('=');
        const std::string_view name = word.substr(0, equals);
        const Option& option = lookup(command_, name.substr(2), '\0', name);
        const bool flag = option.value.empty();
        if (flag && !in_grid(option) && equals != std::string_view::npos)
            fail(Exit::usage, "--", option.name, " takes no value; it is given or not");
        if (equals != std::string_view::npos)
            take(option, word.substr(equals + 1));
        else
            take(option, flag ? truth_after(option) : value_after(option));
    }
    /// -q, -P 16, -P16, and flags together before either: -qP16.
    void short_options(std::string_view word) {
        for (std::size_t i = 1; i < word.size(); ++i) {
            const std::string letter = {'-', word[i]};
            const Option& option = lookup(command_, {}, word[i], letter);
            const bool last = i + 1 == word.size();
            if (!option.value.empty()) return take(option, last ? value_after(option) : word.substr(i + 1));
            take(option, last ? truth_after(option) : "true");
        }
    }
    std::string_view value_after(const Option& option) {
        if (at_ == words_.size())
            fail(Exit::usage, "--", option.name, " wants a value (", option.value, ") after it");
        return words_[at_++];
    }
    std::string_view truth_after(const Option& option) {
        const bool told = in_grid(option) && at_ < words_.size() && is_truth(words_[at_]);
        return told ? words_[at_++] : "true";
    }
    bool in_grid(const Option& option) const { return command_.bit == kSweep && option.recorded; }
    void take(const Option& option, std::string_view value) {
        if (!in_grid(option)) return set(out_.config, option, value);
        std::erase_if(out_.grid, [&](const auto& earlier) { return earlier.first == &option; });
        out_.grid.emplace_back(&option, value);
    }

    const Command& command_;
    std::span<const std::string_view> words_;
    std::size_t at_ = 0;
    Arguments out_;
};

}  // namespace

Arguments parse(const Command& command, std::span<const std::string_view> words) {
    Arguments out = Parser(command, words).parse();
    const std::size_t most = command.words.empty() ? 0 : 1;
    if (out.words.size() > most && !command.words.ends_with("..."))
        fail(Exit::usage, "'rhm ", command.name, "' does not know what to do with '", out.words[most],
             "'; 'rhm ", command.name, " --help' shows its use");
    use_standard_output(command, out.config);
    return out;
}

}  // namespace rhm

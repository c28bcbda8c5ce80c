#include "base/text.hpp"
#include "cli/commands.hpp"

namespace rhm {

bool Arguments::has(std::string_view name) const {
    for (const Option* option : given)
        if (option->name == name) return true;
    return false;
}

namespace {

const Option& lookup(const Command& command, std::string_view name, char letter, std::string_view word) {
    std::vector<std::string_view> names;
    bool elsewhere = false;
    for (const Option& option : options()) {
        bool match = letter ? option.letter == letter : option.name == name,
             mine = takes(command.bit, option);
        if (match && mine) return option;
        elsewhere = elsewhere || match;
        if (mine) names.push_back(option.name);
    }
    if (elsewhere)
        fail(Exit::usage, "'rhm ", command.name, "' takes no ", word, "; 'rhm ", command.name,
             " --help' lists its options");
    auto guess = nearest(name, names);
    if (!guess.empty()) fail(Exit::usage, "there is no option ", word, "; did you mean --", guess, "?");
    fail(Exit::usage, "there is no option ", word, "; 'rhm ", command.name, " --help' lists them");
}

}  // namespace

Arguments parse(const Command& command, std::span<const std::string_view> words) {
    Arguments out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view word = words[i];
        if (word == "--") {
            for (++i; i < words.size(); ++i) out.words.emplace_back(words[i]);
            break;
        }
        if (word.size() < 2 || word[0] != '-') {
            out.words.emplace_back(word);
            continue;
        }
        bool is_long = word[1] == '-';
        std::size_t equals = is_long ? word.find('=') : std::string_view::npos;
        std::string_view name = is_long
                                    ? word.substr(2, equals == std::string_view::npos ? equals : equals - 2)
                                    : std::string_view{};
        const Option& option = lookup(command, name, is_long ? '\0' : word[1],
                                      is_long ? word.substr(0, equals) : word.substr(0, 2));
        bool flag = option.value.empty();
        const bool grid = command.bit == kSweep && option.recorded;
        if (flag && !grid && (equals != std::string_view::npos || (!is_long && word.size() > 2)))
            fail(Exit::usage, "--", option.name, " takes no value; it is given or not");
        std::string_view value = "true";
        if (equals != std::string_view::npos) {
            value = word.substr(equals + 1);
        } else if (!flag) {
            if (!is_long && word.size() > 2)
                value = word.substr(2);
            else if (++i < words.size())
                value = words[i];
            else
                fail(Exit::usage, "--", option.name, " wants a value (", option.value, ") after it");
        }
        if (grid) {
            std::erase_if(out.grid, [&](const auto& earlier) { return earlier.first == &option; });
            out.grid.emplace_back(&option, value);
        } else {
            set(out.config, option, value);
        }
        out.given.push_back(&option);
    }
    if (out.words.size() > command.most_words)
        fail(Exit::usage, "'rhm ", command.name, "' does not know what to do with '",
             out.words[command.most_words], "'; 'rhm ", command.name, " --help' shows its use");
    return out;
}

}  // namespace rhm

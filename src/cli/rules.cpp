// rhm rules: the table of learning rules.
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "show/table.hpp"

namespace rhm {

static constexpr std::string_view kTold[] = {"labels", "pairs", "nothing"};

static std::string json(const Rule& rule) {
    return JsonLine()
        .add("name", rule.name)
        .add("family", rule.family)
        .add("summary", rule.summary)
        .add("told", kTold[static_cast<int>(rule.told)])
        .add("equation", rule.equation)
        .add("needs", rule.needs)
        .add("citation", rule.citation)
        .add("defaults", rule.defaults)
        .add("unmasked", rule.unmasked)
        .add("search", rule.search)
        .text();
}

static std::string one(const Rule& rule) {
    auto line = [](std::string_view key, std::string_view text) {
        return pad(key, 12) + hang(text, text_width(), 12) + "\n";
    };
    return sentence(concat(rule.name, ": ", rule.summary)) + "\n" + line("family", rule.family)
           + line("equation", rule.equation)
           + (rule.equation.find("delta_l") == std::string_view::npos
                  ? ""
                  : line("", "dW_l = h_{l-1}^T delta_l, averaged over the batch"))
           + line("needs", rule.needs) + line("told", kTold[static_cast<int>(rule.told)])
           + line("defaults", rule.unmasked.empty()
                                  ? std::string(rule.defaults)
                                  : concat(rule.defaults, "; with masks changed ", rule.unmasked))
           + line("searched", rule.search) + line("source", rule.citation);
}

Exit rules_command(Arguments& arguments) {
    const bool as_json = arguments.config.format == "json";
    if (!arguments.words.empty()) {
        const Rule& rule = find_rule(arguments.words[0]);
        as_json ? print(json(rule) + "\n") : print_text(one(rule));
        return Exit::ok;
    }
    TextTable table({{"rule"}, {"told"}, {"what it does", TextTable::Kind::words}});
    for (const Rule* rule : rules()) {
        if (as_json) print(json(*rule) + "\n");
        table.add({std::string(rule->name), std::string(kTold[static_cast<int>(rule->told)]),
                   std::string(rule->summary)});
    }
    if (!as_json)
        print_text(
            table.text(text_width()) + "\n"
            + sentence("'rhm rules NAME' shows the equation, the signals a synapse needs and the source."));
    return Exit::ok;
}

}  // namespace rhm

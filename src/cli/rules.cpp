// rhm rules: the table of learning rules.
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "out/file.hpp"

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
        return pad(key, 12) + wrap(text, 88, 12) + "\n";
    };
    return concat(rule.name, ": ", rule.summary, "\n\n") + line("family", rule.family)
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
        print(as_json ? json(rule) + "\n" : one(rule));
        return Exit::ok;
    }
    if (!as_json) print(pad("rule", 16) + pad("told", 8) + "what it does\n");
    for (const Rule* rule : rules())
        print(as_json ? json(*rule) + "\n"
                      : pad(rule->name, 16) + pad(kTold[static_cast<int>(rule->told)], 8)
                            + wrap(rule->summary, 76, 24) + "\n");
    if (!as_json)
        print("\n'rhm rules NAME' shows the equation, the signals a synapse needs and the source.\n");
    return Exit::ok;
}

}  // namespace rhm

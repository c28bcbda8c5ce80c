// rhm rules: the table of learning rules.
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "show/listing.hpp"
#include "study/tune.hpp"

namespace rhm {

static constexpr std::string_view kTold[] = {"labels", "pairs", "nothing"};

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
           + line("searched", search_of(rule)) + line("source", rule.citation);
}

Exit rules_command(Arguments& arguments) {
    const bool json = arguments.config.format == "json", all = arguments.words.empty();
    Listing listing({{.text = "rule", .json = "name"},
                     {.text = "told", .json = "told"},
                     {.text = "what it does", .kind = Listing::Kind::words, .json = "summary"},
                     {.json = "family"},
                     {.json = "equation"},
                     {.json = "needs"},
                     {.json = "citation"},
                     {.json = "defaults"},
                     {.json = "unmasked"},
                     {.json = "search"}});
    const Rule* wanted = all ? nullptr : &find_rule(arguments.words[0]);
    for (const Rule* r : rules()) {
        if (wanted && r != wanted) continue;
        listing.add({r->name, kTold[static_cast<int>(r->told)], r->summary, r->family, r->equation, r->needs,
                     r->citation, r->defaults, r->unmasked, search_of(*r)});
    }
    if (json)
        print(listing.json());
    else if (all)
        print_text(
            listing.text(text_width()) + "\n"
            + sentence("'rhm rules NAME' shows the equation, the signals a synapse needs and the source."));
    else
        print_text(one(*wanted));
    return Exit::ok;
}

}  // namespace rhm

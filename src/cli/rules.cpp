// rhm rules: the table of learning rules.
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "show/listing.hpp"
#include "study/audit.hpp"
#include "study/plasticity.hpp"
#include "study/tune.hpp"

namespace rhm {

static constexpr std::string_view kTold[] = {"labels", "pairs", "nothing"};

/// "output-error, random-feedback: three-factor"
static std::string audit_text(const Audit& found) {
    std::vector<std::string_view> names;
    for (std::size_t s = 0; s < kSources; ++s)
        if (found.depends[s]) names.push_back(kSourceNames[s]);
    return concat(names.empty() ? "nothing else" : join(names, ", ", " and "), ": ",
                  name_of(found.plasticity(), kPlasticityNames));
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
           + line("needs", rule.needs) + line("depends on", audit_text(audit(rule)))
           + line("told", name_of(rule.told, kTold)) + line("defaults", rule.defaults)
           + (rule.deep_defaults.empty()
                  ? ""
                  : line("", concat("from ", kDeep, " hidden layers on: ", rule.deep_defaults)))
           + (rule.mask_defaults.empty()
                  ? ""
                  : line("", concat("with other masks: ", rule.mask_defaults)))
           + line("searched", search_of(rule)) + line("source", rule.citation);
}

static std::string letter(std::size_t source) { return std::string(1, static_cast<char>('a' + source)); }

/// A row a rule, a column for each thing that its update may depend on.
static Listing audits() {
    std::vector<Listing::Column> columns = {{.text = "rule", .json = "name"}};
    for (std::size_t s = 0; s < kSources; ++s)
        columns.push_back({.text = letter(s), .json = kSourceNames[s]});
    columns.push_back({.text = "plasticity", .json = "plasticity"});
    Listing listing(columns, "audit");
    const auto add = [&](const std::string& name, const Audit& found) {
        std::vector<Listing::Cell> cells = {name};
        for (bool depends : found.depends) cells.push_back({depends, depends ? "x" : "."});
        cells.push_back(name_of(found.plasticity(), kPlasticityNames));
        listing.add(std::move(cells));
    };
    for (const Rule* rule : rules()) add(std::string(rule->name), audit(*rule));
    for (std::string_view rule : kSubjects) add(concat(rule, " strict"), strict_audit(rule));
    return listing;
}

static std::string legend() {
    std::string out;
    for (std::size_t s = 0; s < kSources; ++s)
        out += concat(s ? ", " : "x: what the update of a synapse depends on. ", letter(s), " ",
                      kSourceNames[s]);
    return sentence(concat(out,
                           ". Found by changing one thing at a time; see src/study/audit.hpp for each. "
                           "strict: as 'rhm plasticity' trains it without any aid."));
}

Exit rules_command(Arguments& arguments) {
    const std::string name = arguments.words.empty() ? "" : arguments.words[0];
    const bool json = arguments.config.format == "json", all = arguments.words.empty();
    if (arguments.config.audit) {
        if (!all) fail(Exit::usage, "--audit is about all rules; leave out '", name, "'");
        const Listing table = audits();
        json ? print(table.json()) : print_text(concat(table.text(text_width()), "\n", legend()));
        return Exit::ok;
    }
    Listing listing({{.text = "rule", .json = "name"},
                     {.text = "told", .json = "told"},
                     {.text = "what it does", .kind = Listing::Kind::words, .json = "summary"},
                     {.json = "family"},
                     {.json = "equation"},
                     {.json = "needs"},
                     {.json = "citation"},
                     {.json = "defaults"},
                     {.json = "deep_defaults"},
                     {.json = "mask_defaults"},
                     {.json = "search"}});
    const Rule* wanted = all ? nullptr : &find_rule(name);
    for (const Rule* r : rules())
        if (all || r == wanted)
            listing.add({r->name, name_of(r->told, kTold), r->summary, r->family, r->equation, r->needs,
                         r->citation, r->defaults, r->deep_defaults, r->mask_defaults, search_of(*r)});
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

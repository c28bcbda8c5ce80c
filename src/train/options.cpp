// Options from text and back.
#include "train/options.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace rhm {
namespace {

[[noreturn]] void bad_value(const Option& option, std::string_view text, const std::string& takes) {
    fail(Exit::usage, "--", option.name, " takes ", takes, ", not '", text, "'");
}

std::string range_text(const Option& option, std::string_view what) {
    return concat(what, " from ", number(option.low), " to ", number(option.high));
}

std::size_t word_index(const Option& option, std::string_view text) {
    for (std::size_t i = 0; i < option.words.size(); ++i)
        if (option.words[i] == text) return i;
    const std::string_view guess = nearest(text, option.words);
    bad_value(
        option, text,
        join(option.words, ", ", " or ") + (guess.empty() ? "" : concat(" (did you mean '", guess, "'?)")));
}

// Reading: a number of any kind, an enum; a text; a flag or one of two words; what may be left out.

template <class X>
void read(X& field, const Option& option, std::string_view text) {
    if constexpr (std::is_enum_v<X>) {
        field = static_cast<X>(word_index(option, text));
    } else if constexpr (std::is_integral_v<X>) {
        const auto x = parse_integer(text);
        if (!x || double(*x) < option.low || double(*x) > option.high)
            bad_value(option, text, range_text(option, "a whole number"));
        field = static_cast<X>(*x);
    } else {
        const auto x = parse_double(text);
        if (!x || !(*x >= option.low && *x <= option.high))
            bad_value(option, text, range_text(option, "a number"));
        field = *x;
    }
}
void read(std::string& field, const Option& option, std::string_view text) {
    if (option.kind == Option::Kind::word) word_index(option, text);
    field = text;
}
void read(bool& field, const Option& option, std::string_view text) {
    if (option.kind == Option::Kind::word) {
        field = word_index(option, text) == 1;
    } else {
        if (text != "true" && text != "false") bad_value(option, text, "true or false");
        field = text == "true";
    }
}
template <class X>
void read(std::optional<X>& field, const Option& option, std::string_view text) {
    X x;
    read(x, option, text);
    field = x;
}

// Writing, the same way back.

template <class X>
std::string written(const X& field, const Option& option) {
    if constexpr (std::is_enum_v<X>)
        return std::string(option.words[std::size_t(field)]);
    else if constexpr (std::is_integral_v<X>)
        return std::to_string(field);
    else
        return number(field);
}
std::string written(const std::string& field, const Option&) { return field; }
std::string written(bool field, const Option& option) {
    if (option.kind == Option::Kind::word) return std::string(option.words[field]);
    return field ? "true" : "false";
}
template <class X>
std::string written(const std::optional<X>& field, const Option&) {
    return field ? number(double(*field)) : "";
}

Field field_of(const Config& config, const Option& option) {
    return option.of_run(const_cast<Config&>(config));
}
Field field_of(const Request& request, const Option& option) {
    if (option.of_command) return option.of_command(const_cast<Request&>(request));
    return field_of(static_cast<const Config&>(request), option);
}

std::size_t index(const Option& option) { return std::size_t(&option - options().data()); }

void set_field(Config& config, Field place, const Option& option, std::string_view text) {
    std::visit([&](auto* field) { read(*field, option, text); }, place);
    config.given.set(index(option));
}
std::string field_text(Field place, const Option& option) {
    return std::visit([&](auto* field) { return written(*field, option); }, place);
}

/// The options and values of a list "lr=3e-3 head=16", which may be empty.
std::vector<std::pair<const Option*, std::string_view>> settings_of(std::string_view list) {
    std::vector<std::pair<const Option*, std::string_view>> out;
    for (std::string_view setting : split(list, ' ')) {
        if (setting.empty()) continue;
        const std::size_t equals = setting.find('=');
        const Option* option = find_option(setting.substr(0, equals));
        if (!option || !option->of_run || equals == std::string_view::npos)
            fail(Exit::usage, "'", setting, "' sets nothing of a run; write NAME=VALUE with an option's name",
                 " as 'rhm train --help' lists it, without dashes");
        out.emplace_back(option, setting.substr(equals + 1));
    }
    return out;
}

}  // namespace

const Option* find_option(std::string_view name) {
    for (const Option& option : options())
        if (option.name == name) return &option;
    return nullptr;
}

bool is_given(const Config& config, std::string_view name) {
    return config.given.test(index(*find_option(name)));
}

void set(Config& config, const Option& option, std::string_view text) {
    set_field(config, field_of(config, option), option, text);
}
void set(Request& request, const Option& option, std::string_view text) {
    set_field(request, field_of(request, option), option, text);
}

void set_all(Config& config, std::string_view list) {
    for (const auto& [option, value] : settings_of(list)) set(config, *option, value);
}

void set_defaults(Config& config, std::string_view list) {
    const auto given = config.given;
    for (const auto& [option, value] : settings_of(list))
        if (!config.given.test(index(*option))) set(config, *option, value);
    config.given = given;
}

std::string text_of(const Config& config, const Option& option) {
    return field_text(field_of(config, option), option);
}
std::string text_of(const Request& request, const Option& option) {
    return field_text(field_of(request, option), option);
}

std::string json_of(const Config& config, const Option& option) {
    const std::string text = text_of(config, option);
    if (option.kind == Option::Kind::text || option.kind == Option::Kind::word) return json_quote(text);
    return text.empty() ? "null" : text;
}

}  // namespace rhm

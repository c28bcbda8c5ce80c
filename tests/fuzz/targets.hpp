// What reads text from outside: whatever the bytes are, the answer is a value or an Error, a sentence.
#pragma once
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <new>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "data/grammar.hpp"
#include "io/network_file.hpp"
#include "study/results.hpp"

namespace rhm {

/// A file of this process that holds the text.
inline std::string file_of(const std::string& text) {
    const auto path = std::filesystem::temp_directory_path() / ("rhm-fuzz-" + std::to_string(::getpid()));
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
}

/// A command and its options, a word a line.
inline void parse_words(const std::string& text) {
    const std::vector<std::string_view> words = split(text, '\n');
    for (const Command& command : commands())
        if (command.name == words[0]) parse(command, std::span(words).subspan(1));
}

struct Target {
    std::string_view name;
    void (*read)(const std::string& text);
};

inline const Target kTargets[] = {
    {"json", [](const std::string& text) { Json::parse(text); }},
    {"grammar", [](const std::string& text) { Grammar::parse(text); }},
    {"options", parse_words},
    {"results",
     [](const std::string& text) {
         Skipped skipped;
         load_results({file_of(text)}, skipped);
     }},
    {"network",
     [](const std::string& text) {
         const NetworkFile file(file_of(text));
         file.config();
         file.steps();
     }},
};

/// Any other exception, a crash or an endless loop is a fault. (Too little memory is said by main.)
inline void feed(const Target& target, const std::string& text) {
    try {
        target.read(text);
    } catch (const Error&) {
    } catch (const std::bad_alloc&) {}
}

}  // namespace rhm

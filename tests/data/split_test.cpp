// What `rhm generate` writes is what a training run with the same options uses.
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include "base/text.hpp"
#include "catch.hpp"
#include "cli/commands.hpp"
#include "train/trainer.hpp"

using namespace rhm;

namespace {

/// The lines of `rhm generate OPTIONS --split SPLIT`: label, tab, leaves.
std::vector<std::string> generated(const std::vector<std::string>& options, std::string_view split) {
    const std::string path = "split_test.txt";
    std::vector<std::string_view> words = {"generate", "--format", "text", "-o", path, "--split", split};
    words.insert(words.end(), options.begin(), options.end());
    REQUIRE(run_program(words) == Exit::ok);
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    std::remove(path.c_str());
    return lines;
}

std::vector<std::string> lines_of(const Dataset& data) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < data.size(); ++i) {
        std::string line = std::to_string(data.labels[i]);
        for (std::size_t j = 0; j < data.length; ++j)
            line += concat(j == 0 ? "\t" : " ", int(data.row(i)[j]));
        lines.push_back(line);
    }
    return lines;
}

Config trained_with(const std::vector<std::string>& options) {
    Config config;
    for (std::size_t i = 0; i < options.size(); ++i) {
        const Option& option = *find_option(options[i].substr(2));
        set(config, option, option.value.empty() ? "true" : options[++i]);
    }
    resolve(config);
    return config;
}

}  // namespace

TEST_CASE("generate writes the training, test and validation data of a run with the same options", "[data]") {
    const std::vector<std::string> sizes = {
        "--train-size", "17", "--test-size", "9", "--validation-size", "5", "--vocab", "4", "--levels", "3"};
    const std::vector<std::vector<std::string>> modes = {
        {"--synonyms", "2"},
        {"--synonyms", "2", "--seed", "7"},
        {"--synonyms", "2", "--uniform"},
        {"--synonyms", "4", "--control", "no-correlation"},
        {"--synonyms", "4", "--control", "no-correlation", "--uniform"},
        {"--synonyms", "3", "--classes", "2"}};
    for (std::vector<std::string> options : modes) {
        INFO(options[1] << " " << options.back());
        options.insert(options.end(), sizes.begin(), sizes.end());
        Trainer run(trained_with(options));
        const std::vector<std::string> train = generated(options, "train"), test = generated(options, "test"),
                                       validation = generated(options, "validation");
        CHECK(train == lines_of(run.train_data));
        CHECK(test == lines_of(run.test_data));
        CHECK(validation
              == lines_of(draw(run.grammar, sizes_of(run.config), Split::validation, run.config.seed)));
        std::set<std::string> all(train.begin(), train.end());
        all.insert(test.begin(), test.end());
        all.insert(validation.begin(), validation.end());
        CHECK(all.size() == 17 + 9 + 5);
    }
}

TEST_CASE("the parts that generate writes may fill the whole language", "[data]") {
    const std::vector<std::string> task = {"--vocab", "3",        "--synonyms",
                                           "2",       "--levels", "2"};  // 3 * 2^3 data
    for (std::string uniform : {"", "--uniform"}) {
        std::vector<std::string> options = task;
        if (!uniform.empty()) options.push_back(uniform);
        std::vector<std::string> whole = options, parts = options;
        whole.insert(whole.end(), {"--train-size", "24"});
        parts.insert(parts.end(), {"--train-size", "12", "--test-size", "6", "--validation-size", "6"});
        std::vector<std::string> all = generated(whole, "train"), together;
        for (std::string_view split : kSplitNames)
            for (const std::string& line : generated(parts, split)) together.push_back(line);
        std::sort(all.begin(), all.end());
        std::sort(together.begin(), together.end());
        CHECK(std::unique(all.begin(), all.end()) == all.end());
        CHECK(all == together);
    }
}

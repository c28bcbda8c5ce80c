// The verdicts of `rhm reproduce` at the very bounds of their claims.
#include <cmath>

#include "catch.hpp"
#include "study/reproduce.hpp"
#include "study/summary.hpp"

using namespace rhm;

namespace {

/// A comparison in which every rule has the accuracies of a list, seed by seed; others as in the paper.
struct Case {
    std::vector<double> bp = {1, 1}, unmasked = {0.5, 0.5}, dfa = {0.4, 0.4}, local = {1, 1};
};

/// '+' for a claim that holds, '-' for one that does not.
std::string verdicts(const Case& given) {
    std::vector<Variant> variants;
    for (std::string_view name : {"bp", "bp_unmasked", "fa", "dfa", "clapp", "infonce", "vicreg"}) {
        Variant variant;
        variant.short_name = name;
        Config config;
        resolve(config);
        const std::vector<double>& list = name == "bp"            ? given.bp
                                          : name == "bp_unmasked" ? given.unmasked
                                          : name == "dfa"         ? given.dfa
                                                                  : given.local;
        for (double accuracy : list) {
            Result result;
            result.test_accuracy = accuracy;
            variant.configs.push_back(config);
            variant.results.push_back(result);
        }
        variants.push_back(variant);
    }
    std::string out;
    for (const Verdict& v : judge(variants)) out += v.holds == true ? '+' : '-';
    return out;
}

}  // namespace

TEST_CASE("a rule solves the task from the threshold on, and not below it", "[run]") {
    const double solved = solved_accuracy(4);
    CHECK(solved == 1 - 0.1 * 0.75);
    CHECK(verdicts({}) == "+++");
    const double below = std::nextafter(solved, 0.0);
    CHECK(verdicts({.bp = {solved, solved}}) == "+++");  // bp exactly at the threshold
    CHECK(verdicts({.bp = {below, below}}) == "---");
    CHECK(verdicts({.dfa = {solved, solved}}) == "-++");
    CHECK(verdicts({.dfa = {below, below}}) == "+++");
    CHECK(verdicts({.unmasked = {solved, solved}}) == "+-+");
    CHECK(verdicts({.unmasked = {below, below}}) == "+++");
    CHECK(verdicts({.local = {solved, solved}}) == "+++");
    CHECK(verdicts({.local = {below, below}}) == "++-");
}

TEST_CASE(
    "dfa fails when its best seed is below bp's worst, bp without masks when it is below bp in each seed",
    "[run]") {
    CHECK(verdicts({.bp = {0.93, 1}, .dfa = {0.93, 0.3}}) == "-++");
    CHECK(verdicts({.bp = {0.93, 1}, .dfa = {0.92, 0.3}}) == "+++");
    CHECK(verdicts({.bp = {0.93, 1}, .unmasked = {0.93, 0.3}}) == "+-+");
    CHECK(verdicts({.bp = {0.93, 1}, .unmasked = {0.92, 0.3}}) == "+++");
}

TEST_CASE("P* is the first size whose accuracy is the threshold itself", "[summary]") {
    CHECK(std::abs(p_star({{10, 0.5}, {20, 0.925}, {40, 1}}, 0.925) - 20) < 1e-9);
    CHECK(p_star({{10, 0.925}, {20, 1}}, 0.925) == 0);
}

TEST_CASE("what a run without steps is measured on is the first batch of training", "[run]") {
    for (std::string_view views : {"class", "synonyms"}) {
        auto config = [&](std::string_view steps) {
            Config c;
            for (auto [name, value] : {std::pair<std::string_view, std::string_view>{"rule", "infonce"},
                                       {"views", views},
                                       {"levels", "3"},
                                       {"train-size", "64"},
                                       {"test-size", "16"},
                                       {"width", "8"},
                                       {"batch", "16"},
                                       {"measure", "alignment"},
                                       {"steps", steps}})
                set(c, *find_option(name), value);
            resolve(c);
            return c;
        };
        std::vector<std::uint8_t> input, labels;
        Hooks hooks;
        hooks.measured = [&](Trainer& t) {
            input = t.batch.input;
            labels = t.batch.labels;
        };
        train(config("0"), hooks);
        Trainer trained(config("1"));
        trained.step();
        CHECK(input == trained.batch.input);
        CHECK(labels == trained.batch.labels);
    }
}

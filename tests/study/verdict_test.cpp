// The verdicts of `rhm reproduce` at the very bounds of their claims.
#include <cmath>

#include "catch.hpp"
#include "data/theory.hpp"
#include "study/reproduce.hpp"
#include "study/summary.hpp"

using namespace rhm;

namespace {

/// A comparison in which every rule has the accuracies of a list, seed by seed; others as in the paper.
struct Case {
    std::vector<double> bp = {1, 1}, unmasked = {0.5, 0.5}, dfa = {0.4, 0.4}, local = {1, 1}, clapp = {};
};

std::vector<Verdict> judged_case(const Case& given) {
    std::vector<Variant> variants;
    for (std::string_view name : {"bp", "bp_unmasked", "fa", "dfa", "clapp", "infonce", "vicreg"}) {
        Variant variant;
        variant.short_name = name;
        Config config;
        config.times_law = 2;
        resolve(config);
        const std::vector<double>& list = name == "bp"                              ? given.bp
                                          : name == "bp_unmasked"                   ? given.unmasked
                                          : name == "dfa"                           ? given.dfa
                                          : name == "clapp" && !given.clapp.empty() ? given.clapp
                                                                                    : given.local;
        for (double accuracy : list) {
            Result result;
            result.test_accuracy = accuracy;
            variant.configs.push_back(config);
            variant.results.push_back(result);
        }
        variants.push_back(variant);
    }
    return judge(variants);
}

/// '+' for a claim that holds, '-' for one that does not, '?' for one that could not be judged.
std::string verdicts(const Case& given) {
    std::string out;
    for (const Verdict& v : judged_case(given)) out += !v.holds ? '?' : *v.holds ? '+' : '-';
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
    CHECK(verdicts({.clapp = {0.3, 0.3}}) == "+++");                       // infonce is contrastive, too
    CHECK(verdicts({.local = {below, below}, .clapp = {1, 1}}) == "++-");  // vicreg alone is not
    CHECK(verdicts({.clapp = {NAN, 0.3}}) == "+++");  // infonce suffices
}

TEST_CASE("what is solved on some grammars only leaves a claim undecided", "[run]") {
    CHECK(verdicts({.bp = {0.92, 1}}) == "???");
    CHECK(verdicts({.unmasked = {0.93, 0.3}}) == "+?+");
    CHECK(verdicts({.dfa = {0.93, 0.3}}) == "?++");
    CHECK(verdicts({.local = {0.92, 1}}) == "++?");
    CHECK(verdicts({.local = {0.92, 1}, .clapp = {1, 1}}) == "++?");  // vicreg
    CHECK(verdicts({.clapp = {0.92, 1}}) == "+++");                   // infonce is there
    CHECK(verdicts({.bp = {0.92, 0.92}, .dfa = {0.93, 0.3}}) == "---");
}

TEST_CASE("a claim of which a number is missing is not judged", "[run]") {
    const auto judged = [](std::vector<double> Case::*which, const std::vector<double>& accuracies) {
        Case given;
        given.*which = accuracies;
        return verdicts(given);
    };
    CHECK(judged(&Case::bp, {1, NAN}) == "???");
    CHECK(judged(&Case::dfa, {NAN, 0.4}) == "?++");
    CHECK(judged(&Case::unmasked, {NAN, NAN}) == "+?+");
    CHECK(judged(&Case::local, {1, NAN}) == "++?");
}

TEST_CASE("the evidence has the numbers of its runs", "[run]") {
    const std::vector<Verdict> found =
        judged_case({.bp = {0.9, 1}, .unmasked = {0.7, 0.8}, .dfa = {0.4, 0.6}, .local = {0.9, 0.95}});
    CHECK(found[0].evidence
          == "accuracy (grammars solved): bp 0.950 (1 of 2), dfa 0.500 (0 of 2); fa, which keeps the masks, "
             "0.925 (1 of 2)");
    CHECK(found[1].evidence == "accuracy (grammars solved): bp 0.950 (1 of 2), without downstream masks 0.750 "
                               "(0 of 2); that is 44 % of what dfa loses");
    CHECK(found[2].evidence.find("accuracy (grammars solved): clapp 0.925 (1 of 2), infonce 0.925 (1 of 2), "
                                 "vicreg 0.925 (1 of 2) from the same 1944 data as bp's 0.950 (1 of 2)")
          == 0);
    CHECK(judged_case({.unmasked = {1, 0.5}, .dfa = {1, 1}})[1].evidence
          == "accuracy (grammars solved): bp 1.000 (2 of 2), without downstream masks 0.750 (1 of 2)");
}

TEST_CASE("of rules that are left out nothing is decided, and others may come in", "[run]") {
    Request base;
    set(base, *find_option("rules"), "dkp,vicreg");
    std::vector<Variant> variants = comparison(base);
    std::string rules;
    for (Variant& v : variants) {
        rules += v.short_name + " ";
        v.results.resize(v.configs.size());
        for (Result& r : v.results) r.test_accuracy = v.short_name == "bp_unmasked" ? 0.3 : 1;
    }
    CHECK(rules == "bp bp_unmasked vicreg dkp ");
    for (const Verdict& v : judge(variants)) {
        CHECK((!v.holds || v.claim.starts_with("The missing masks")));
        CHECK((v.evidence.find("not known") != std::string::npos || v.holds));
    }
    variants.erase(variants.begin() + 1);
    CHECK_FALSE(judge(variants)[1].holds);
}

TEST_CASE("a summary of seeds", "[run]") {
    Result a, b;
    a.test_accuracy = 0.5, a.steps = 100, a.seconds = 2;
    b.test_accuracy = 0.75, b.steps = 300, b.seconds = 4, b.status = Status::diverged;
    const Summary s = summarise({a, b});
    CHECK((s.mean == 0.625 && s.low == 0.5 && s.high == 0.75 && s.steps == 200 && s.seconds == 3));
    CHECK((s.diverged == 1 && summarise({b, b, a}).diverged == 2));
    a.test_accuracy = 0.25;
    CHECK(summarise({a}).high == 0.25);
}

TEST_CASE("the comparison's runs differ in rule, masks and seed alone", "[run]") {
    for (bool smoke : {false, true}) {
        Request base;
        base.smoke = smoke;
        std::string rules;
        for (const Variant& v : comparison(base)) {
            rules += v.configs[0].rule + (v.configs[0].constants.downstream_mask == Mask::exact ? " " : "/none ");
            REQUIRE(v.configs.size() == 3);
            for (std::size_t seed = 0; seed < 3; ++seed) {
                const Config& c = v.configs[seed];
                CHECK((c.seed == seed && c.width == 64 && c.test_size == (smoke ? 1000 : 4000)));
                CHECK(c.steps == (find_rule(c.rule).wants_pairs() ? 1 : 2) * (smoke ? 600 : 1500));
                CHECK((c.train_size == (smoke ? 648 : 1944) && c.task.levels == (smoke ? 4 : 5)));
            }
        }
        CHECK(rules == "bp bp/none fa dfa clapp infonce vicreg ");
        set(base, *find_option("steps"), "10");
        CHECK(comparison(base)[0].configs[0].steps == 10);
    }
}

TEST_CASE("P* is the first size whose accuracy is the threshold itself", "[summary]") {
    CHECK(std::abs(p_star({{10, 0.5}, {20, 0.925}, {40, 1}}, 0.925).low - 20) < 1e-9);
    CHECK(p_star({{10, 0.925}, {20, 1}}, 0.925) == Bounds{0, 10});
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

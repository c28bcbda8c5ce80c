// Which runs make a curve, what it is called, and runs read back from records.
#include <filesystem>
#include <set>

#include "matrix/arithmetic.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "io/record.hpp"
#include "show/summary_text.hpp"
#include "study/results.hpp"
#include "study/summary_help.hpp"
#include "train/options.hpp"

TEST_CASE("which options make a curve of their own", "[summary]") {
    std::string none;
    for (const Option& option : options()) {
        if (!option.recorded) continue;
        Measured a = run("bp", 3, 100, 0, 0.5), b = run("bp", 3, 200, 0, 0.5);
        const std::string name(option.name);
        a.options[name] = b.options[name] = text_of(Config{}, option);
        b.options[name] = "1";
        if (name.ends_with("-mask")) b.options[name] = "none";
        if (a.options.at(name) == b.options.at(name)) b.options[name] = "2";
        std::size_t repeated = 0;
        if (curves_of({a, b}, repeated).size() == 1) none += concat(" ", name);
    }
    CHECK(none
          == " vocab classes synonyms tuple levels train-size test-size grammar rule seed eval-every measure "
             "measure-every measure-size load");
    Measured deep = run("bp", 3, 100, 0, 0.5);  // as many layers as levels are as usual
    std::size_t repeated = 0;
    CHECK(curves_of({deep, run("bp", 3, 200, 0, 0.5)}, repeated)[0].label == "bp");
}

TEST_CASE("curves that differ in the content of a file are told apart by its name, or numbered",
          "[summary]") {
    const auto labels = [](const char* first, const char* second) {
        std::vector<Measured> runs = {run("bp", 3, 100, 0, 0.5), run("bp", 3, 100, 0, 0.5)};
        runs[0].options["grammar_digest"] = "aa", runs[0].options["grammar"] = first;
        runs[1].options["grammar_digest"] = "bb", runs[1].options["grammar"] = second;
        std::size_t repeated = 0;
        std::string out;
        for (const Curve& curve : curves_of(runs, repeated)) out += curve.label + ";";
        return out;
    };
    CHECK(labels("a.json", "b.json") == "bp grammar=a.json;bp grammar=b.json;");
    CHECK(labels("a.json", "a.json") == "bp grammar=a.json;bp grammar=a.json (2);");
}

/// A rule whose P* is exactly `star` for each seed: 0.9 at half of it, 1 at twice.
TEST_CASE("a rule's defaults, with and without masks, are no settings of a curve; other values are",
          "[summary]") {
    Config c;
    std::vector<Measured> runs;
    auto add = [&](const char* rule, const char* masks, const char* head) {
        Config config = c;
        config.rule = rule;
        set(config, *find_option("downstream-mask"), masks);
        if (head[0]) set(config, *find_option("head"), head);
        resolve(config);
        Measured m;
        m.task = config.task, m.rule = rule, m.train_size = 8192, m.seed = 0;
        for (const Option& option : options())
            if (option.recorded) m.options[std::string(option.name)] = text_of(config, option);
        runs.push_back(m);
    };
    add("bp", "exact", "");
    add("bp", "none", "");
    add("vicreg", "exact", "");
    const std::string usual = runs.back().options["head"], standard = text_of(c, *find_option("head"));
    REQUIRE(usual != standard);
    add("vicreg", "exact", standard.c_str());
    c.depth = 3;  // bp's rate follows it
    add("bp", "exact", "");
    c.arch = Arch::fcn, c.depth = 9;  // more than cnn could have
    add("bp", "exact", "");
    std::size_t repeated = 0;
    std::set<std::string> labels;
    for (const Curve& curve : curves_of(runs, repeated)) labels.insert(curve.label);
    CHECK(labels
          == std::set<std::string>{"bp", "bp depth=3", "bp arch=fcn depth=9", "bp, no downstream masks", "vicreg",
                                   "vicreg head=" + standard});
    CHECK(repeated == 0);
}

TEST_CASE("curves are told apart by the options in which they differ", "[summary]") {
    std::vector<Measured> runs = {run("bp", 3, 100, 0, 0.5), run("bp", 3, 100, 0, 0.6),
                                  run("bp", 3, 200, 0, 0.7), run("bp", 4, 100, 0, 0.8),
                                  run("dfa", 3, 100, 0, 0.4)};
    for (Measured& m : runs) m.options["downstream-mask"] = "exact";
    runs.push_back(run("bp", 3, 100, 0, 0.55));
    runs.back().options["downstream-mask"] = "none";
    runs.push_back(run("bp", 3, 100, 1, 0.55));  // a record that does not know the option yet
    std::size_t repeated = 0;
    auto curves = curves_of(runs, repeated);
    REQUIRE(repeated == 1);
    std::vector<std::string> labels;
    for (const Curve& c : curves) labels.push_back(concat(c.task.levels, " ", c.label));
    REQUIRE(std::count(labels.begin(), labels.end(), "3 bp") == 1);
    REQUIRE(std::count(labels.begin(), labels.end(), "3 bp, no downstream masks") == 1);
    REQUIRE(std::count(labels.begin(), labels.end(), "3 dfa")
            == 1);  // its learning rate is its own, no difference
    REQUIRE(std::count(labels.begin(), labels.end(), "4 bp") == 1);
    for (const Curve& c : curves)
        if (c.label == "bp" && c.task.levels == 3 && c.points.count(200))
            REQUIRE(c.points.at(100).at(0).test_accuracy == 0.6);  // the last counts
}

TEST_CASE("records are read back from any build with these results", "[summary]") {
    Config config;
    config.rule = "clapp", config.seed = 3, config.train_size = 64;
    resolve(config);
    Result result;
    result.test_accuracy = 0.75;
    std::string text =
        run_line(config) + "\n" + eval_line({50, 0.5, 0.6, 0.7}) + "\n" + result_line(result) + "\n";
    std::string other = text;
    other.replace(other.find("\"build\":\"") + 9, 3, "old");
    std::string older = text, unnumbered = text, elsewhere = text;  // three accuracies that must not count
    auto change = [](std::string& record, const std::string& what, const std::string& to) {
        record.replace(record.find(what), what.size(), to);
    };
    const std::string version = concat("\"results\":", kResults, ",");
    change(older, version, "\"results\":0,");
    change(unnumbered, version, "");
    change(elsewhere, arithmetic(), "another");
    for (std::string* record : {&older, &unnumbered, &elsewhere})
        change(*record, "\"test_accuracy\":0.75", "\"test_accuracy\":0.25");
    OutputFile file("summary_test.jsonl");
    file.write(text + text + other + "foreign\n" + older + unnumbered + elsewhere);
    file.commit();
    Skipped skipped;
    auto runs = load_results({"summary_test.jsonl"}, skipped);
    std::filesystem::remove("summary_test.jsonl");
    REQUIRE((skipped.repeated == 2 && skipped.foreign == 1 && skipped.torn == 0 && skipped.other == 2));
    REQUIRE(to_text(skipped).find(
                "2 runs of a build with other results (version 0 and not numbered; this one's is")
            == 0);
    REQUIRE(runs.size() == 2);  // the same build, and one with another arithmetic
    REQUIRE((runs[0].ours && !runs[1].ours));
    REQUIRE(&runs[0].options.at("rule") == &runs[1].options.at("rule"));  // equal options are held once
    REQUIRE((runs[0].rule == "clapp" && runs[0].seed == 3 && runs[0].train_size == 64
             && runs[0].test_accuracy == 0.75 && runs[0].task == config.task));
    REQUIRE((runs[0].evaluations.size() == 1 && runs[0].evaluations[0].step == 50
             && runs[0].evaluations[0].test_accuracy == 0.7));
    auto curves = curves_of(runs, skipped.repeated);
    REQUIRE(curves.size() == 1);
    REQUIRE(skipped.repeated == 3);  // the same run with two arithmetics counts once
    REQUIRE(curves[0].points.at(64).at(3).test_accuracy == 0.75);  // and it is this one's
    auto rows = summary_of(curves);
    const std::string json = summary_listing(rows).json();
    for (std::string_view line : split(json, '\n'))
        if (!line.empty()) REQUIRE(Json::parse(line)["v"].number == 4);
    REQUIRE(summary_listing(rows).csv().find("accuracy,4,4,3,2,5,clapp,64,1,=,0.75,,,") != std::string::npos);
    REQUIRE_THROWS_AS(load_results({"no-such-file"}, skipped), Error);
}

#include "catch.hpp"

#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/version.hpp"
#include "data/help.hpp"
#include "io/record.hpp"
#include "io/store.hpp"
#include "study/runner.hpp"
#include "study/sweep.hpp"

using namespace rhm;

static std::vector<std::string> values(std::string_view name, std::string_view text) {
    return expand(*find_option(name), text);
}
using Words = std::vector<std::string>;

TEST_CASE("a grid's text is lists and ranges with both ends", "[sweep]") {
    REQUIRE(values("rule", "bp,dfa") == Words{"bp", "dfa"});
    REQUIRE(values("seed", "0:4") == Words{"0", "1", "2", "3", "4"});
    REQUIRE(values("seed", "3:3") == Words{"3"});
    REQUIRE(values("levels", "2:8:3,10") == Words{"2", "5", "8", "10"});
    REQUIRE(values("levels", "2:7:3") == Words{"2", "5"});
    REQUIRE(values("width", "1:2.5:0.5") == Words{"1", "2"});  // none above the last
    REQUIRE(values("train-size", "512:4096:x2") == Words{"512", "1024", "2048", "4096"});
    REQUIRE(values("train-size", "1k:4k:x2") == Words{"1000", "2000", "4000"});
    REQUIRE(values("train-size", "2:5:x1.3")
            == Words{"2", "3", "4"});  // 2, 2.6, 3.38, 4.39 as whole numbers, once each
    REQUIRE(values("lr", "0.1:0.3:0.1") == Words{"0.1", "0.2", "0.3"});
    REQUIRE(values("lr", "0.001:0.1:x10") == Words{"0.001", "0.01", "0.1"});
    REQUIRE(values("bias", "true,false") == Words{"true", "false"});
    REQUIRE(values("measure", "sensitivity,probes") == Words{"sensitivity,probes"});  // one value
    REQUIRE(values("grammar", "a:b.json") == Words{"a:b.json"});                      // no range of names
}

TEST_CASE("a comma in a file's name is written with a backslash, and a backslash with two", "[sweep]") {
    REQUIRE(values("grammar", R"(a\,b.json,c.json)") == Words{"a,b.json", "c.json"});
    REQUIRE(values("grammar", R"(a\\,b)") == Words{R"(a\)", "b"});
    REQUIRE(values("grammar", R"(C:\a)") == Words{R"(C:\a)"});  // elsewhere it is a letter as any other,
    REQUIRE(values("grammar", R"(a,b\)") == Words{"a", R"(b\)"});  // and at the end
}

TEST_CASE("a bad grid is a usage error", "[sweep]") {
    for (auto [name, text] : {std::pair{"seed", "4:0"},
                              {"seed", "1:2:3:4"},
                              {"seed", "0:4:x2"},
                              {"seed", "0:4:0"},
                              {"seed", "0:4:x1"},
                              {"seed", ":4"},
                              {"seed", "a:b"},
                              {"seed", "0:1e9"},
                              {"seed", ""},
                              {"seed", "1,,2"},
                              {"levels", "1:100"},
                              {"rule", "bp,dfx"},
                              {"arch", "cnn,rnn"},
                              {"lr", "0:inf"}}) {
        INFO(name << " " << text);
        try {
            values(name, text);
            FAIL("accepted");
        } catch (const Error& error) {
            CHECK(error.code == Exit::usage);
        }
    }
    CHECK(outcome([] { values("width", "1e30:1e31"); }).sentence.starts_with("--width 1e30:1e31: its numbers are too large"));
}

static std::vector<GridAxis> axes(std::initializer_list<std::pair<const char*, const char*>> list) {
    std::vector<GridAxis> out;
    for (auto [name, text] : list) out.push_back({find_option(name), values(name, text)});
    return out;
}

TEST_CASE("a grid has every combination once, the first axis outermost", "[sweep]") {
    Grid grid = expand_grid(Config{}, axes({{"rule", "bp,clapp"}, {"seed", "0:2"}}));
    REQUIRE(grid.configs.size() == 6);
    REQUIRE((grid.configs[1].rule == "bp" && grid.configs[1].seed == 1 && grid.configs[3].rule == "clapp"
             && grid.configs[3].seed == 0));
    REQUIRE((grid.repeated == 0 && grid.impossible.empty()));
    REQUIRE(*grid.configs[3].lr == *[] { Config c; c.rule = "clapp"; resolve(c); return c; }().lr);  // a rule's own default

    REQUIRE(expand_grid(Config{}, axes({{"depth", "5,5"}})).repeated == 1);
    REQUIRE(expand_grid(Config{}, {}).configs.size() == 1);
    Grid masks = expand_grid(Config{}, axes({{"rule", "bp,dfa"}, {"downstream-mask", "exact,none"}}));
    REQUIRE(masks.configs.size() == 3);
    REQUIRE(masks.impossible.size() == 1);
    REQUIRE_THROWS_AS(expand_grid(Config{}, axes({{"seed", "1:2000"}, {"lr", "0.001:1:0.001"}})), Error);
}

TEST_CASE("parts of a grid are disjoint, even, complete, and mixed", "[sweep]") {
    std::vector<Config> all = expand_grid(Config{}, axes({{"seed", "0:24"}, {"rule", "bp,dfa"}})).configs;
    std::multiset<std::string> lines, whole;
    for (const Config& config : all) whole.insert(run_line(config));
    for (std::size_t i = 1; i <= 4; ++i) {
        std::vector<Config> part = take_shard(all, {i, 4});
        REQUIRE((part.size() == 12 || part.size() == 13));
        std::size_t bp = 0;
        for (const Config& config : part) lines.insert(run_line(config)), bp += config.rule == "bp";
        REQUIRE((bp > 2 && bp < 11));  // of 12 or 13
    }
    REQUIRE(lines == whole);
    REQUIRE(parse_shard("2/8").index == 2);
    for (auto text : {"0/2", "3/2", "2", "a/b", "1/2/3", "-1/2", ""})
        REQUIRE_THROWS_AS(parse_shard(text), Error);
}

TEST_CASE("the table of a sweep counts each rule's runs that have ended, in columns", "[sweep]") {
    std::vector<Config> configs = expand_grid(Config{}, axes({{"rule", "bp,dfa"}, {"seed", "0:1"}})).configs;
    Tally tally(configs, {1, 2, 3});  // the first is in the record already
    CHECK(tally.text() == "0 of 3 runs done");
    CHECK(tally.table()
          == Words{"rule              done    of   mean test accuracy",  //
                   "bp                   0     1   ",                    //
                   "dfa                  0     2   "});
    Result solved, diverged;
    solved.test_accuracy = 0.75;
    diverged.test_accuracy = NAN, diverged.status = Status::diverged;  // counts as a guess among four
    tally.ended(configs[2], solved);
    CHECK(tally.table()[2] == "dfa                  1     2   0.750");
    tally.ended(configs[3], diverged);
    CHECK(tally.text() == "2 of 3 runs done");
    CHECK(tally.table()
          == Words{"rule              done    of   mean test accuracy",  //
                   "bp                   0     1   ",                    //
                   "dfa                  2     2   0.500"});
}

TEST_CASE("the longest of the missing runs is done first, of equal ones the first", "[sweep]") {
    std::vector<Config> configs(5);
    for (std::size_t i = 0; i < 5; ++i) {
        configs[i].steps = std::vector<int>{10, 30, 20, 30, 40}[i];
        resolve(configs[i]);
    }
    using Order = std::vector<std::size_t>;
    CHECK(longest_first(configs, {0, 1, 2, 3}) == Order{1, 3, 2, 0});
    CHECK(longest_first(configs, {0, 2, 4}) == Order{4, 2, 0});
}

TEST_CASE("work counts multiply-adds", "[sweep]") {
    Config config;  // L = 5, v = 4, s = 2, width 64, batch 128
    config.steps = 10;
    resolve(config);
    double one = 16 * 8 * 64 + (8 + 4 + 2 + 1) * 128 * 64 + 64 * 4;
    REQUIRE(work(config) == one * 128 * 10);
    config.rule = "clapp";  // pairs
    REQUIRE(work(config) == one * 256 * 10);
}

TEST_CASE("an estimate is of time, and of memory that grows with data", "[sweep]") {
    Config config;
    config.task.levels = 3, config.test_size = 100, config.train_size = 256, config.width = 16,
    config.steps = 100, config.eval_every = 1000000;
    resolve(config);
    std::vector<Config> one = {config}, two = {config, config};
    two[1].steps = 10000;
    Cost a = cost_of(one), b = cost_of(two);
    REQUIRE((a.seconds > 0 && b.seconds > 0));  // how long is a matter of the machine and its load
    one[0].train_size = 1000000;
    REQUIRE(cost_of(one).bytes > a.bytes + 8e6);  // 9 bytes of data and their order
    // L = 3: 4, 2 and 1 positions of 16 units; weights, data with their labels, order, activations
    const double weights = 8 * 16 + 2 * 32 * 16 + 16 * 4, units = 7 * 16;
    one[0].train_size = 256;
    REQUIRE(cost_of(one).bytes
            == 16 * weights + 356 * 9 + 8 * 256 + 4 * (4 * weights + units * (3 * 128 + 256)));
    one[0].rule = "clapp";  // pairs
    REQUIRE(cost_of(one).bytes
            == 16 * weights + 356 * 9 + 8 * 256 + 4 * (4 * weights + units * (6 * 128 + 256)));
}

TEST_CASE("runs are told from what was torn, repeated or foreign", "[store]") {
    auto run = [](int seed) {
        return concat("{\"kind\":\"run\",\"seed\":", seed, ",\"results\":", kResults, "}\n");
    };
    const std::string eval = "{\"kind\":\"eval\",\"step\":1}\n", result = result_line(Result{}) + "\n";
    auto read = [](const std::string& text) {
        std::vector<std::string> found;
        RunReader reader([&](const ReadRun& one) {
            const std::string identity = run_identity(one.run);
            if (std::find(found.begin(), found.end(), identity) != found.end()) return false;
            found.push_back(identity);
            return true;
        });
        reader.read(text);
        const Skipped& s = reader.skipped;
        return std::vector<std::size_t>{found.size(), s.repeated, s.torn, s.foreign, s.unread};
    };
    using T = std::vector<std::size_t>;
    const std::string whole = run(0) + eval + result;
    REQUIRE(read("") == T{0, 0, 0, 0, 0});
    REQUIRE(read(whole + run(1) + result) == T{2, 0, 0, 0, 0});
    REQUIRE(read(whole + whole) == T{1, 1, 0, 0, 0});
    REQUIRE(read("# mine\n" + whole + "{\"a\":1}\n\n") == T{1, 0, 0, 2, 0});
    REQUIRE(read(run(0) + eval + run(1) + result) == T{1, 0, 2, 0, 0});    // no result
    REQUIRE(read(eval + result + whole) == T{1, 0, 0, 0, 2});              // no run line
    REQUIRE(read(whole.substr(0, whole.size() - 1)) == T{1, 0, 0, 0, 0});  // no last newline
    REQUIRE(read(whole.substr(0, whole.size() - 2)) == T{0, 0, 3, 0, 0});
    REQUIRE(read(whole + run(1).substr(0, 5)) == T{1, 0, 1, 0, 0});
    REQUIRE(read(run(0) + "{\"kind\":\"ev\n" + eval + result) == T{0, 0, 0, 0, 4});  // damaged, not cut off
    REQUIRE(read("{\"kind\":\"eval\",\"st" + whole) == T{1, 0, 1, 0, 0});  // merged after a torn end
    REQUIRE(read(run(1) + run(1).substr(0, 20) + whole) == T{1, 0, 2, 0, 0});
    REQUIRE(read(whole.substr(0, whole.size() - 1) + run(1) + result) == T{2, 0, 0, 0, 0});
    REQUIRE(read(run(0) + "{\"kind\":\"result\",\"status\":\"odd\"}\n" + whole) == T{1, 0, 0, 0, 2});
    REQUIRE(read(whole + std::string(9, '\0') + "\n") == T{1, 0, 0, 1, 0});
    REQUIRE(read(run(0) + "{\"kind\":\"eval\",\"step\":1,\"step\":2}\n" + result) == T{0, 0, 0, 0, 3});
    std::string crlf = "\xEF\xBB\xBF";  // and blanks, and another order of keys: the same record
    for (char c :
         concat("{ \"results\" : ", kResults, ", \"seed\" : 0.0e0, \"kind\": \"run\" } \n", eval, result))
        crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    REQUIRE(read(crlf) == T{1, 0, 0, 0, 0});
    REQUIRE(read(whole + crlf) == T{1, 1, 0, 0, 0});
    // a run without its end, and another that lost its first line: neither gets the other's result
    REQUIRE(read(run(0) + eval + "{\"kin\":\"run\"}\n" + eval + result + whole) == T{1, 0, 0, 0, 5});
    REQUIRE(read(run(0) + eval + "run\n" + eval + result + whole) == T{1, 0, 0, 0, 5});
    REQUIRE(to_text(Skipped{0, 0, 0, 1}) == "1 run that was interrupted");
    REQUIRE(to_text(Skipped{1, 2, 3})
            == "1 run that was there already, 2 lines of runs that were cut off and 3 lines of another kind");
}

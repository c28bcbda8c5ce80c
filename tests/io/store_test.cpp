// What a run is identified by, and what a store does with lines that it cannot use.
#include "train/options.hpp"
#include "catch.hpp"

#include <filesystem>
#include <algorithm>
#include <string>

#include "matrix/arithmetic.hpp"
#include "base/error.hpp"
#include "matrix/kernels.hpp"
#include "base/version.hpp"
#include "data/grammar.hpp"
#include "io/record.hpp"
#include "io/store.hpp"

using namespace rhm;

namespace {

std::string changed(std::string text, const std::string& what, const std::string& to) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), to);
}

std::string identity(const std::string& line) { return run_identity(Json::parse(line)); }

Config resolved(std::uint64_t seed = 0) {
    Config config;
    config.seed = seed;
    set(config, *find_option("init-scale"), "1");
    set(config, *find_option("weight-decay"), "0");
    resolve(config);
    return config;
}

std::string block(const std::string& run) { return run + "\n" + result_line(Result{}) + "\n"; }

void write(const std::string& path, const std::string& text) {
    OutputFile file(path);
    file.write(text);
    file.commit();
}

}  // namespace

TEST_CASE("kernels that give the same bytes are one arithmetic, others are not", "[store]") {
    const std::vector<std::string_view> names = kernel_names();
    auto has = [&](std::string_view name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    auto of = [](std::string_view name) {
        select_kernels(name);
        return arithmetic();
    };
    if (has("avx2") && has("avx512")) CHECK(of("avx2") == of("avx512"));
    if (has("avx2")) CHECK(of("avx2") != of("plain"));
    if (has("avx2") && has("sse2")) CHECK(of("avx2") != of("sse2"));
    CHECK(of("plain") == of("plain"));
    select_kernels("auto");
}

TEST_CASE("what decides a number is in a run's identity, and nothing else", "[store]") {
    const std::string line = run_line(resolved()), same = identity(line);
    for (const char* name : {"version", "build", "kernel", "told"}) {
        const std::string key = std::string("\"") + name + "\":\"";
        CHECK(identity(changed(line, key, key + "other ")) == same);
    }
    CHECK(identity(changed(line, "\"init-scale\":1,", "\"init-scale\":10e-1,")) == same);
    CHECK(identity(changed(line, "\"weight-decay\":0,", "")) == same);  // before there was such an option
    CHECK(identity(changed(line, "\"weight-decay\":0,", "\"weight-decay\":0.5,")) != same);
    CHECK(identity(changed(line, "\"results\":", "\"results\":7")) != same);
    CHECK(identity(changed(line, "\"arithmetic\":\"", "\"arithmetic\":\"f")) != same);
    CHECK(identity(changed(line, "\"seed\":0", "\"seed\":1")) != same);
    CHECK(identity(changed(line, "{", "{\"an-option-to-come\":3,")) != same);
}

TEST_CASE("a grammar's digest is that of its rules", "[store]") {
    const GrammarShape shape{4, 4, 2, 2, 2};
    const Grammar one(shape, 1), other(shape, 2);
    CHECK(one.digest() == Grammar(shape, 1).digest());
    CHECK(one.digest() != other.digest());
    std::string text = to_json(one);
    std::erase(text, '\n');
    CHECK(Grammar::parse(text).digest() == one.digest());
}

TEST_CASE("a store keeps what it cannot use, and takes only what was cut off away", "[store]") {
    const char* path = "store_test.jsonl";
    const std::string run = run_line(resolved()), good = block(run);
    const std::string older = block(changed(run, "\"results\":", "\"results\":9"));
    const std::string damaged = block(changed(run_line(resolved(1)), ",", ";"));
    const std::string note = "a note\r\n", torn = "{\"kind\":\"run\",\"ver";
    write(path, note + older + good + damaged + torn);
    const std::string kept = note + older + damaged;
    {
        RunStore store(path);
        CHECK(store.find(run));
        CHECK_FALSE(store.find(run_line(resolved(1))));
        const Skipped& s = store.skipped();
        CHECK((s.other == 1 && s.unread == 2 && s.foreign == 1 && s.torn == 1 && s.repeated == 0));
        CHECK(read_file(path) == good + kept);  // no run may be written behind a line that was cut off
        const std::string next = run_line(resolved(2));
        store.add(next, block(next), Result{});
        store.sort({next});
        CHECK(read_file(path) == block(next) + good + kept);
    }
    RunStore again(path);
    CHECK((again.skipped().torn == 0 && again.find(run)));
    std::filesystem::remove(path);
}

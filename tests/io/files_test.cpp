// What all files and errors rest on: joined text, names of one file, exceptions on other threads.
#include "catch.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <limits>
#include <new>
#include <string>

#include "base/error.hpp"
#include "base/input.hpp"
#include "matrix/team.hpp"
#include "io/file.hpp"

using namespace rhm;

TEST_CASE("concat prints numbers as a stream does", "[files]") {
    CHECK(concat("a", 'b', std::string("c"), std::string_view("d"), 1, -2L, 3u) == "abcd1-23");
    CHECK(concat(std::numeric_limits<long long>::min()) == "-9223372036854775808");
    CHECK(concat(std::numeric_limits<unsigned long long>::max()) == "18446744073709551615");
    CHECK(concat(0.1, " ", 1e-7, " ", 1234567.0, " ", 2.5f, " ", 3.0) == "0.1 1e-07 1.23457e+06 2.5 3");
    CHECK(concat() == "");
}

TEST_CASE("a part that throws on a member's thread is thrown to the owner, and the team works on",
          "[files]") {
    Team team(3);
    int calls = 0;
    for (int i = 0; i < 3; ++i) {
        CHECK_THROWS_AS(
            team.run([](const void*, std::size_t, std::size_t) { throw std::bad_alloc(); }, nullptr),
            std::bad_alloc);
        team.run([](const void* at, std::size_t index,
                    std::size_t) { *static_cast<int*>(const_cast<void*>(at)) += index == 0; },
                 &calls);
    }
    CHECK(calls == 3);
}

TEST_CASE("names of one file", "[files]") {
    char scratch[] = "/tmp/files_test.XXXXXX";
    REQUIRE(::mkdtemp(scratch));
    const std::string dir = scratch, a = dir + "/a";
    auto make = [](const std::string& path) { std::fclose(std::fopen(path.c_str(), "w")); };
    CHECK(same_file(a, dir + "/./a"));  // neither is there
    CHECK_FALSE(same_file(a, dir + "/b"));
    REQUIRE(::symlink("a", (dir + "/link").c_str()) == 0);
    CHECK(same_file(a, dir + "/link"));  // dangling
    make(a);
    make(dir + "/b");
    REQUIRE(::link(a.c_str(), (dir + "/hard").c_str()) == 0);
    CHECK(same_file(a, dir + "/link"));
    CHECK(same_file(a, dir + "/hard"));
    CHECK_FALSE(same_file(a, dir + "/b"));
    REQUIRE(::mkfifo((dir + "/pipe").c_str(), 0600) == 0);
    CHECK_FALSE(same_file(dir + "/pipe", dir + "/pipe"));
    CHECK_FALSE(same_file("/dev/null", "/dev/null"));

    CHECK_THROWS_AS(keep_apart({{"", a}}, {{"-o", dir + "/link"}}), Error);
    CHECK_THROWS_AS(keep_apart({}, {{"-o", dir + "/c"}, {"--save", dir + "/../" + dir.substr(5) + "/c"}}),
                    Error);
    CHECK_THROWS_AS(keep_apart({}, {{"-o", "-"}, {"--save", "-"}}), Error);
    CHECK_NOTHROW(keep_apart({{"", a}}, {{"-o", ""}, {"--save", ""}}));
    CHECK_NOTHROW(keep_apart({{"", a}, {"--load", a}}, {{"-o", dir + "/b"}, {"--save", dir + "/c"}}));
    for (const char* name : {"/a", "/b", "/link", "/hard", "/pipe"}) ::unlink((dir + name).c_str());
    ::rmdir(dir.c_str());
}

// Progress where no person looks on.
#include <unistd.h>

#include <cstdio>

#include "catch.hpp"
#include "io/progress.hpp"

using namespace rhm;

/// What `work` writes to standard error.
template <class Work>
static std::string errors_of(Work work) {
    std::fflush(stderr);
    std::FILE* file = std::tmpfile();
    REQUIRE(file);
    const int kept = dup(2);
    dup2(fileno(file), 2);
    work();
    std::fflush(stderr);
    dup2(kept, 2);
    close(kept);
    std::rewind(file);
    std::string out;
    for (int c; (c = std::fgetc(file)) != EOF;) out += static_cast<char>(c);
    std::fclose(file);
    return out;
}

TEST_CASE("a log has a line now and then, without control characters, and none when it is not wanted",
          "[progress]") {
    using std::chrono::hours;
    const auto shown = [](bool wanted, Progress::Clock::duration every) {
        return errors_of([&] {
            Progress progress(wanted, every);
            progress.show(1, 4, "3 of 12 runs done", [] { return std::vector<std::string>{"a table"}; });
            progress.show(2, 4, "6 of 12 runs done");
        });
    };
    const std::string lines = shown(true, hours(0));
    CHECK(lines.find("rhm:  25%  ") == 0);
    CHECK(lines.find("3 of 12 runs done\nrhm:  50%  ") != std::string::npos);
    CHECK(lines.ends_with("6 of 12 runs done\n"));
    CHECK(lines.find_first_of("\r\033") == std::string::npos);
    CHECK(shown(true, hours(1)).empty());  // not before its time
    CHECK(shown(false, hours(0)).empty());
}

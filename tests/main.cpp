// Runs the tests, and says with which file it is busy; the last lines name those that failed. The last line
// is `N passed, N failed`, counting test cases. No test run at all is a failure: Catch2 2.x says 0 when a
// filter matches nothing.
#define CATCH_CONFIG_RUNNER
#include "catch.hpp"

#include <cstdio>
#include <string>

namespace {

#if CATCH_VERSION_MAJOR >= 3
using Listener = Catch::EventListenerBase;
#else
using Listener = Catch::TestEventListenerBase;
#endif

std::size_t passed = 0, failed = 0;
std::string file, name, failures;

struct Counter : Listener {
    using Listener::Listener;
    void testCaseStarting(const Catch::TestCaseInfo& test) override {
        name = test.name;
        if (file == test.lineInfo.file) return;
        file = test.lineInfo.file;
        std::printf("%s\n", file.c_str());
        std::fflush(stdout);
    }
    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        const Catch::Counts& cases = stats.totals.testCases;
        passed += static_cast<std::size_t>(cases.passed + cases.failedButOk);
        failed += static_cast<std::size_t>(cases.failed);
        if (cases.failed) failures += "failed: " + name + " (" + file + ")\n";
    }
};
CATCH_REGISTER_LISTENER(Counter)

}  // namespace

int main(int argc, char** argv) {
    Catch::Session session;
    if (const int code = session.applyCommandLine(argc, argv)) return code;
    const auto& options = session.configData();
    const int code = session.run();
    if (options.showHelp || options.listTests || options.listTags || options.listReporters) return code;
    std::printf("%s%zu passed, %zu failed\n", failures.c_str(), passed, failed);
    return passed + failed == 0 || failed > 0 ? 1 : code;
}

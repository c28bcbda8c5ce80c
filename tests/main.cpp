// Runs the tests; the last line is `N passed, N failed`, counting test cases. No test run at all is a
// failure: Catch2 2.x says 0 when a filter matches nothing.
#define CATCH_CONFIG_RUNNER
#include "catch.hpp"

#include <cstdio>

namespace {

#if CATCH_VERSION_MAJOR >= 3
using Listener = Catch::EventListenerBase;
#else
using Listener = Catch::TestEventListenerBase;
#endif

std::size_t passed = 0, failed = 0;

struct Counter : Listener {
    using Listener::Listener;
    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        const Catch::Counts& cases = stats.totals.testCases;
        passed += static_cast<std::size_t>(cases.passed + cases.failedButOk);
        failed += static_cast<std::size_t>(cases.failed);
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
    std::printf("%zu passed, %zu failed\n", passed, failed);
    return passed + failed == 0 || failed > 0 ? 1 : code;
}

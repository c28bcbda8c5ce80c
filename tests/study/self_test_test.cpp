#include "catch.hpp"

#include "base/error.hpp"
#include "matrix/kernels.hpp"
#include "study/self_test.hpp"

using namespace rhm;

TEST_CASE("the self-test passes, has all kinds of checks and leaves the kernels as they were", "[check]") {
    const auto before = selected_kernels();
    const std::vector<Check> checks = self_test();
    CHECK(checks.size() >= 13);
    for (const Check& check : checks) {
        INFO(check.name);
        CHECK(fault_of(check) == "");
    }
    CHECK(selected_kernels() == before);
}

TEST_CASE("a check says its fault, or what was thrown", "[check]") {
    CHECK(fault_of({"", [] { return std::string("a fault"); }}) == "a fault");
    CHECK(fault_of({"", []() -> std::string { fail(Exit::input, "no such kernel"); }}) == "no such kernel");
}

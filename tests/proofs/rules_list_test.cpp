// The list of rules, which their files make by themselves.
#include <set>

#include "catch.hpp"
#include "rules/rule.hpp"

using namespace rhm;

TEST_CASE("rules are listed by place, whatever the order of their files; none twice", "[rules]") {
    std::set<std::string_view> names;
    const Rule* before = nullptr;
    for (const Rule* rule : rules()) {
        INFO(rule->name);
        CHECK(names.insert(rule->name).second);
        CHECK(&find_rule(rule->name) == rule);
        if (before) CHECK(before->place < rule->place);
        before = rule;
    }
    CHECK(rules().front()->name == "bp");
    CHECK(rules().size() >= 19);
}

TEST_CASE("a rule says in one way how it teaches", "[rules]") {
    for (const Rule* rule : rules()) {
        INFO(rule->name);
        const int ways = (rule->broadcast != nullptr) + (rule->loss.pairs != nullptr)
                         + (rule->layer_loss != nullptr) + (rule->gradient != nullptr);
        CHECK(ways == (rule->told == Told::nothing ? 0 : 1));
        CHECK((rule->loss.pairs != nullptr) == rule->wants_pairs());
    }
}

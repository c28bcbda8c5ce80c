// What the update of a synapse depends on, as it is found by trying.
#include "catch.hpp"
#include "base/error.hpp"
#include "study/audit.hpp"
#include "study/plasticity.hpp"

using namespace rhm;

/// "bp: output-error, weights-above, masks-above"
static std::string found(const Audit& audit) {
    std::string out;
    for (std::size_t s = 0; s < kSources; ++s)
        if (audit.depends[s]) out += (out.empty() ? "" : ", ") + std::string(kSourceNames[s]);
    return out + ": " + std::string(kPlasticityNames[std::size_t(audit.plasticity())]);
}
static std::string found(std::string_view rule) { return found(audit(find_rule(rule))); }

TEST_CASE("the audit: backpropagation looks above, direct feedback does not, local rules look sideways",
          "[audit]") {
    CHECK(found("bp") == "output-error, weights-above, masks-above: not local");
    CHECK(found("fa") == "output-error, random-feedback, masks-above: not local");
    CHECK(found("dfa") == "output-error, random-feedback: three-factor");
    CHECK(found("drtp") == "label, random-feedback: three-factor");
    CHECK(found("dkp") == "output-error, own-head: three-factor");
    CHECK(found("frozen") == ": none");
    CHECK(found("gated") == "output-error, random-feedback, masks-above: not local");
    CHECK(found("pepita") == "output-error, random-feedback, own-weights, second-pass: two passes");
    CHECK(found("layerwise") == "label, other-units, other-positions, own-head: lateral");
    CHECK(found("vicreg") == "label, other-units, other-positions, other-view, other-data, own-head: lateral");
}

TEST_CASE("the audit agrees with what each rule is said to be told", "[audit]") {
    for (const Rule* rule : rules()) {
        INFO(rule->name);
        const Audit a = audit(*rule);
        const bool told_labels = a.on(Source::label) || a.on(Source::error);
        CHECK(told_labels == (rule->told != Told::nothing && a.learns));  // pairs: by --positives class
        CHECK(a.on(Source::view) == rule->wants_pairs());
        CHECK(a.on(Source::weights_above) == (rule->name == "bp" || rule->name == "sign_symmetry"));
        CHECK((a.on(Source::masks_above) == (rule->chain || rule->name == "gated")));
        CHECK_FALSE(a.on(Source::heads));
        CHECK((rule->family == "direct feedback" || a.plasticity() == Plasticity::lateral
               || a.plasticity() == Plasticity::nonlocal || !a.learns));
    }
}

TEST_CASE("the audit agrees with what each rule says that it needs", "[audit]") {
    struct Says {
        Source source;
        std::vector<std::string_view> by;
    };
    const Says says[] = {
        {Source::weights_above, {"weights above", "signs of its weights"}},
        {Source::masks_above, {"masks of all layers above", "carries its mask", "carries their mask"}},
        {Source::feedback, {"random", "learn its correlation"}},
        {Source::second_pass, {"two forward passes"}},
        {Source::data, {"other data", "varianc", "correlations", "positive or negative"}},
        {Source::error, {"output error", "weights above", "from the layer above", "from the top layer"}},
        {Source::label, {"for each class", "error of a readout", "of its class"}},
    };
    for (const Rule* rule : rules()) {
        const Audit a = audit(*rule);
        for (const Says& s : says) {
            bool said = false;
            for (std::string_view word : s.by) said = said || rule->needs.find(word) != std::string_view::npos;
            INFO(rule->name << " needs " << rule->needs << "; " << kSourceNames[std::size_t(s.source)]);
            CHECK(said == a.on(s.source));
        }
    }
}

TEST_CASE("a rule that peeks at the layer above is found out", "[audit]") {
    Rule peeking = find_rule("dfa");
    peeking.broadcast = nullptr;
    peeking.gradient = [](const Pass& pass, const RuleOptions&, Memory&, Parameters& gradient) {
        for (std::size_t l = 1; l <= pass.net.depth(); ++l) {
            Matrix signal(pass.n, pass.net.shape.hidden[l - 1].units());
            signal.fill(pass.net.readout()(0, 0));
            teach(pass, l, signal.view(), gradient);
        }
    };
    CHECK(found(audit(peeking)) == "weights-above: not local");
    peeking.gradient = [](const Pass& pass, const RuleOptions&, Memory&, Parameters& gradient) {
        for (std::size_t l = 1; l <= pass.net.depth(); ++l) {
            Matrix signal(pass.n, pass.net.shape.hidden[l - 1].units());
            signal.fill(1 + pass.record.h(pass.net.depth())(0, 0));
            teach(pass, l, signal.view(), gradient);
        }
    };
    CHECK(found(audit(peeking)) == "masks-above: not local");
    peeking.gradient = [](const Pass& pass, const RuleOptions&, Memory&, Parameters& gradient) {
        for (std::size_t l = 1; l <= pass.net.depth(); ++l) {
            Matrix signal(pass.n, pass.net.shape.hidden[l - 1].units());
            signal.fill(1);
            teach(pass, l, signal.view(), gradient);
        }
    };
    CHECK(found(audit(peeking)) == ": two-factor");
}

TEST_CASE("the strict forms look at nothing above, below or in other layers, and at no other datum", "[audit]") {
    for (std::string_view rule : {"clapp", "vicreg", "lpl"}) {
        const Audit a = strict_audit(rule);
        INFO(rule << ": " << found(a));
        CHECK(a.learns);
        for (Source s : {Source::label, Source::error, Source::feedback, Source::weights_above, Source::masks_above,
                         Source::second_pass, Source::data, Source::heads})
            CHECK_FALSE(a.on(s));
        CHECK(a.on(Source::view));
        CHECK(a.plasticity() == Plasticity::lateral);
    }
    CHECK(strict_audit("dfa").plasticity() == Plasticity::three_factor);
    CHECK(strict_audit("bp").plasticity() == Plasticity::nonlocal);
    Config config;
    config.rule = "fa";
    CHECK_THROWS_AS(make_strict(config), Error);
}

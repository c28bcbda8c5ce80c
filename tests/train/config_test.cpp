// Options: their defaults and bounds, how they are read, and what a configuration makes of them.
#include "base/error.hpp"
#include "base/text.hpp"
#include "catch.hpp"
#include "train/options.hpp"

using namespace rhm;

namespace {

Config with(std::initializer_list<std::pair<const char*, const char*>> settings) {
    Config config;
    for (auto [name, value] : settings) set(config, *find_option(name), value);
    return config;
}

/// What a configuration is refused with; "" when it is not.
std::string refusal(Config config) {
    try {
        resolve(config);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("numbers have these defaults and bounds", "[config]") {
    std::string found;
    for (const Option& option : options()) {
        Request config;
        if (!option.is_number()) continue;
        const std::string text = text_of(config, option);
        found += concat("--", option.name, " ", text.empty() ? "?" : text, " ", number(option.low), "..",
                        number(option.high), " ");
    }
    CHECK(found
          == "--vocab 4 2..256 --classes ? 2..256 --synonyms 3 1..65536 --tuple 2 2..1024 "
             "--levels 5 1..20 --train-size 8192 1..1e+09 --times-law ? 1e-06..1e+06 --test-size 4000 1..1e+09 "
             "--validation-size 0 0..1e+09 --width 64 1..65536 --depth ? 1..64 "
             "--init-scale 1 0..1e+06 --lr ? 0..1e+06 --weight-decay 0 0..1e+06 --epsilon 1e-08 1e-30..1e+06 "
             "--batch 128 1..1048576 --steps 6000 0..1e+12 --stop-loss 0.002 0..1e+06 "
             "--view-level ? 1..20 --readout-labels 0 0..1e+09 --readout-steps 2000 0..1e+12 "
             "--seed 0 0..9e+15 --eval-every 500 1..1e+09 --measure-every ? 1..1e+09 "
             "--measure-size 600 4..1e+06 --feedback-scale 1 0..1e+06 --decay 1e-04 0..1e+06 "
             "--forgetting 0.999 0..1 --power 0 0..1e+06 --power-target 1 0..1e+06 "
             "--entropy 0 0..1e+06 --negatives 1 1..65536 --predictor-scale 1 0..1e+06 "
             "--margin 1 0..1e+06 --online 0 0..1e+09 --temperature 0.2 0.001..1e+06 --threshold 2 0..1e+06 "
             "--head 16 0..65536 --head-hidden 0 0..65536 --head-levels 20 0..20 --head-depth 1 1..20 --head-init-scale 1 0..100 --head-decay 1 0..1e+06 --invariance 1 0..1e+06 "
             "--variance 1 0..1e+06 --covariance 0.04 0..1e+06 --seeds 3 1..1000 --trials 12 1..1e+05 --also-times-law ? 1e-06..1e+06 --fewer-levels 1 0..19 "
             "--threads 0 0..1024 ");
}

TEST_CASE("an option takes its bounds and nothing beyond", "[config]") {
    for (const Option& option : options()) {
        Request config;
        if (!option.is_number()) continue;
        INFO(option.name);
        CHECK_FALSE(is_given(config, option.name));
        for (double end : {option.low, option.high}) {
            if (option.name == "seed" && end > 1e15) continue;  // no double says it exactly
            CHECK_NOTHROW(set(config, option, number(end)));
            CHECK(*parse_double(text_of(config, option)) == end);
        }
        CHECK(is_given(config, option.name));
        CHECK_THROWS_AS(set(config, option, number(option.low - 1)), Error);
        CHECK_THROWS_AS(set(config, option, number(2 * option.high)), Error);
        CHECK_THROWS_AS(set(config, option, "x"), Error);
    }
    Config config;
    set(config, *find_option("bias"), "true");
    CHECK((config.bias && json_of(config, *find_option("bias")) == "true"));
    CHECK_THROWS_AS(set(config, *find_option("bias"), "yes"), Error);
    CHECK_THROWS_AS(set(config, *find_option("arch"), "cnm"), Error);
    CHECK(json_of(config, *find_option("arch")) == "\"cnn\"");
    CHECK(json_of(config, *find_option("depth")) == "null");
    try {
        set(config, *find_option("levels"), "21");
    } catch (const Error& error) {
        CHECK(error.what() == std::string("--levels takes a whole number from 1 to 20, not '21'"));
    }
}

TEST_CASE("a rule is told this of the labels", "[config]") {
    const auto tells = [](std::initializer_list<std::pair<const char*, const char*>> settings) {
        Config config = with(settings);
        resolve(config);
        return told(config);
    };
    CHECK(tells({{"rule", "bp"}}) == "labels");
    CHECK(tells({{"rule", "frozen"}}) == "nothing");
    CHECK(tells({{"rule", "vicreg"}}) == "labels as pairs");
    CHECK(tells({{"rule", "vicreg"}, {"views", "synonyms"}}) == "generator's synonyms");
    CHECK(tells({{"rule", "vicreg"}, {"views", "synonyms"}, {"view-level", "5"}})
          == "generator, class as pairs");
    CHECK(tells({{"rule", "vicreg"}, {"views", "siblings"}}) == "nothing; top layer: 8192 labels");
    CHECK(tells({{"rule", "vicreg"}, {"views", "siblings"}, {"readout-labels", "10"}})
          == "nothing; top layer: 10 labels");
    CHECK(tells({{"rule", "vicreg"}, {"views", "siblings"}, {"depth", "4"}}) == "nothing");
}

TEST_CASE("what was not given is filled in", "[config]") {
    Config c = with({{"rule", "vicreg"}, {"views", "synonyms"}});
    resolve(c);
    CHECK((*c.depth == 5 && *c.classes == 4 && *c.view_level == 4 && c.lr));
    c = with({{"rule", "vicreg"},
              {"views", "synonyms"},
              {"levels", "1"},
              {"train-size", "4"},
              {"test-size", "4"}});
    resolve(c);
    CHECK(*c.view_level == 1);
    c = with({{"rule", "bp"}, {"downstream-mask", "none"}});
    resolve(c);
    CHECK((c.constants.local_mask == Mask::exact && c.constants.downstream_mask == Mask::none
           && !c.constants.feedback_shared));
    c = with({{"rule", "bp"}, {"local-mask", "none"}});
    resolve(c);
    CHECK(c.constants.local_mask == Mask::none);
    CHECK((c.init_scale < 1 && c.weight_decay > 0));  // the rule's own
    c = with({{"rule", "dfa"}, {"feedback", "shared"}});
    resolve(c);
    CHECK(c.constants.feedback_shared);
    c = with({{"rule", "simsiam"}, {"stop-gradient", "off"}});
    resolve(c);
    CHECK(c.constants.through_both);
    c = with({{"rule", "clapp"}, {"views", "siblings"}, {"negatives-from", "any"}});
    resolve(c);
    CHECK(c.constants.negatives_anywhere);
    CHECK(sizes_of(c).train == 8192);
}

TEST_CASE("P may be given as a multiple of the law", "[config]") {
    for (auto [times, size] : {std::pair{"2", 1944}, {"0.5", 486}, {"1.4142", 1375}}) {
        Config c = with({{"times-law", times}});
        resolve(c);
        CHECK(c.train_size == size);  // of 4 * 3^5 = 972
    }
    Config shallow = with({{"times-law", "1"}, {"levels", "3"}, {"classes", "3"}});
    resolve(shallow);
    CHECK(shallow.train_size == 81);
    Config given = with({{"train-size", "100"}});
    resolve(given);
    CHECK(given.train_size == 100);
}

TEST_CASE("factors on the learning rate, weights and biases alike", "[config]") {
    const auto scales = [](const char* list, bool bias) {
        Config c;
        c.lr_scale = list, c.bias = bias, c.depth = 2;
        return block_scales(c);
    };
    using Scales = std::vector<double>;
    CHECK(scales("", false).empty());
    CHECK(scales("2,3", false) == Scales{2, 3, 1});
    CHECK(scales("2,3,4", false) == Scales{2, 3, 4});
    CHECK(scales("2,0", true) == Scales{2, 2, 0, 0, 1, 1});
    CHECK(scales("2,1e6,4", true) == Scales{2, 2, 1e6, 1e6, 4, 4});
    for (const char* bad : {"2", "1,2,3,4", "1,x", "-1,1", "1,1000001"})
        for (bool bias : {false, true}) CHECK_THROWS_AS(scales(bad, bias), Error);
}

TEST_CASE("what contradicts itself is refused", "[config]") {
    CHECK(refusal(with({{"rule", "bp"}})) == "");
    CHECK(says(refusal(with({{"rule", "vicreg"},
                             {"views", "siblings"},
                             {"levels", "1"},
                             {"train-size", "4"},
                             {"test-size", "4"}})),
               "L >= 2"));
    CHECK(refusal(with({{"rule", "vicreg"},
                        {"views", "siblings"},
                        {"levels", "2"},
                        {"train-size", "36"},
                        {"test-size", "4"}}))
          == "");
    CHECK(says(refusal(with({{"rule", "vicreg"}, {"views", "siblings"}, {"arch", "lcn"}})), "--arch cnn"));
    CHECK(says(refusal(with({{"rule", "vicreg"}, {"views", "synonyms"}, {"view-level", "6"}})),
               "above the top level"));
    CHECK(refusal(with({{"rule", "vicreg"}, {"readout-labels", "8192"}})) == "");
    CHECK(says(refusal(with({{"rule", "vicreg"}, {"readout-labels", "8193"}})),
               "more than the 8192 training data"));
    CHECK(says(refusal(with({{"rule", "dfa"}, {"downstream-mask", "none"}})),
               "sends no signal from layer to layer"));
    CHECK(says(refusal(with({{"rule", "dfa"}, {"local-mask", "none"}})),
               "sends no signal from layer to layer"));
    CHECK(says(refusal(with({{"measure-every", "10"}})), "say what with --measure"));
    CHECK(says(refusal(with({{"synonyms", "1"},
                             {"levels", "2"},
                             {"train-size", "2"},
                             {"test-size", "1"},
                             {"measure", "sensitivity"}})),
               "with m = 1 there are none"));
    CHECK(refusal(with({{"synonyms", "2"},
                        {"levels", "2"},
                        {"train-size", "8"},
                        {"test-size", "4"},
                        {"measure", "sensitivity"}}))
          == "");
    CHECK(says(refusal(with({{"times-law", "2"}, {"train-size", "8"}})), "give one of them"));
    CHECK(says(refusal(with({{"measure", "probes,healt"}})), "did you mean 'health'?"));
    CHECK(says(refusal(with({{"depth", "6"}})), "--depth 6"));
    CHECK((measures_of("all").size() == 4 && measures_of("").empty()
           && measures_of("health,probes") == std::vector<std::string_view>{"probes", "health"}));
}

TEST_CASE("a batch of one is for what compares no data, or compares them with the past", "[config]") {
    const auto refusal = [](std::string_view list) -> std::string {
        Config config;
        set_all(config, list);
        try {
            resolve(config);
        } catch (const Error& error) {
            CHECK(error.code == Exit::usage);
            return error.what();
        }
        return "";
    };
    for (const Rule* rule : rules()) {
        const std::string with = concat("rule=", rule->name, " batch=1");
        INFO(with);
        const bool compares = contains(std::vector<std::string_view>{"clapp", "infonce", "ff", "vicreg", "barlow", "lpl"},
                                       rule->name);
        const std::string cure = compares ? " or more, or --online T" : rule->name == "simsiam" ? " or more" : "";
        CHECK(refusal(with)
              == (cure.empty() ? "" : concat("'", rule->name, "' compares the data of a batch; give --batch 2", cure)));
        CHECK(refusal(with + " online=10").empty() == compares);
    }
    CHECK(refusal("rule=lpl online=0.5").starts_with("--online takes a number of pairs"));
    CHECK(refusal("rule=lpl online=10 views=siblings").starts_with("--online is for pairs of strings"));
    for (std::string_view list : {"rule=lpl online=10", "rule=lpl views=synonyms", "rule=clapp hebbian=true"}) {
        CHECK(refusal(concat(list, " positives=class")).starts_with("--positives class is for batches"));
        CHECK(refusal(concat(list, " positives=pair")).empty());
    }
    for (std::string_view list : {"batch=1 norm=batch", "batch=1 downstream-mask=mean", "batch=1 downstream-mask=shuffled"})
        CHECK(refusal(list).starts_with("--norm batch and --downstream-mask"));
    CHECK(refusal("batch=1 downstream-mask=none").empty());
}

TEST_CASE("a list of settings may be empty; what is no setting of a run is named", "[config]") {
    Config config;
    set_defaults(config, "");
    set_all(config, "width=8 rule=dfa");
    CHECK(config.width == 8);
    for (const char* list : {"width", "widht=8", "format=json", "width=8 nothing"}) {
        INFO(list);
        CHECK_THROWS_AS(set_all(config, list), Error);
    }
}

TEST_CASE("deep networks have the defaults that their rule has for them", "[config]") {
    Config c;
    c.task.levels = 6;
    resolve(c);
    CHECK((c.init_scale == 0.18 && c.weight_decay == 0.46 && *c.lr == 0.0032));
    for (auto [depth, lr] : {std::pair{5, 0.0072}, {3, 0.012}, {1, 0.036}}) {  // the network's depth counts
        Config shallow;
        shallow.task.levels = 6;
        shallow.depth = depth;
        resolve(shallow);
        CHECK((shallow.init_scale == 0.047 && shallow.weight_decay == 1 && *shallow.lr == lr));
    }
    for (int levels : {5, 6}) {
        Config masked;
        masked.task.levels = levels;
        set_all(masked, "downstream-mask=none");
        resolve(masked);
        CHECK((*masked.lr == 0.0017 && masked.weight_decay == 0.48 && masked.batch == 64));
    }
    Config given;
    given.task.levels = 6;
    set_all(given, "init-scale=0.5");
    resolve(given);
    CHECK((given.init_scale == 0.5 && given.weight_decay == 0.46));
    for (int levels : {5, 6}) {  // of batches, too
        Config own, asked;
        own.task.levels = asked.task.levels = levels;
        own.rule = asked.rule = "infonce";
        set_all(asked, "batch=16");
        resolve(own), resolve(asked);
        CHECK(own.batch == (levels == 6 ? 128 : 64));
        CHECK((asked.batch == 16 && asked.lr == own.lr));
    }
}

// The search for a rule's constants: ranges, trials, the judge, the command line that it prints.
#include <cmath>
#include <set>

#include "base/rng.hpp"
#include "base/text.hpp"
#include "catch.hpp"
#include "cli/commands.hpp"
#include "study/tune.hpp"

using namespace rhm;

static Request small(std::string_view rule) {
    Request c;
    c.rule = rule;
    c.trials = 16;
    c.seeds = 2;
    return c;
}

TEST_CASE("Student's t and its intervals", "[tune]") {
    CHECK(t_quantile(1) == 12.706);
    CHECK(t_quantile(15) == 2.131);
    CHECK(std::abs(t_quantile(16) - 2.1199) < 1e-3);
    CHECK(std::abs(t_quantile(30) - 2.0423) < 1e-3);
    CHECK(std::abs(t_quantile(120) - 1.9799) < 1e-3);
    Estimate e = estimate(std::vector<double>{1, 2, 3, 6});
    CHECK(e.mean == 3);
    CHECK(std::abs(e.half_width - 3.182 * std::sqrt(14.0 / 3 / 4)) < 1e-12);
    CHECK(to_text(estimate(std::vector<double>{0.5})) == "0.500");
    CHECK(to_text(Estimate{0.9876, 0.0124, 3}) == "0.988 +- 0.012");
}

TEST_CASE("Student's t leaves 2.5 % on either side, for every number of degrees of freedom", "[tune]") {
    for (std::size_t freedom = 1; freedom <= 40; ++freedom) {
        // density ~ (1 + t^2 / n)^(-(n + 1) / 2), which is cos(u)^(n - 1) du with t = sqrt(n) tan(u)
        const double n = static_cast<double>(freedom), end = std::atan(t_quantile(freedom) / std::sqrt(n));
        const auto area = [&](double to) {
            double sum = 0;
            for (int i = 0; i < 2000; ++i)
                sum += std::pow(std::cos(to * (i + 0.5) / 2000), n - 1) * to / 2000;
            return sum;
        };
        INFO(freedom);
        CHECK(std::abs(area(end) / area(std::acos(-1.0) / 2) - 0.95) < 1e-4);
    }
    CHECK(std::abs(t_quantile(100) - 1.983971519) < 4e-6);  // beyond the table ever better
    CHECK(std::isnan(estimate(std::vector<double>{1}).half_width));
    CHECK(std::abs(estimate(std::vector<double>{1, 2}).half_width - 12.706 / 2) < 1e-12);
}

TEST_CASE("search ranges are read, and bad ones refused", "[tune]") {
    auto ranges = search_ranges("lr=1e-3:1e-1 head=8|16|32 negatives=2:200");
    REQUIRE(ranges.size() == 3);
    CHECK(ranges[0].at(0) == number(1e-3));
    CHECK(ranges[0].at(0.5) == number(1e-2));
    CHECK(ranges[0].at(0.25) == number(0.0032));  // two digits
    CHECK(ranges[1].at(0) == "8");
    CHECK(ranges[1].at(0.5) == "16");
    CHECK(ranges[1].at(0.999) == "32");
    CHECK(ranges[2].at(0.5) == "20");
    CHECK(ranges[2].at(0.01) == "2");
    for (std::string_view bad : {"rate=1:2", "lr", "lr=", "lr=0:1", "lr=2:1", "lr=a:1", "lr=1:1", "threads=1|2", "rule=bp|fa", " "})
        CHECK_THROWS_AS(search_ranges(bad), Error);
}

TEST_CASE("every rule says what is searched, and its defaults lie inside", "[tune]") {
    for (const Rule* rule : rules()) {
        INFO(rule->name);
        auto ranges = search_ranges(search_of(*rule));
        REQUIRE(!ranges.empty());
        CHECK(ranges[0].option->name == "lr");
        Request config = small(rule->name);
        resolve(config);
        for (const SearchRange& range : ranges) {
            INFO(range.option->name);
            if (rule->defaults.find(concat(range.option->name, "=")) == std::string_view::npos) continue;
            std::string value = text_of(config, *range.option);
            if (range.choices.empty()) {
                CHECK(*parse_double(value) >= range.low);
                CHECK(*parse_double(value) <= range.high);
            } else
                CHECK(std::count(range.choices.begin(), range.choices.end(), value) == 1);
        }
    }
}

TEST_CASE("trials: the defaults first, then even cover of every range", "[tune]") {
    Request base = small("fa");
    auto trials = search_trials(base);
    REQUIRE(trials.size() == 16);
    CHECK(trials[0].defaults);
    CHECK(trials[0].settings
          == concat("--lr ", number(*trials[0].configs[0].lr), " --init-scale ",
                    number(trials[0].configs[0].init_scale), " --weight-decay ",
                    number(trials[0].configs[0].weight_decay), " --batch 128 --epsilon 1e-08 --feedback-scale ",
                    number(trials[0].configs[0].constants.feedback_scale)));
    auto ranges = search_ranges(search_of(find_rule("fa")));
    std::set<int> fifths, scales;
    for (std::size_t t = 1; t < 16; ++t) {
        REQUIRE(trials[t].configs.size() == 2);
        CHECK(trials[t].configs[1].seed == 1);
        CHECK(trials[t].configs[0].lr == trials[t].configs[1].lr);
        double part =
            std::log(*trials[t].configs[0].lr / ranges[0].low) / std::log(ranges[0].high / ranges[0].low);
        double other = std::log(trials[t].configs[0].constants.feedback_scale / ranges[5].low)
                       / std::log(ranges[5].high / ranges[5].low);
        CHECK((part > -0.01 && part < 1.01 && other > -0.01 && other < 1.01));
        fifths.insert(std::min(4, int(part * 5)));
        scales.insert(std::min(4, int(other * 5)));
    }
    CHECK(fifths.size() == 5);
    CHECK(scales.size() == 5);

    Request deep = base;
    deep.times_law = 1;
    const auto both = search_trials(deep);  // on two depths
    REQUIRE((both[1].configs.size() == 4 && both[1].settings == trials[1].settings));
    CHECK((both[1].configs[0].task.levels == 5 && both[1].configs[2].task.levels == 4));
    CHECK((both[1].configs[0].train_size == 972 && both[1].configs[3].train_size == 324));
    CHECK((both[1].configs[3].seed == 1 && both[1].configs[3].lr == trials[1].configs[0].lr));
    deep.also_times_law = 2;  // and with two sizes
    const auto four = search_trials(deep);
    std::multiset<std::string> tasks;
    for (const Config& c : four[1].configs) {
        tasks.insert(concat(c.task.levels, " ", c.train_size));
        CHECK(c.lr == trials[1].configs[0].lr);
    }
    CHECK(tasks == std::multiset<std::string>{"5 972", "5 972", "5 1944", "5 1944", "4 324", "4 324", "4 648", "4 648"});
    deep.fewer_levels = 3;
    tasks.clear();
    for (const Config& c : tasks_of(deep)) tasks.insert(concat(c.task.levels, " ", std::llround(*c.times_law)));
    CHECK(tasks == std::multiset<std::string>{"5 1", "5 2", "4 1", "4 2", "3 1", "3 2", "2 1", "2 2"});
    deep.task.levels = 3;
    CHECK(tasks_of(deep).size() == 6);  // none of no levels
    deep.fewer_levels = 0;
    CHECK(tasks_of(deep).size() == 2);
    deep.fewer_levels = 1;
    deep.task.levels = 1;
    CHECK(tasks_of(deep).size() == 2);  // no depth below
    deep.task.levels = 5;
    deep.search = "levels=5|6 lr=1e-3:1e-2";  // what is searched comes before L - 1
    for (const Trial& t : search_trials(deep))
        CHECK(t.configs[0].task.levels == t.configs[4].task.levels + 1);
    deep.also_times_law = 1.0001;  // the same size
    CHECK_THROWS_AS(tasks_of(deep), Error);
    deep.also_times_law = 2;
    CHECK(tasks_of(deep).size() == 4);
    for (auto [name, value] : {std::pair{"also-times-law", "2"}, {"fewer-levels", "0"}}) {
        Request alone;
        set(alone, *find_option(name), value);  // without --times-law
        CHECK_THROWS_AS(tasks_of(alone), Error);
    }

    base.trials = 5;
    auto fewer = search_trials(base);
    for (std::size_t t = 0; t < 5; ++t) CHECK(fewer[t].settings == trials[t].settings);
    base.seed = 7;
    CHECK(search_trials(base)[1].settings != trials[1].settings);
    CHECK(search_trials(base)[1].configs[1].seed == 8);

    set(base, *find_option("lr"), "0.5");  // given: held fixed
    for (const Trial& t : search_trials(base)) {
        CHECK(*t.configs[0].lr == 0.5);
        CHECK(t.settings.find("--lr") == std::string::npos);
    }
}

TEST_CASE("the judge looks at validation data, counts divergence as failure, and prefers fewer data seen",
          "[tune]") {
    auto trial = [](std::string name, double validation, double test, std::int64_t steps,
                    Status status = Status::ok) {
        Trial t;
        t.configs.resize(1);
        if (name == "small batch") t.configs[0].batch = 32;
        t.settings = std::move(name);
        t.results.resize(2);
        for (Result& r : t.results)
            r.validation_accuracy = validation, r.test_accuracy = test, r.steps = steps;
        t.results[1].status = status;
        return t;
    };
    std::vector<Trial> trials = {trial("slow", 0.9, 0.2, 100), trial("tested", 0.8, 0.99, 1),
                                 trial("quick", 0.9, 0.2, 50), trial("diverged", 1, 1, 1, Status::diverged),
                                 trial("small batch", 0.9, 0.2, 150)};
    score(trials);
    CHECK(trials[0].settings == "small batch");  // 150 * 32 data
    CHECK(trials[1].settings == "quick");
    CHECK(trials[2].settings == "slow");
    CHECK(trials[3].settings == "tested");
    CHECK(trials[4].validation.mean == 0.5);
    CHECK(trials[4].faults.diverged == 1);
    CHECK(trials[1].steps == 50);
    CHECK((trials[1].test.mean == 0.2 && trials[4].test.mean == 0.5));
    CHECK(any_scored(trials));
    for (Trial& t : trials) t.steps = 0;
    CHECK_FALSE(any_scored(trials));
}

TEST_CASE("trials cover their ranges by mirrored digits, from a start that the seed draws", "[tune]") {
    const Request base = small("clapp");  // of which more is searched than of others
    const auto trials = search_trials(base);
    const auto ranges = search_ranges(search_of(find_rule("clapp")));
    REQUIRE(ranges.size() == 15);
    const double mirrored[4][8] = {{0, 1 / 2., 1 / 4., 3 / 4., 1 / 8., 5 / 8., 3 / 8., 7 / 8.},
                                   {0, 1 / 3., 2 / 3., 1 / 9., 4 / 9., 7 / 9., 2 / 9., 5 / 9.},
                                   {0, 1 / 5., 2 / 5., 3 / 5., 4 / 5., 1 / 25., 6 / 25., 11 / 25.},
                                   {0, 1 / 7., 2 / 7., 3 / 7., 4 / 7., 5 / 7., 6 / 7., 1 / 49.}};
    const double primes[15] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47};  // of one digit, then
    Rng rng(base.seed, Purpose::search);
    double start[15];
    for (double& x : start) x = rng.uniform();
    for (std::size_t t = 1; t < 8; ++t) {
        const auto value = [&](std::size_t d) {
            const double x = start[d] + (d < 4 ? mirrored[d][t] : double(t) / primes[d]);
            return ranges[d].at(x - std::floor(x));
        };
        std::string settings;
        for (std::size_t d = 0; d < 15; ++d)
            settings += concat(d == 0 ? "--" : " --", ranges[d].option->name, " ", value(d));
        CHECK(trials[t].settings == settings);
        CHECK_FALSE(trials[t].defaults);
    }
}

TEST_CASE("--search says what is searched instead of the rule's ranges", "[tune]") {
    Request base = small("bp");
    base.search = "lr=1e-3:1e-2 width=8|12";
    for (const Trial& t : search_trials(base)) {
        INFO(t.settings);
        CHECK(t.settings.find("--lr ") == 0);
        CHECK(t.settings.find("--init-scale") == std::string::npos);
        if (t.defaults) continue;
        CHECK((*t.configs[0].lr >= 1e-3 && *t.configs[0].lr <= 1e-2));
        CHECK((t.configs[0].width == 8 || t.configs[0].width == 12));
    }
    base.search = "lr=1e-3:1e9";
    CHECK_THROWS_AS(search_trials(base), Error);
    const auto refused = [&](const std::string& search) {
        base.search = search;
        try {
            search_trials(base);
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string("not refused");
    };
    CHECK(refused("lr=1e-3:1e-2 width=8|12 lr=1e-3").find("has lr twice") != std::string::npos);
    set(base, *find_option("init-scale"), "0.5");
    CHECK(refused("lr=1e-3:1e-2 init-scale=0.1:1").find("--init-scale is given") != std::string::npos);
    base.search.clear();
    for (const char* name : {"lr", "weight-decay"}) set(base, *find_option(name), "0.1");
    set(base, *find_option("batch"), "8");
    set(base, *find_option("epsilon"), "1e-9");
    CHECK_THROWS_AS(search_trials(base), Error);  // nothing is left
    base.trials = 1;
    CHECK(search_trials(base).size() == 1);
    std::string many;
    for (const Option& option : options())
        if (option.recorded && option.is_number() && option.name != "seed"
            && option.name != "validation-size")
            many += concat(option.name, "=1:2 ");
    CHECK(split(many, ' ').size() > 21);
    CHECK(refused(many).find("more than 20") != std::string::npos);
}

TEST_CASE("no more runs are planned than can be done", "[tune]") {
    Request base = small("bp");
    base.trials = 1, base.seeds = 100001;
    CHECK_THROWS_AS(search_trials(base), Error);
    base.trials = 400, base.seeds = 251;
    CHECK_THROWS_AS(search_trials(base), Error);
    base.trials = 100000, base.seeds = 2;
    CHECK_THROWS_AS(search_trials(base), Error);
}

TEST_CASE("the command line that a search prints gives the configuration it found", "[tune]") {
    Request base = small("dfa");
    set(base, *find_option("levels"), "3");
    set(base, *find_option("train-size"), "1k");
    set(base, *find_option("bias"), "true");
    set(base, *find_option("validation-size"), "100");
    Trial trial = search_trials(base)[3];
    std::string line = command_line(base, trial);
    CHECK(line.starts_with("rhm train --rule dfa"));
    auto words = split(line, ' ');
    const Command& command = *std::find_if(commands().begin(), commands().end(),
                                           [](const Command& c) { return c.name == "train"; });
    Arguments again = parse(command, std::span(words).subspan(2));
    resolve(again.config);
    for (const Option& option : options()) {
        INFO(option.name);
        if (option.recorded && option.name != "validation-size")
            CHECK(json_of(again.config, option) == json_of(trial.configs[0], option));
    }
}

TEST_CASE("the command line has as many data as the search, told as a multiple of the law", "[tune]") {
    Request base = small("bp");
    set(base, *find_option("times-law"), "1.5");
    CHECK(command_line(base, search_trials(base)[0]).find(" --times-law 1.5 ") != std::string::npos);
}

TEST_CASE("validation data are a part of their own, and do not change the others", "[tune]") {
    Config c = small("bp");
    set(c, *find_option("init-scale"), "1");
    c.task.levels = 3;
    c.train_size = 256;
    c.test_size = 500;
    c.steps = 60;
    c.width = 16;
    Config with = c;
    with.validation_size = 500;
    resolve(c);
    resolve(with);
    Result plain = train(c), judged = train(with);
    CHECK(std::isnan(plain.validation_accuracy));
    CHECK(plain.test_accuracy == judged.test_accuracy);
    CHECK(judged.validation_accuracy > 0.3);
    CHECK(judged.validation_accuracy != judged.test_accuracy);
}

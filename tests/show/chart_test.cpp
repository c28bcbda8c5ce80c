#include "catch.hpp"

#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "show/chart.hpp"
#include "show/figures.hpp"
#include "show/panels.hpp"
#include "show/svg.hpp"

using namespace rhm;

TEST_CASE("scales put numbers where they belong", "[chart]") {
    Range log{10, 1000, true}, linear{-1, 3, false};
    REQUIRE(std::abs(log.place(100) - 0.5) < 1e-12);
    REQUIRE(linear.place(0) == 0.25);
    REQUIRE(ticks({0, 1, false}, 6, false) == std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1});
    REQUIRE(ticks({1.9, 5.1, false}, 8, true) == std::vector<double>{2, 3, 4, 5});
    REQUIRE(ticks({40, 2500, true}, 8, false) == std::vector<double>{50, 100, 200, 500, 1000, 2000});
    REQUIRE(ticks({0.9, 2e6, true}, 8, false)
            == std::vector<double>{1, 10, 100, 1000, 10000, 100000, 1000000});
    REQUIRE(ticks({0.7, 4.2, true}, 8, false)
            == std::vector<double>{0.7000000000000001, 0.8, 0.9, 1, 2, 3, 4});
    for (double v : ticks({0.95, 1.2, true}, 6, false)) REQUIRE((v > 0.949 && v < 1.201));
    REQUIRE(ticks({99, 1900, true}, 8, false) == std::vector<double>{100, 200, 300, 500, 1000});
    REQUIRE(tick_text(-0.0) == "0");
    REQUIRE(tick_text(32768) == "32.8k");
    Chart chart;
    chart.x.log = true;
    chart.series = {{"a", 0, {10, 1000}, {1, 2}, {0, 1}, {2, INFINITY}, {}}};
    REQUIRE((x_range(chart).low < 10 && x_range(chart).high > 1000 && x_range(chart).log));
    REQUIRE((y_range(chart).low < 0 && y_range(chart).low > -0.5 && y_range(chart).high > 2
             && y_range(chart).high < 2.5));  // what is infinite does not count
}

static Chart example() {
    Chart chart{"A <task> & more", {"P", true}, {"accuracy"}, {}, {}};
    chart.series = {{"bp", 0, {10, 100, 1000}, {0.2, 0.5, 1}, {0.1, 0.4, 0.9}, {0.3, 0.6, 1}, {}},
                    {"dfa", 1, {20, 100}, {0.2, 0.3}, {}, {}, {'=', '>'}}};
    chart.guides = {{"solved", {NAN, NAN}, {0.925, 0.925}}};
    return chart;
}

static std::size_t count(const std::string& text, std::string_view word) {
    std::size_t n = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++n;
    return n;
}

TEST_CASE("an SVG is well formed, the same each time, and says everything twice", "[chart]") {
    std::string svg = to_svg("Title", {example()});
    REQUIRE(svg == to_svg("Title", {example()}));
    REQUIRE(svg.starts_with("<svg "));
    REQUIRE(svg.ends_with("</svg>\n"));
    REQUIRE(count(svg, "A &lt;task&gt; &amp; more") == 1);
    REQUIRE(count(svg, "nan") + count(svg, "inf") == 0);
    REQUIRE(count(svg, "<circle") == 3 + 1);       // the points of bp and its place in the legend
    REQUIRE(count(svg, "<polygon") == 1 + 2 + 1);  // bp's band; the squares of dfa
    REQUIRE(count(svg, "stroke-dasharray=\"7 3\"")
            == 2);  // dfa's line and its place in the legend: told apart without colour
    REQUIRE(count(svg, ">solved<") == 1);
    REQUIRE(count(svg, "fill=\"#fff\" stroke=\"#d55e00\"") == 1);  // the bound is hollow
    for (const char* tag : {"text", "title"})
        REQUIRE(count(svg, std::string("<") + tag) == count(svg, std::string("</") + tag));
    REQUIRE(xml_text("<a href=\"b\">&") == "&lt;a href=&quot;b&quot;&gt;&amp;");
}

TEST_CASE("an SVG can be read on a dark screen, and says what its marks mean", "[chart]") {
    const HeatMap map{"Sensitivity", "layer", "level", {"1"}, {"1"}, {{1}}};
    for (const std::string& svg : {to_svg("Title", {example()}, "Mean of 5 seeds. Bands: their range."),
                                   to_svg("Title", std::vector<HeatMap>{map}, "Mean of 5 seeds.")}) {
        REQUIRE(count(svg, ">Mean of") == 1);
        const std::size_t style = svg.find("@media(prefers-color-scheme:dark)"), end = svg.find("</style>");
        REQUIRE(style < end);
        const std::string dark = svg.substr(style, end - style);
        for (const char* attribute : {"fill=\"#", "stroke=\"#"})  // what has no colour of its own changes
            for (const char* colour : {"fff", "222", "ddd", "777", "000000"})
                if (count(svg, std::string(attribute) + colour + "\""))
                    REQUIRE(dark.find(std::string(attribute, std::string_view(attribute).size() - 2) + "'#" + colour
                                      + "'") != std::string::npos);
        for (const char* kept : {"#0072b2", "#d55e00", "#083d77", "#fefefe"})  // curves, cells and their text
            REQUIRE(dark.find(kept) == std::string::npos);
    }
}

TEST_CASE("points stand at their place", "[chart]") {
    Svg svg;
    svg.circle(1.006, -0.001, 2, "red", "none");
    REQUIRE(svg.done(100, 50, "t").find("cx=\"1.01\" cy=\"0\" r=\"2\"") != std::string::npos);
    // x = 100 is in the middle between 10 and 1000
    std::string text = to_svg("t", {example()});
    std::vector<double> at;
    for (std::size_t i = text.find("<circle"); i != std::string::npos; i = text.find("<circle", i + 1))
        at.push_back(std::stod(text.substr(text.find("cx=\"", i) + 4)));
    REQUIRE(std::abs(at[1] - (at[0] + at[2]) / 2) < 0.02);
}

TEST_CASE("the terminal draws the same chart", "[chart]") {
    std::string text = to_terminal(example(), 60, false);
    for (auto line : split(text, '\n')) REQUIRE(columns(line) <= 60);
    REQUIRE(count(text, "●") == 3 + 1);
    REQUIRE(count(text, "■") == 1 + 1);
    REQUIRE(count(text, "↑") == 1);
    REQUIRE(text.find("\033") == std::string::npos);
    REQUIRE(to_terminal(example(), 60, true).find("\033[") != std::string::npos);
    std::size_t low = text.rfind("●", text.rfind("└")), high = text.find("●");
    REQUIRE(text.substr(0, high).rfind('\n') - high
            != text.substr(0, low).rfind('\n') - low);  // the curve rises from left to right
}

TEST_CASE("a heat map has a cell for each number that there is", "[chart]") {
    HeatMap map{"Sensitivity", "layer", "level", {"2", "1"}, {"1", "2"}, {{0.1, 0.9}, {NAN, 1}}};
    std::string svg = to_svg("t", std::vector<HeatMap>{map});
    REQUIRE(count(svg, "<rect") == 1 + 3 + 11);  // the paper, the cells, the scale of colours
    REQUIRE(count(svg, ">0.90<") == 1);
    REQUIRE(count(svg, "fill=\"#083d77\"") == 2);  // the darkest for the highest, and on the scale
    std::string text = to_terminal(map, 80, false);
    REQUIRE(count(text, "██ 1.00") + count(text, "██ 0.90")
            == 1 + (text.find("██ 0.90") != std::string::npos));
    REQUIRE(count(text, "0.10") == 1);
}

static Measured run(const char* rule, int levels, double p, double accuracy) {
    Measured m;
    m.task = {.vocab = 4, .classes = 2, .synonyms = 3, .tuple = 2, .levels = levels};
    m.rule = rule, m.train_size = p, m.test_accuracy = accuracy;
    m.evaluations = {{100, 0.5, accuracy / 2, accuracy / 2}, {200, 0.4, accuracy, accuracy}};
    return m;
}

TEST_CASE("a label beside more others than there are colours has a style all the same", "[chart]") {
    std::vector<Curve> curves;
    auto add = [&](int levels, const std::string& labels) {
        for (char label : labels) {
            Curve& curve = curves.emplace_back();
            curve.label = curve.rule = label;
            curve.task = {4, 4, 3, 2, levels};
        }
    };
    add(2, "xabcde");
    add(3, "xfghij");
    for (int levels : {4, 5}) add(levels, "abcde");
    for (int levels : {6, 7}) add(levels, "fghij");
    const Styles styles(curves);
    REQUIRE(styles.of("x") > styles.of("j"));  // the last: it has the fewest curves
    REQUIRE(!same_colour(styles.of("a"), styles.of("e")));
}

TEST_CASE("figures hold what the summary says", "[chart]") {
    std::vector<Measured> runs;
    for (int levels : {2, 3})
        for (auto [rule, factor] : {std::pair{"bp", 1.0}, {"dfa", 2.0}}) {
            runs.push_back(run(rule, levels, 50 * levels * factor, 0.9));
            runs.push_back(run(rule, levels, 200 * levels * factor, 1));
        }
    std::size_t repeated = 0;
    auto curves = curves_of(runs, repeated);
    auto rows = summary_of(curves);
    Figure accuracy = figure_of("accuracy", curves, rows), scaling = figure_of("scaling", curves, rows),
           ratio = figure_of("ratio", curves, rows);
    REQUIRE(accuracy.charts.size() == 2);
    REQUIRE((accuracy.charts[0].series.size() == 2 && accuracy.charts[0].series[1].label == "dfa"
             && accuracy.charts[0].series[1].x == std::vector<double>{200, 800}));
    REQUIRE(scaling.charts.size() == 1);
    REQUIRE(scaling.charts[0].series[0].x == std::vector<double>{18, 54});  // 2 * 3^2, 2 * 3^3
    REQUIRE(std::abs(scaling.charts[0].series[0].y[1] - 300) < 1e-9);       // the middle of 150 and 600
    REQUIRE(ratio.charts[0].series.size() == 1);
    REQUIRE(ratio.charts[0].series[0].x == std::vector<double>{2, 3});
    for (double y : ratio.charts[0].series[0].y) REQUIRE(std::abs(y - 2) < 1e-9);
    REQUIRE(figure_of("learning", curves, rows).charts[0].series[0].y == std::vector<double>{0.5, 1});
    REQUIRE(figure_of("heat", curves, rows).maps[0].values[0][0] == 0.9);
    REQUIRE(figure_of("measures", curves, rows).empty());
    Measurement m{"sensitivity", 200, {{"value", Table(2, 2)}}};
    m.tables[0].second(0, 1) = 0.5, m.tables[0].second(1, 0) = 0.25;
    runs[1].measurements = {m};
    Figure measures = figure_of("measures", curves_of(runs, repeated), rows);
    REQUIRE((measures.maps.size() == 1 && measures.note == "Mean of 1 seed."));
    REQUIRE(measures.maps[0].values
            == std::vector<std::vector<double>>{{0.25, 0}, {0, 0.5}});  // the top layer first
}

TEST_CASE("layers by step: a panel a level, a curve a layer; a run that has stopped keeps its last", "[chart]") {
    std::vector<Measured> runs;
    for (std::uint64_t seed : {0u, 1u}) {
        runs.push_back(run("bp", 2, 64, 0.5));
        runs.back().seed = seed;
        for (std::int64_t step : {10, 20, 40}) {
            if (seed == 1 && step == 40) continue;  // it has stopped
            Measurement m{"probes", step, {{"accuracy", Table(3, 2)}, {"chance", Table(2, 1)}}};
            m.tables[0].second(2, 1) = float(step + 8 * std::int64_t(seed)) / 64;
            m.tables[1].second(1, 0) = 0.25;
            runs.back().measurements.push_back(m);
        }
    }
    std::size_t repeated = 0;
    const Figure layers = figure_of("layers", curves_of(runs, repeated), {});
    REQUIRE((layers.charts.size() == 2 && layers.charts[1].title == "bp, P=64: level 2"));
    REQUIRE((layers.charts[1].series.size() == 3 && layers.charts[1].guides[0].y[0] == 0.25));
    const Series& top = layers.charts[1].series[2];
    REQUIRE((top.label == "layer 3" && top.x == std::vector<double>{10, 20, 40}));
    REQUIRE(top.y == std::vector<double>{14. / 64, 24. / 64, 34. / 64});
    REQUIRE((top.low[2] == 28. / 64 && top.high[2] == 40. / 64));
    for (Measured& r : runs) r.measurements.resize(1);  // one step is no curve
    REQUIRE(figure_of("layers", curves_of(runs, repeated), {}).empty());
}

TEST_CASE(
    "many rules: panels of at most six curves with bp in each; one size shows no P*; what says nothing is "
    "not drawn",
    "[chart]") {
    std::vector<Measured> runs;
    for (int levels : {2, 3})
        for (const Rule* rule : rules()) {
            if (levels == 2 && rule->name != "bp" && rule->name != "dfa") continue;
            const std::string name(rule->name);
            double factor = name == "dfa" ? 2 : 1;
            runs.push_back(run(name.c_str(), levels, 50 * levels * factor, 0.9));
            runs.push_back(run(name.c_str(), levels, 200 * levels * factor, 1));
        }
    for (int levels : {2, 3}) {
        runs.push_back(run("bp", levels, 100, 0.5));  // as the masking table has it
        runs.back().options["downstream-mask"] = "mean";
    }
    std::size_t repeated = 0;
    auto curves = curves_of(runs, repeated);
    auto rows = summary_of(curves);
    Figure accuracy = figure_of("accuracy", curves, rows);
    std::size_t series = 0;
    for (const Chart& chart : accuracy.charts) {
        REQUIRE(chart.series.size() <= 6);
        REQUIRE(chart.series[0].label == "bp");
        std::set<std::string> colours;
        const std::string svg = to_svg("t", {chart});
        for (std::size_t at = svg.find("stroke-width=\"1.8\""); at != std::string::npos;
             at = svg.find("stroke-width=\"1.8\"", at + 1))
            colours.insert(svg.substr(svg.rfind("stroke=\"", at), 15));
        REQUIRE(colours.size() == chart.series.size());  // told apart by colour
        series += chart.series.size() - 1;
    }
    REQUIRE(series == rules().size() - 1 + 1);  // each rule once at L = 3, dfa at L = 2
    Figure ratio = figure_of("ratio", curves, rows);
    REQUIRE((ratio.charts.size() == 1 && ratio.charts[0].series.size() == 1
             && ratio.charts[0].series[0].label == "dfa"));
    for (SummaryRow& r : rows)
        if (r.kind == SummaryRow::Kind::ratio && r.label == "dfa" && r.task.levels == 2)
            r.estimate.low = 0, r.estimate.high = INFINITY;
    ratio = figure_of("ratio", curves, rows);
    for (const Chart& chart : ratio.charts)
        for (const Series& s : chart.series) REQUIRE((s.label != "dfa" || s.x == std::vector<double>{3}));
}

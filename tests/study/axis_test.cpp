// Accuracy along another axis than P.
#include "study/summary_help.hpp"

#include "show/figures.hpp"
#include "show/summary_text.hpp"

static Measured with(Measured run, const char* option, const char* value) {
    run.options[option] = value;
    return run;
}

static Axis axis_along(const char* option, const std::vector<Measured>& runs) {
    return axis_of(*find_option(option), runs);
}

TEST_CASE("an axis puts numbers at their value and words in the option's order", "[axis]") {
    const Measured plain = run("bp", 3, 100, 0, 0.5);
    std::vector<Measured> runs;
    for (const char* arch : {"fcn", "cnn", "lcn"}) runs.push_back(with(plain, "arch", arch));
    const Axis arch = axis_along("arch", runs), width = axis_along("width", runs);
    REQUIRE(arch.words == std::vector<std::string>{"cnn", "lcn", "fcn"});
    REQUIRE((arch.place(runs[0]) == 2 && arch.text(1) == "lcn"));
    REQUIRE(!width.place(plain));
    REQUIRE((width.place(with(plain, "width", "16")) == 16 && width.text(16) == "16"));
    REQUIRE(axis_along("load", runs).text(0) == "none");
    REQUIRE(axis_along("train-size", runs).place(plain) == 100);
}

TEST_CASE("accuracies along an axis: means over seeds, a curve for each P and each other option", "[axis]") {
    std::vector<Measured> runs;
    for (const char* width : {"160", "20", "1280"})
        for (double p : {1280, 160})
            for (std::uint64_t seed : {0u, 1u})
                runs.push_back(with(run("bp", 3, p, seed, seed ? 0.5 : 0.75), "width", width));
    std::size_t repeated = 0;
    const Axis width = axis_along("width", runs);
    const auto curves = curves_of(runs, repeated, &width);
    const auto rows = accuracies_of(curves);
    REQUIRE((repeated == 0 && curves.size() == 2 && rows.size() == 6));
    REQUIRE((curves[0].label == "bp P=160" && curves[1].label == "bp P=1280"));  // numbers, not letters
    REQUIRE((rows[0].place == 20 && rows[1].place == 160 && rows[2].place == 1280 && rows[2].p == 160));
    REQUIRE((rows[0].count == 2 && near(rows[0].estimate.value, 0.625) && near(rows[0].estimate.low, 0.5)
             && near(rows[0].estimate.high, 0.75)));
    const Figure figure = axis_figure(curves, rows, width);
    REQUIRE((figure.charts.size() == 1 && figure.charts[0].x.log));
    REQUIRE(figure.charts[0].series[1].x == std::vector<double>{20, 160, 1280});

    const auto other = curves_of(runs, repeated);  // today's labels are in the order of their numbers too
    REQUIRE((other[0].label == "bp width=20" && other[1].label == "bp width=160"));
}

TEST_CASE("an axis of the task: tasks that differ in it are one, P may grow with the law", "[axis]") {
    std::vector<Measured> runs;
    for (int levels : {2, 3, 4}) runs.push_back(run("bp", levels, 4 * std::pow(3, levels), 0, 0.5));
    std::size_t repeated = 0;
    const Axis levels = axis_along("levels", runs);
    const auto curves = curves_of(runs, repeated, &levels);
    REQUIRE((curves.size() == 1 && curves[0].label == "bp" && curves[0].points.size() == 3));
    const std::string text = axis_text(accuracies_of(curves), levels);
    REQUIRE(text.starts_with("v=4 n_c=2 m=3 s=2 P=36 .. 324   solved from 0.950\n"));
    const Figure figure = axis_figure(curves, accuracies_of(curves), levels);
    REQUIRE((!figure.charts[0].x.log && figure.charts[0].series[0].x == std::vector<double>{2, 3, 4}));

    for (Measured& r : runs) r.train_size = 100;  // the same for all: no multiple of the law
    runs.push_back(run("bp", 3, 200, 0, 0.5));
    const Axis same = axis_along("levels", runs);
    const auto sizes = curves_of(runs, repeated, &same);
    REQUIRE((sizes.size() == 2 && sizes[0].label == "bp P=100" && sizes[0].points.size() == 3));
}

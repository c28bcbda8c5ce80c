// rhm plot: one figure of the runs of some files.
#include "cli/commands.hpp"
#include "cli/results.hpp"
#include "show/figures.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"

namespace rhm {

Exit plot_command(Arguments& arguments) {
    const Request& config = arguments.config;
    if (!config.axis.empty() && config.figure != "accuracy")
        fail(Exit::usage, "--x draws test accuracy, so it goes without --kind ", config.figure);
    std::optional<Axis> axis;
    const Curves curves = load_curves(arguments.words, config, axis);
    const Figure figure = axis ? axis_figure(curves, accuracies_of(curves), *axis)
                               : figure_of(config.figure, curves, summary_of(curves));
    if (figure.empty()) {
        const char* cure =
            config.figure == "measures" ? "record runs with --measure sensitivity,probes"
            : config.figure == "layers" ? "record runs with --measure sensitivity,probes --measure-every 100"
            : config.figure == "learning" ? "lower --eval-every"
            : config.figure == "ratio"
                ? "it needs bp and another rule, and P large enough that one of them solves the task"
                : "it needs runs on tasks of several L or m";
        fail(Exit::input, "these runs show nothing of the kind '", config.figure, "'; ", cure);
    }
    const bool here = config.output.empty() && stdout_is_terminal();
    if (!config.terminal && !here) {
        write_file(config.output, to_svg(figure));
        return Exit::ok;
    }
    write_file(config.output, screen_text(to_terminal(figure, std::min<std::size_t>(screen_width(), 120),
                                                      here && screen_colour())));
    return Exit::ok;
}

}  // namespace rhm

// rhm grammar, show, info, generate: the task, its data, and what theory says of them.
#include <cmath>

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "data/dataset.hpp"
#include "data/language.hpp"
#include "data/theory.hpp"
#include "show/data_text.hpp"
#include "io/file.hpp"
#include "io/generate.hpp"
#include "io/screen.hpp"
#include "study/sweep.hpp"

namespace rhm {
namespace {

/// Resolves the task only: these commands train nothing, so -P need not fit.
void resolve_without_training(Config& config) {
    std::int64_t train = config.train_size, test = config.test_size;
    config.train_size = 1;
    config.test_size = 0;
    resolve(config);
    config.train_size = train;
    config.test_size = test;
}

}  // namespace

Exit grammar_command(Arguments& arguments) {
    Request& config = arguments.config;
    resolve_without_training(config);
    Grammar grammar = grammar_of(config);
    write_file(config.output,
               config.format == "json" ? to_json(grammar) : screen_text(to_text(grammar, text_width())));
    return Exit::ok;
}

Exit show_command(Arguments& arguments) {
    Request& config = arguments.config;
    resolve_without_training(config);
    Grammar grammar = grammar_of(config);
    Tree tree;
    if (arguments.words.empty()) {
        Dataset first = draw(grammar, {1, 0}, Split::train, config.seed);
        parse(grammar, first.leaves, tree);
    } else {
        tree = find_datum(grammar, arguments.words[0]);
    }
    if (config.format == "json") {
        JsonLine line;
        line.add("kind", "datum");
        for (int level = config.task.levels; level >= 0; --level)
            line.array(concat("level", level), tree.symbols[std::size_t(level)]);
        print(line.text() + "\n");
        return Exit::ok;
    }
    print_text(show(grammar, tree, {screen_width(), screen_colour(), config.seed}));
    return Exit::ok;
}

Exit info_command(Arguments& arguments) {
    Request& config = arguments.config;
    resolve_without_training(config);
    const std::size_t parameters = parameter_count(shape_of(config));
    const double bytes = memory_of(config);
    const bool sized = is_given(config, "train-size") || config.times_law;
    const double signal = low_tuple_signal(grammar_of(config));
    const Theory known = theory(config.task, sized ? double(config.train_size) : 0);
    if (config.format == "json") {
        std::string text = to_json(known);
        text.pop_back();  // its brace
        print(concat(text, ",\"grammar_signal\":", json_number(signal), ",\"parameters\":", parameters,
                     ",\"training_bytes\":", number(bytes), "}\n"));
        return Exit::ok;
    }
    print_text(to_text(known, text_width()));
    if (config.no_correlation)
        print_text(concat("\n", sentence("These are the numbers of random rules; with --control no low tuple "
                                         "tells the class, and deep networks stay near chance.")));
    else if (!std::isnan(signal))
        print_text(concat(
            "\n", sentence(concat("this grammar's low tuples: signal ", fixed(signal, 4), ", by its rules",
                                  config.grammar.empty() ? concat(" (seed ", config.seed, ")") : ""))));
    print_text(
        concat("\n", sentence(concat("network: ", name_of(config.arch, kArchNames), " of ", *config.depth,
                                     " hidden layers, width ", config.width, ": ", parameters,
                                     " weights, about ", bytes_text(bytes), " in training (batch ",
                                     config.batch, ", P=", config.train_size, ")"))));
    return Exit::ok;
}

Exit generate_command(Arguments& arguments) {
    Request& config = arguments.config;
    GenerateOptions options;
    options.split = config.split;
    if (config.split == Split::validation && config.validation_size == 0)
        fail(Exit::usage, "there are no validation data; say with --validation-size how many");
    // Training data are counted from the front, so that there may be as many as the language has.
    if (options.split == Split::train && !is_given(config, "test-size")) config.test_size = 0;
    resolve(config);
    if (config.data_format == DataFormat::npy && config.output.empty() && stdout_is_terminal())
        fail(Exit::usage, "npy is binary; give -o FILE or send standard output to a file");
    options.sizes = sizes_of(config);
    options.seed = config.seed;
    options.format = config.data_format;
    options.latents = config.latents;
    options.inputs = config.inputs;
    Grammar grammar = grammar_of(config);
    OutputFile file(config.output.empty() ? "-" : config.output);
    generate(grammar, options, [&](std::string_view text) { file.write(text); });
    file.commit();
    return Exit::ok;
}

}  // namespace rhm

#include "cli/commands.hpp"

#include "base/pool.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "io/file.hpp"
#include "study/sweep.hpp"
#include "io/screen.hpp"
#include "matrix/arithmetic.hpp"
#include "matrix/kernels.hpp"

namespace rhm {

static constexpr Command kCommands[] = {
    {"reproduce", "", "the main experiment: which rules learn the hierarchy, and do the paper's claims hold?",
     "Trains networks with every rule of the comparison on one task, several seeds each, and prints a table "
     "and a verdict on each claim of arXiv 2605.18557. All rules get the same data, the same cap on steps "
     "(half as many for rules that learn from pairs and see two strings for one) and the same stopping "
     "rule. Writes runs.jsonl and table.csv to the directory -o (results/reproduce; results/full or "
     "results/smoke with these options). Finished runs survive an interruption: the same command goes on "
     "where it was.",
     kReproduce, reproduce_command},
    {"train", "", "one training run",
     "Trains one network with one rule on one task and prints how it goes. With --format json the record is "
     "JSON Lines: the resolved configuration, evaluations, the result. In the evaluations, train is the "
     "accuracy on the first training data, as many as there are test data at most; in the result it is that "
     "on all. With --readout-labels the loss is the rule's own until the readout learns.",
     kTrain, train_command},
    {"masking", "", "are wrong weights or missing masks the reason why feedback rules fail?",
     "Trains with true and with random feedback weights, with and without the ReLU masks of the layers "
     "above, on tasks of growing difficulty, several seeds each, and says how much of the lost accuracy each "
     "of the two explains (95 % intervals over the seeds). Beside them: masks replaced by means or by "
     "another datum's, weights known by their signs only, masks restored to direct feedback, and the "
     "controls. With any of -v -c -m -s -L -P or --grammar: that one task. Writes runs.jsonl and table.csv "
     "to the directory -o (results/masking, or results/masking-smoke); the same command goes on where it was "
     "interrupted.",
     kTrain | kMasking, masking_command},
    {"plasticity", "", "do the rules still learn without the aids that cortex has not?",
     "Takes Adam, weights shared by positions, batches and the head of the self-supervised rules away, one "
     "at a time and all together, on v=n_c=4, m=3, L = 3 and 4 at 8 times the law, and says what is left: "
     "test accuracy, and how many strings were seen until the task was solved. Judges the paper's claim that "
     "such rules are compatible with known plasticity by the form without any aid: by what its update "
     "depends on ('rhm rules --audit') and by whether it learns. Writes runs.jsonl and table.csv to the "
     "directory -o (results/plasticity, or results/plasticity-smoke); the same command goes on where it was "
     "interrupted.",
     kPlasticity, plasticity_command},
    {"sweep", "", "many training runs: a grid over any options, resumable, in parallel, in shards",
     "Trains once for each combination of values and appends every finished run to the JSON Lines file -o "
     "(results/sweep.jsonl). All options of 'rhm train' take lists and ranges with both ends: --rule bp,dfa "
     "-P 512:32768:x2 --seed 0:4 -L 2:5; in a file's name a comma is written \\,. The first option given "
     "varies slowest. After Ctrl-C, a kill or a full disk the same command goes on where it was. "
     "Combinations that no run exists for are left out and reported.",
     kSweep, sweep_command},
    {"summary", "FILE...",
     "accuracy against P, sample complexity P*, data ratios and scaling laws of recorded runs",
     "Reads files of 'rhm sweep' and 'rhm train --format json'. P* is the smallest P with test error below "
     "10 % of the chance error, interpolated in log P for each seed; told is the median over seeds, and '> "
     "P' says that it was not reached. Intervals are 95 % bootstrap intervals over seeds, too narrow with "
     "fewer than five; one from 0 or to infinity reaches beyond the P that were tried. P*/P*(bp) is the "
     "median of the ratios on the same grammar, so it need not be the quotient of the two P*.",
     kSummary, summary_command},
    {"plot", "FILE...", "figures of recorded runs, as SVG or in the terminal",
     "Draws what 'rhm summary' computes: --kind accuracy, learning, scaling, ratio, heat, measures or "
     "layers. Draws in the terminal, and writes SVG to -o or into a pipe (--terminal: characters there too). "
     "Equal runs give equal bytes.",
     kPlot, plot_command},
    {"report", "DIRECTORY", "one self-contained HTML page of the runs in a directory",
     "Writes claims, figures, tables and the commands to repeat them to DIRECTORY/report.html (or -o), from "
     "all *.jsonl files in the directory. The page needs neither network nor script.",
     kReport, report_command},
    {"tune", "", "searches a rule's learning rate and constants with a fixed budget",
     "Trains with --trials settings of one rule on the same data, several seeds each, and prints them, best "
     "first, and the best as a command line. What is searched ('rhm rules NAME') has the same ranges for all "
     "rules, besides a rule's own constants; options that are given here stay as they are. With --times-law "
     "each setting is tried on two depths, L and L - 1 (--fewer-levels: more, or one; a grammar's file has "
     "one), and with "
     "--also-times-law at a second size of the training data. The judge is the accuracy on validation data, "
     "which are apart from training and test data (--validation-size, as many as test data when not given); "
     "+- is half a 95 % interval over its runs (Student's t). Writes runs.jsonl and trials.csv to the "
     "directory -o (results/tune); the same command goes on where it was interrupted.",
     kTrain | kTune, tune_command},
    {"rules", "[NAME]", "the learning rules; with NAME its equation and what a synapse needs",
     "Lists the learning rules: what each is told and what it does. With NAME: its equation, the signals a "
     "synapse needs, its defaults, what 'rhm tune' searches, its source.",
     kRules, rules_command},
    {"inspect", "[RUN.jsonl]", "what each layer has learnt: heat tables of a record or a saved network",
     "Prints the measurements in a record that 'rhm train --measure ... --format json' wrote, or measures a "
     "network that 'rhm train --save' wrote, on the test data of its run: synonym sensitivity of layer k to "
     "level l, symbols of level l decoded from layer k, health of the codes, and (records only) alignment of "
     "the rule's updates with backpropagation's. Layers are counted from the input, levels from the leaves.",
     kInspect, inspect_command},
    {"show", "[DATUM]", "draw a datum's derivation tree and its synonyms",
     "Draws the derivation tree of a datum, what its leaves become when all tuples of one level are swapped "
     "for synonyms, and the rules that were used. DATUM is an index below P_max (see 'rhm info') or the "
     "leaves in quotes; without it, the first training datum.",
     kShow, show_command},
    {"grammar", "", "print the rules of a grammar; --grammar reads them back everywhere",
     "Prints the production rules, as a table or (--format json) in the form that --grammar FILE reads back "
     "in every command.",
     kGrammar, grammar_command},
    {"info", "", "what theory says of a task: sizes, thresholds, whether labels are needed",
     "Prints the size of the language, the law for the number of data a deep network needs, thresholds of "
     "self-supervised learning, and the default network's parameters and memory, with citations. Without -P "
     "the noise is that at P = P*.",
     kInfo, info_command},
    {"generate", "", "write data for other programs: npy, csv, jsonl or text",
     "Writes training or test data, on request with all latent symbols and with one-hot or whitened inputs. "
     "The same options give the data that 'rhm train' uses.",
     kGenerate, generate_command},
    {"bench", "[gemm|step|data|all]", "how fast the hot loops run here",
     "Measures the matrix products of training next to this core's own multiply-add peak, a training step of "
     "every rule, and the generation of data. Medians of interleaved repeats, in processor time.",
     kBench, bench_command},
    {"check", "", "whether this program computes here what it should: a self-test in seconds",
     "Checks random numbers, grammar and data against known answers, every kernel of this machine against "
     "the plain ones, the rules' updates against differences of their losses or against each other, and "
     "short training runs. Prints a line a check; ends with 1 when one fails.",
     kCheck, check_command},
};

std::span<const Command> commands() { return kCommands; }

void refuse_inputs(const Arguments& arguments, const std::vector<std::string>& outputs,
                   const std::vector<std::string>& inputs) {
    const Request& config = arguments.config;
    std::vector<NamedFile> read = {{"--grammar", config.grammar},
                                   {"--load", config.load},
                                   {"--like", config.like},
                                   {"--resume", config.resume}},
                           written;
    for (const auto& [option, text] : arguments.grid)
        if (option->name == "grammar" || option->name == "load")
            for (const std::string& name : expand(*option, text))
                read.push_back({option->name == "load" ? "--load" : "--grammar", name});
    for (const std::string& input : inputs) read.push_back({"", input});
    for (const std::string& output : outputs) written.push_back({"-o", output});
    written.push_back({"--save", config.save});
    if (config.checkpoint != config.resume) written.push_back({"--checkpoint", config.checkpoint});
    if (config.output.empty()) written.push_back({"standard output", "-"});
    keep_apart(read, written);
}

/// How the program was made, and what it uses here.
static std::string making_text() {
    const std::string_view commit = kMade.commit;
    const std::vector<std::string_view> kernels = kernel_names(true);
    const std::pair<std::string_view, std::string> rows[] = {
        {"flags", kMade.flags},
        {"sources", concat(kMade.sources, " (cksum)", commit.empty() ? "" : ", commit ", commit)},
        {"results", concat("version ", kResults, ", arithmetic ", arithmetic())},
        {"kernels", concat(join(kernels, ", ", ", "), "; chosen here: ", selected_kernels())},
        {"threads", std::to_string(thread_count(0))}};
    std::string out;
    for (const auto& [name, text] : rows) out += concat(pad(name, 9), hang(text, text_width(), 9), "\n");
    return out;
}

Exit run_program(std::span<const std::string_view> words) {
    if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        if (words.size() > 1 && words[0] == "help") {
            const std::string text = manual(words[1]);
            if (text.empty()) return run_program(std::vector<std::string_view>{words[1], "--help"});
            print(text);
            return Exit::ok;
        }
        print_text(help_text());
        return words.empty() ? Exit::usage : Exit::ok;
    }
    if (words[0] == "--version") {
        print(concat("rhm ", kVersion, " (", kBuild, ")\n"));
        if (words.size() > 1 && words[1] == "--verbose") print_text(making_text());
        return Exit::ok;
    }
    std::vector<std::string_view> names;
    for (const Command& command : kCommands) {
        names.push_back(command.name);
        if (command.name != words[0]) continue;
        Arguments arguments = parse(command, words.subspan(1));
        if (arguments.config.help) {
            print_text(help_text(command));
            return Exit::ok;
        }
        const bool reads_words = command.bit & (kSummary | kPlot | kInspect);
        refuse_inputs(arguments, {arguments.config.output},
                      reads_words ? arguments.words : std::vector<std::string>{});
        select_kernels(arguments.config.kernel);
        return command.run(arguments);
    }
    auto guess = nearest(words[0], names);
    if (!guess.empty())
        fail(Exit::usage, "there is no command '", words[0], "'; did you mean '", guess, "'?");
    fail(Exit::usage, "there is no command '", words[0], "'; 'rhm --help' lists them");
}

}  // namespace rhm

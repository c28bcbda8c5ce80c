// The commands of the program, one row each; the row gives the dispatch and the help.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "train/options.hpp"

namespace rhm {

/// The words of a command line after the command.
struct Arguments {
    Request config;                  ///< options, not yet resolved
    std::vector<std::string> words;  ///< what is no option
    /// Of a sweep: the recorded options as they were written, not set in `config`.
    std::vector<std::pair<const Option*, std::string>> grid;
};

struct Command {
    std::string_view name;
    std::string_view words;  ///< placeholder of what follows besides options; "FILE...": any number of them
    std::string_view summary;
    std::string_view detail;  ///< the paragraph of its --help
    unsigned bit;             ///< selects its options
    Exit (*run)(Arguments&);
};

std::span<const Command> commands();
/// The options that a command takes.
std::vector<const Option*> options_of(const Command& command);

/// Throws Error(usage) when one of the files to be written is one that the command reads, by whatever name:
/// --grammar, --load, or `inputs`. Done before anything is written.
void refuse_inputs(const Arguments& arguments, const std::vector<std::string>& outputs,
                   const std::vector<std::string>& inputs = {});

Exit train_command(Arguments&);
Exit reproduce_command(Arguments&);
Exit tune_command(Arguments&);
Exit masking_command(Arguments&);
Exit plasticity_command(Arguments&);
Exit rules_command(Arguments&);
Exit grammar_command(Arguments&);
Exit show_command(Arguments&);
Exit info_command(Arguments&);
Exit generate_command(Arguments&);
Exit bench_command(Arguments&);
Exit sweep_command(Arguments&);
Exit summary_command(Arguments&);
Exit plot_command(Arguments&);
Exit report_command(Arguments&);
Exit inspect_command(Arguments&);
Exit check_command(Arguments&);

/// The whole program: finds the command, parses, runs; prints help. Throws Error.
Exit run_program(std::span<const std::string_view> words);

/// Parses what follows a command. Options: --name value, --name=value, -x value, -xvalue; `--` ends them.
/// Throws Error(usage).
Arguments parse(const Command& command, std::span<const std::string_view> words);
std::string help_text();
/// `kind`: "man", a manual page in roff, or "bash", "zsh", "fish", what the shell completes; else empty.
std::string manual(std::string_view kind);
std::string help_text(const Command& command);

}  // namespace rhm

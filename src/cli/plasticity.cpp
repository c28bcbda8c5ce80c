// rhm plasticity: what is left of each rule without the aids that cortex has not.
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/plan.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "show/experiment_text.hpp"
#include "study/plasticity.hpp"

namespace rhm {
Exit plasticity_command(Arguments& arguments) {
    Request& base = arguments.config;
    check_rules(base);
    const Files files = files_of(base, "plasticity");
    std::vector<PlasticityTask> tasks = plasticity_plan(base);
    refuse_inputs(arguments, {files.runs, files.table});
    run_plan(lines_of(tasks), files.runs, base);
    write_file(files.table, plasticity_listing(tasks).csv());
    const Verdict verdict = judge_plasticity(tasks);
    if (base.format == "json") {
        print(plasticity_listing(tasks).json() + claims_json({verdict}));
    } else {
        print_text(plasticity_text(tasks, text_width()));
        print_text(concat(
            verdicts_text({verdict}, text_width(), 4), "\n",
            sentence(concat(
                "Accuracies are means over ", count_text(std::size_t(base.seeds), "seed"),
                ", +- is half a 95 % interval (Student's t); strings are medians with their range. Runs: ",
                files.runs, ", table: ", files.table))));
    }
    return verdict.holds.value_or(false) ? Exit::ok : Exit::unmet;
}

}  // namespace rhm

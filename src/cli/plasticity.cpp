// rhm plasticity: what is left of each rule without the aids that cortex has not.
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/plan.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "show/plasticity_text.hpp"
#include "show/verdicts.hpp"
#include "study/plasticity.hpp"

namespace rhm {
Exit plasticity_command(Arguments& arguments) {
    Request& base = arguments.config;
    select_kernels(base.kernel);
    if (!base.only.empty())
        for (std::string_view name : split(base.only, ',')) find_rule(name);
    if (base.output.empty()) base.output = base.smoke ? "results/plasticity-smoke" : "results/plasticity";
    std::vector<PlasticityTask> tasks = plasticity_plan(base);
    const std::string runs = base.output + "/runs.jsonl", table = base.output + "/table.csv";
    refuse_inputs(arguments, {runs, table});
    run_plan(lines_of(tasks), runs, base);
    write_file(table, plasticity_listing(tasks).csv());
    const Verdict verdict = judge_plasticity(tasks);
    if (base.format == "json") {
        print(plasticity_listing(tasks).json());
        print(claims_listing({verdict}).json());
    } else {
        print_text(plasticity_text(tasks, text_width()));
        print_text(concat(
            verdicts_text({verdict}, text_width(), 4), "\n",
            sentence(concat("Accuracies are means over ", count_text(std::size_t(base.seeds), "seed"),
                            ", +- is half a 95 % interval (Student's t); strings are medians with their "
                            "range. Runs: ",
                            runs, ", table: ", table))));
    }
    return verdict.holds.value_or(false) ? Exit::ok : Exit::unmet;
}

}  // namespace rhm

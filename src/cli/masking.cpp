// rhm masking: weights and masks of the feedback, true or not, and what each costs.

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/plan.hpp"
#include "io/file.hpp"
#include "io/screen.hpp"
#include "show/experiment_text.hpp"
#include "study/masking.hpp"

namespace rhm {
namespace {

void print_json(const MaskingTask& task) {
    print(masking_listing({&task, 1}).json());
    Attribution a = attribute(task);
    JsonLine line;
    line.add("kind", "attribution").add("task", name_of(task));
    const std::pair<std::string, Estimate> parts[] = {{"lost", a.lost},         {"by_weights", a.by_weights},
                                                      {"by_masks", a.by_masks}, {"removed", a.removed},
                                                      {"restored", a.restored}, {"gated", a.gated}};
    for (const auto& [name, e] : parts) line.add(name, e.mean).add(concat(name, "_half_width"), e.half_width);
    print(line.text() + "\n");
}

}  // namespace

Exit masking_command(Arguments& arguments) {
    Request& base = arguments.config;
    const Files files = files_of(base, "masking");
    std::vector<MaskingTask> tasks = masking_plan(base);
    refuse_inputs(arguments, {files.runs, files.table});
    run_plan(lines_of(tasks), files.runs, base);
    write_file(files.table, masking_listing(tasks).csv());

    for (const MaskingTask& task : tasks) {
        if (base.format == "json")
            print_json(task);
        else
            print_text(masking_text(task, text_width()) + "\n");
    }
    if (base.format == "text")
        print_text(
            sentence(concat("Accuracies are means over ", base.seeds,
                            base.seeds == 1 ? " seed" : " seeds, +- is half a 95 % interval (Student's t)",
                            ". Runs: ", files.runs, ", table: ", files.table)));
    for (const MaskingTask& task : tasks)
        if (judged(attribute(task))) return Exit::ok;
    notice(
        "nothing could be judged: on no task does bp do better than random weights without masks; raise "
        "--steps or -P");
    return Exit::unmet;
}

}  // namespace rhm

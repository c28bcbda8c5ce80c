// One HTML file that holds claims, figures, tables and the commands to repeat them: no script, nothing to
// load.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "study/masking.hpp"
#include "study/plasticity.hpp"
#include "show/summary_text.hpp"
#include "study/verdict.hpp"

namespace rhm {

/// `files`: those of the runs, as the shell reads them. `strict`: of the plasticity experiment, if any.
std::string report_html(const std::string& files, const Curves& curves, const SummaryRows& rows,
                        const std::vector<Verdict>& verdicts, std::span<const PlasticityTask> strict = {});

/// The 'rhm sweep' line that runs a curve again: its task, rule, sizes and seeds, and what is not the
/// default.
std::string command_of(const Curve& curve);
/// The 'rhm masking' line that makes a table of masking_of(curves) again.
std::string masking_command_of(const MaskingTask& task, const Curves& curves);

}  // namespace rhm

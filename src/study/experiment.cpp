#include "study/experiment.hpp"

#include "base/interrupt.hpp"
#include "base/text.hpp"

namespace rhm {

std::size_t Line::diverged() const {
    std::size_t count = 0;
    for (const Result& r : results) count += r.status == Status::diverged;
    return count;
}

std::vector<double> Line::accuracies() const {
    std::vector<double> out;
    for (const Result& r : results) out.push_back(r.test_accuracy);
    return out;
}

std::vector<Config> on_seeds(const Config& config, int seeds) {
    std::vector<Config> out;
    for (int i = 0; i < seeds; ++i) {
        stop_if_interrupted();
        Config& run = out.emplace_back(config);
        run.seed += std::uint64_t(i);
        resolve(run);
    }
    return out;
}

bool is_chosen(const Request& asked, std::string_view rule) {
    return asked.only.empty() || rule == "bp" || contains(split(asked.only, ','), rule);
}

}  // namespace rhm

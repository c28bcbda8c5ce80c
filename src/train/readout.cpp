// The readout on frozen codes, from as few labels as one likes.
#include <algorithm>
#include <cmath>

#include "base/interrupt.hpp"
#include "net/loss.hpp"
#include "train/trainer.hpp"

namespace rhm {

Evaluation train_readout(Trainer& trainer, Status& status) {
    const Config& config = trainer.config;
    Network& net = trainer.net;
    const std::size_t labelled = std::size_t(config.readout_labels),
                      n = std::min(labelled, std::size_t(config.batch)), top = net.depth();
    const std::size_t d = trainer.train_data.length;
    const bool train_top =
        config.constants.pairing == Pairing::siblings && net.shape.hidden.back().positions == 1;
    Batches batches(labelled, config.seed);
    std::vector<std::uint32_t> indices(n);
    std::vector<std::uint8_t> input(n * d), labels(n);
    Record record;
    Matrix error(n, net.shape.classes), delta(n, net.shape.readout_inputs());
    Descent descend(Optimizer::adam, kReadoutRate, config.weight_decay, config.epsilon, net.parameters);
    Evaluation result{.step = trainer.steps, .loss = kNoLoss};
    std::int64_t step = 0;
    while (status == Status::ok && step < config.readout_steps && !(result.loss < config.stop_loss)) {
        double loss = 0;
        std::int64_t end = std::min(step + 50, config.readout_steps);
        for (std::int64_t first = step; step < end; ++step) {
            batches.next(indices);
            for (std::size_t i = 0; i < n; ++i) {
                std::copy_n(trainer.train_data.row(indices[i]), d, input.data() + i * d);
                labels[i] = trainer.train_data.labels[indices[i]];
            }
            forward(net, input, n, record);
            loss += cross_entropy(record.logits, labels, error) / double(end - first);
            trainer.gradient.zero();
            accumulate_readout(net, record, error, trainer.gradient);
            if (train_top) {
                gemm_nt(error, net.readout(), delta);
                relu_mask(record.flat(top), delta);
                accumulate(net, record, top, delta, trainer.gradient);
            }
            descend.step(trainer.gradient, net.parameters);  // a gradient that was always zero moves nothing
        }
        result.loss = loss;
        if (!std::isfinite(loss) || !trainer.finite() || !descend.finite()) status = Status::diverged;
        if (interrupt_signal()) status = Status::interrupted;
    }
    result.step += step;
    result.train_accuracy = accuracy(net, trainer.train_data, labelled, record);
    result.test_accuracy = accuracy(net, trainer.test_data, trainer.test_data.size(), record);
    return result;
}

}  // namespace rhm

#include "run/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "base/interrupt.hpp"
#include "base/rng.hpp"
#include "net/loss.hpp"
#include "optim/optimizer.hpp"

namespace rhm {

void Batches::next(std::span<std::uint32_t> indices) {
    for (auto& index : indices) {
        if (at_ == order_.size()) {
            std::iota(order_.begin(), order_.end(), 0u);
            Rng(seed_, Purpose::batches, epoch_++).shuffle(std::span(order_));
            at_ = 0;
        }
        index = order_[at_++];
    }
}

template <class T>
double accuracy(const Network<T>& net, const Dataset& data, std::size_t count, Record<T>& record) {
    constexpr std::size_t kChunk = 256;
    std::size_t correct = 0;
    for (std::size_t i = 0; i < count; i += kChunk) {
        std::size_t n = std::min(kChunk, count - i);
        forward(net, std::span(data.leaves).subspan(i * data.length, n * data.length), n, record);
        correct += count_correct<const T>(record.logits.view(), std::span(data.labels).subspan(i, n));
    }
    return static_cast<double>(correct) / static_cast<double>(count);
}

template double accuracy<float>(const Network<float>&, const Dataset&, std::size_t, Record<float>&);
template double accuracy<double>(const Network<double>&, const Dataset&, std::size_t, Record<double>&);

namespace {

/// The strings of a step: the batch and, for rules that learn from pairs, the partners behind it.
class BatchInput {
public:
    BatchInput(const Config& config, const Dataset& data, bool pairs)
        : data_(data), batches_(data.size(), config.seed), partners_(data, config.task.classes), seed_(config.seed), pairs_(pairs),
          indices_(static_cast<std::size_t>(config.batch)), others_(pairs ? indices_.size() : 0) {
        input.resize((indices_.size() + others_.size()) * data.length);
        labels.resize(indices_.size());
    }
    void next(std::uint64_t step) {
        batches_.next(indices_);
        if (pairs_) partners_.draw(indices_, seed_, step, others_);
        std::uint8_t* out = input.data();
        for (auto list : {&indices_, &others_})
            for (auto i : *list) out = std::copy_n(data_.row(i), data_.length, out);
        for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = data_.labels[indices_[i]];
    }
    std::size_t rows() const { return indices_.size() + others_.size(); }

    std::vector<std::uint8_t> input, labels;  ///< [rows, d] and [N]

private:
    const Dataset& data_;
    Batches batches_;
    ClassPartners partners_;
    std::uint64_t seed_;
    bool pairs_;
    std::vector<std::uint32_t> indices_, others_;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Result train(const Config& config, const Hooks& hooks) {
    using T = float;
    constexpr int kWindow = 50;  // steps whose mean cross-entropy decides the stop
    const Rule& rule = find_rule(config.rule);
    const SplitSizes sizes{static_cast<std::size_t>(config.train_size), static_cast<std::size_t>(config.test_size)};

    Grammar grammar(config.task, config.seed);
    Dataset train_data = draw(grammar, sizes, Split::train, config.seed), test_data = draw(grammar, sizes, Split::test, config.seed);
    Network<T> net(network_shape(config.task, word_to<Arch>(kArchNames, config.arch), static_cast<std::size_t>(*config.depth),
                                 static_cast<std::size_t>(config.width), config.bias), config.seed, config.init_scale);
    Memory<T> memory;
    rule.on<T>().init(net, config.constants, config.seed, memory);
    Optimizer kind = word_to<Optimizer>(kOptimizerNames, config.optimizer);
    Descent<T> descend(kind, *config.lr, net.parameters), descend_learnt(kind, *config.lr, memory.learnt);

    Parameters<T> gradient = net.parameters.zeros();
    Record<T> record, evaluation_record;
    BatchInput batch(config, train_data, rule.wants_pairs());
    const std::size_t n = batch.labels.size(), probe = std::min(sizes.train, sizes.test);
    Matrix<T> error(n, net.shape.classes);
    Result result;
    double window_loss = 0, loss_sum = 0;
    std::int64_t summed = 0, step = 0;

    while (step < config.steps) {
        auto start = std::chrono::steady_clock::now();
        batch.next(static_cast<std::uint64_t>(step));
        forward<T>(net, batch.input, batch.rows(), record);
        double loss = cross_entropy<T>(record.logits.view().rows_from(0, n), batch.labels, error.view());
        Pass<T> pass{net, record, n, batch.labels, error, config.seed, static_cast<std::uint64_t>(step)};
        double own = pseudo_gradient(rule, pass, config.constants, memory, gradient);
        if (rule.on<T>().adapt) rule.on<T>().adapt(pass, config.constants, memory);
        descend.step(gradient, net.parameters);
        if (memory.learnt.size()) descend_learnt.step(memory.learnt_gradient, memory.learnt);
        ++step;
        result.seconds += seconds_since(start);

        window_loss += loss;
        loss_sum += loss;
        ++summed;
        bool stop = false;
        if (!std::isfinite(loss) || std::isinf(own)) result.status = Status::diverged, stop = true;
        if (step % kWindow == 0) {
            stop = stop || window_loss / kWindow < config.stop_loss;
            if (hooks.stepped) hooks.stepped(step, window_loss / kWindow);
            window_loss = 0;
        }
        if (interrupt_signal()) result.status = Status::interrupted, stop = true;
        if (stop || step % config.eval_every == 0 || step == config.steps) {
            Evaluation evaluation{step, loss_sum / static_cast<double>(summed), accuracy(net, train_data, probe, evaluation_record),
                                  accuracy(net, test_data, sizes.test, evaluation_record)};
            loss_sum = 0;
            summed = 0;
            if (hooks.evaluated) hooks.evaluated(evaluation);
        }
        if (stop) break;
    }
    result.steps = step;
    result.train_accuracy = accuracy(net, train_data, sizes.train, evaluation_record);
    result.test_accuracy = accuracy(net, test_data, sizes.test, evaluation_record);
    result.samples_per_second = result.seconds > 0 ? static_cast<double>(step) * static_cast<double>(n) / result.seconds : 0;
    return result;
}

}  // namespace rhm

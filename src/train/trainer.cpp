#include "train/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/machine.hpp"
#include "base/rng.hpp"
#include "base/text.hpp"
#include "data/theory.hpp"
#include "matrix/denormals.hpp"
#include "net/loss.hpp"
#include "train/optimizer.hpp"
#include "train/measure.hpp"

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

double accuracy(const Network& net, const Dataset& data, std::size_t count, Record& record) {
    constexpr std::size_t kChunk = 256;
    std::size_t correct = 0;
    for (std::size_t i = 0; i < count; i += kChunk) {
        std::size_t n = std::min(kChunk, count - i);
        forward(net, std::span(data.leaves).subspan(i * data.length, n * data.length), n, record);
        if (!all_finite({record.logits.data(), record.logits.size()})) return kNoLoss;
        correct += count_correct(record.logits, std::span(data.labels).subspan(i, n));
    }
    return double(correct) / double(count);
}

BatchInput::BatchInput(const Config& config, const Grammar& grammar, const Dataset& data, bool pairs)
    : data_(data),
      batches_(data.size(), config.seed),
      partners_(data, config.task.classes),
      views_(grammar),
      pairing_(config.constants.pairing),
      view_level_(config.view_level.value_or(1)),
      seed_(config.seed),
      pairs_(pairs && pairing_ != Pairing::siblings),
      indices_(std::size_t(config.batch)),
      others_(indices_.size()) {
    input.resize((pairs_ ? 2 : 1) * indices_.size() * data.length);
    labels.resize(indices_.size());
}

void BatchInput::next(std::uint64_t step) {
    batches_.next(indices_);
    std::uint8_t* out = input.data();
    for (auto i : indices_) out = std::copy_n(data_.row(i), data_.length, out);
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = data_.labels[indices_[i]];
    if (!pairs_) return;
    if (pairing_ == Pairing::classes) {
        partners_.draw(indices_, seed_, step, others_);
        for (auto i : others_) out = std::copy_n(data_.row(i), data_.length, out);
        return;
    }
    for (std::size_t i = 0; i < indices_.size(); ++i, out += data_.length)
        views_.synonyms({data_.row(indices_[i]), data_.length}, view_level_, seed_, step, i,
                        {out, data_.length});
}

void BatchInput::go_on(std::uint64_t steps) {
    for (std::uint64_t step = 0; step + 1 < steps; ++step) batches_.next(indices_);
    next(steps - 1);
}

double least_memory(const Config& c) {
    const NetworkShape shape = shape_of(c);
    return 4.0 * sizeof(real) * double(parameter_count(shape))
           + double(c.train_size + c.test_size) * (double(shape.length) + 1);
}

/// The configuration, when its run fits into the memory that this process may use: a system that promises
/// more than there is would kill the program in the middle.
static const Config& fitting(const Config& c) {
    const double needed = least_memory(c);
    const double there = usable_memory();
    if (needed > there)
        fail(Exit::input, "this run needs ", bytes_text(needed),
             " of memory or more, and this process may use ", bytes_text(there), "; lower --width or -P");
    return c;
}

static Descent descent(const Config& c, const Parameters& weights, double decay,
                       std::vector<double> scales = {}) {
    return {c.optimizer, *c.lr, c.weight_decay * decay, c.epsilon, weights, std::move(scales)};
}

Trainer::Trainer(const Config& c)
    : config(fitting(c)),
      rule(find_rule(c.rule)),
      grammar(grammar_of(c)),
      train_data(draw(grammar, sizes_of(c), Split::train, c.seed)),
      test_data(draw(grammar, sizes_of(c), Split::test, c.seed)),
      net(shape_of(c), c.seed, c.init_scale),
      memory(start(rule, net, c.constants, c.seed)),
      batch(config, grammar, train_data, rule.wants_pairs()),
      gradient(net.parameters.zeros()),
      descend_(descent(c, net.parameters, 1, block_scales(c))),
      descend_learnt_(descent(c, memory.learnt, c.constants.head_decay)),
      error(batch.labels.size(), net.shape.classes) {}

/// Greedy: every hidden layer has an equal share of the steps. The optimiser begins anew, or the layers that
/// are done would drift on with the momentum they had.
void Trainer::begin_stage() {
    const std::int64_t depth = std::int64_t(net.depth());
    std::size_t layer =
        std::size_t(std::min(depth, 1 + steps * depth / std::max<std::int64_t>(config.steps, 1)));
    if (layer == layer_) return;
    layer_ = layer;
    descend_ = descent(config, net.parameters, 1, block_scales(config));
    descend_learnt_ = descent(config, memory.learnt, config.constants.head_decay);
}

double Trainer::look() {
    forward(net, batch.input, batch.rows(), record, Moments::batch);
    return cross_entropy(record.logits.view().rows_from(0, batch.labels.size()), batch.labels, error);
}

double Trainer::learning_rate_factor() const {
    const double stages = config.schedule == Schedule::greedy ? double(net.depth()) : 1;
    const double done = stages * double(steps) / double(config.steps);
    return schedule_factor(config.lr_schedule, done - std::floor(done));
}

double Trainer::step() {
    const NoDenormals quick;
    if (config.schedule == Schedule::greedy) begin_stage();
    const double factor = learning_rate_factor();
    batch.next(std::uint64_t(steps));
    ++steps;
    double loss = look();
    follow(record, net);
    if (config.readout_labels) error.fill(0);  // the labels are not looked at
    own_loss = pseudo_gradient(rule, pass(), config.constants, memory, gradient);
    if (rule.adapt) rule.adapt(pass(), config.constants, memory);
    descend_.step(gradient, net.parameters, factor, rule.teaches() ? 0 : net.weight_index(net.depth() + 1));
    if (memory.learnt.size()) descend_learnt_.step(memory.learnt_gradient, memory.learnt, factor);
    return config.readout_labels ? own_loss : loss;
}

void Trainer::each_state(const std::function<void(double&)>& number,
                         const std::function<void(std::span<real>)>& list) {
    for (Parameters* weights : {&net.parameters, &net.statistics, &memory.feedback, &memory.learnt})
        list(weights->values());
    for (Trace& trace : memory.traces) {
        number(trace.seen);
        list({trace.values.data(), trace.values.size()});
    }
    for (Descent* descent : {&descend_, &descend_learnt_}) descent->each_state(number, list);
}

void Trainer::go_on(std::int64_t done) {
    steps = done - 1;
    if (config.schedule == Schedule::greedy) begin_stage();  // that of the last step
    batch.go_on(std::uint64_t(done));
    steps = done;
}

bool Trainer::finite() {
    bool all = true;
    each_state([](double&) {}, [&](std::span<real> list) { all = all && all_finite(list); });
    return all;
}

static double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

static Health health_of(const Trainer& trainer) {
    return health(trainer.net, trainer.test_data, std::min<std::size_t>(256, trainer.test_data.size()));
}

/// Deviation and rank of the codes, for the rules whose losses have solutions that tell nothing apart.
static void add_health(const Trainer& trainer, Evaluation& evaluation) {
    if (!trainer.rule.wants_pairs()) return;
    Health h = health_of(trainer);
    evaluation.deviation = std::move(h.deviation);
    evaluation.rank = std::move(h.rank);
}

static Evaluation evaluate(const Trainer& trainer, Record& record) {
    Evaluation evaluation{.step = trainer.steps};
    add_health(trainer, evaluation);
    if (trainer.config.readout_labels) return evaluation;  // no readout yet
    const std::size_t probe = std::min(trainer.train_data.size(), trainer.test_data.size());
    evaluation.train_accuracy = accuracy(trainer.net, trainer.train_data, probe, record);
    evaluation.test_accuracy = accuracy(trainer.net, trainer.test_data, trainer.test_data.size(), record);
    return evaluation;
}

/// Which layers tell nothing apart. Other rules than those on pairs may well end with a code of one
/// dimension, as one of two classes is.
static void add_silence(const Trainer& trainer, Result& result) {
    const Health h = health_of(trainer);
    for (std::size_t l = 0; l < h.rank.size(); ++l)
        if (is_collapsed(h.deviation[l], trainer.rule.wants_pairs() ? h.rank[l] : 2))
            result.collapsed.push_back(std::int64_t(l) + 1);
    const bool mostly_dead =
        std::any_of(h.dead.begin(), h.dead.end(), [](double share) { return share > 0.5; });
    if (mostly_dead) result.dead = h.dead;
}

Result counted(Result result, int classes) {
    if (result.status == Status::diverged && !(result.test_accuracy > 0))
        result.test_accuracy = 1.0 / classes;
    return result;
}

/// 1, 2, 5, 10, 20, 50, ...: learning is fast at first, and a run may end before the first --eval-every.
static bool is_early(std::int64_t step) {
    while (step % 10 == 0) step /= 10;
    return step == 1 || step == 2 || step == 5;
}

/// The end of a run: the readout when it learns only now, and the accuracies.
static void finish(Trainer& trainer, const Hooks& hooks, Record& record, Result& result) {
    const Config& config = trainer.config;
    if (trainer.steps == 0 && !trainer.finite()) result.status = Status::diverged;
    if (config.readout_labels && result.status == Status::ok) {
        Evaluation evaluation = train_readout(trainer, result.status);
        result.in_readout = result.status != Status::ok;
        add_health(trainer, evaluation);
        if (hooks.evaluated) hooks.evaluated(evaluation, trainer);
        if (hooks.measured) hooks.measured(trainer);
        result.train_accuracy = evaluation.train_accuracy;
        result.test_accuracy = evaluation.test_accuracy;
    } else {
        result.train_accuracy = accuracy(trainer.net, trainer.train_data, trainer.train_data.size(), record);
        result.test_accuracy = accuracy(trainer.net, trainer.test_data, trainer.test_data.size(), record);
    }
    bool known = !std::isnan(result.train_accuracy) && !std::isnan(result.test_accuracy);
    if (config.validation_size) {
        Dataset validation = draw(trainer.grammar, sizes_of(config), Split::validation, config.seed);
        result.validation_accuracy = accuracy(trainer.net, validation, validation.size(), record);
        known = known && !std::isnan(result.validation_accuracy);
    }
    if (!known) result.status = Status::diverged;
    if (result.status != Status::diverged) add_silence(trainer, result);
    if (result.seconds > 0) result.samples_per_second = double(result.steps) * config.batch / result.seconds;
}

Result train(const Config& config, const Hooks& hooks) {
    const NoDenormals quick;     // in evaluations, too
    constexpr int kWindow = 50;  // steps whose mean cross-entropy decides the stop
    Trainer trainer(config);
    Record record;  // of evaluations
    Sums sums;
    auto& [result, window_loss, loss_sum, summed] = sums;
    if (hooks.started) hooks.started(trainer);
    bool resumed = hooks.resumed && hooks.resumed(trainer, sums);  // after a step

    for (bool stop = false; !stop && (resumed || trainer.steps < config.steps);) {
        if (!std::exchange(resumed, false)) {
            auto start = std::chrono::steady_clock::now();
            double loss = trainer.step();
            result.seconds += seconds_since(start);

            window_loss += loss;
            loss_sum += loss;
            ++summed;
            const bool look = trainer.steps % kWindow == 0 || trainer.steps == config.steps;
            const bool has_own = trainer.rule.is_local();
            if (!std::isfinite(loss) || (has_own && !std::isfinite(trainer.own_loss))
                || (look && !trainer.finite()))
                result.status = Status::diverged;
            const bool interrupted = interrupt_signal() != 0;
            if (hooks.halfway && result.status == Status::ok
                && (interrupted || trainer.steps % config.eval_every == 0))
                hooks.halfway(trainer, sums);
            if (interrupted) result.status = Status::interrupted;
        }
        stop = result.status != Status::ok;
        if (trainer.steps % kWindow == 0) {
            stop = stop
                   || (!config.readout_labels && trainer.last_stage()
                       && window_loss / kWindow < config.stop_loss);
            if (hooks.stepped) hooks.stepped(trainer.steps, window_loss / kWindow);
            window_loss = 0;
        }
        const bool due = stop || trainer.steps % config.eval_every == 0 || trainer.steps == config.steps;
        if (due || (trainer.steps < config.eval_every && is_early(trainer.steps))) {
            Evaluation evaluation = evaluate(trainer, record);
            if (!result.solved_step && evaluation.test_accuracy >= solved_accuracy(*config.classes))
                result.solved_step = trainer.steps;
            evaluation.loss = loss_sum / double(summed);
            if (due) {  // an early look leaves the mean of the next as it is
                loss_sum = 0;
                summed = 0;
            }
            if (hooks.evaluated) hooks.evaluated(evaluation, trainer);
        }
        const bool last = (stop || trainer.steps == config.steps) && !config.readout_labels;
        if (hooks.measured && (last || (config.measure_every && trainer.steps % *config.measure_every == 0)))
            hooks.measured(trainer);
    }
    if (config.steps == 0 && hooks.measured && !config.readout_labels) {
        trainer.batch.next(0);  // for what is measured on a batch
        hooks.measured(trainer);
    }
    result.steps = trainer.steps;
    finish(trainer, hooks, record, result);
    if (hooks.ended) hooks.ended(trainer, result);
    return result;
}

}  // namespace rhm

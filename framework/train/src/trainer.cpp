// SPDX-License-Identifier: Apache-2.0
// The loop: steps, epochs, evaluation, requests.
#include "trainer.hpp"

#include "agreement.hpp"

#include <teranga/core/hash.hpp>
#include <teranga/core/log.hpp>
#include <teranga/host/breadcrumb.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace teranga::train {
namespace {

double seconds_since(std::chrono::steady_clock::time_point then) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count(); }

}  // namespace

ExitCode Trainer::run() {
  open();
  begin_or_resume();
  banner();
  if (options_.dry_run) {
    progress_->note(fmt::format("dry run: recipe, plugins, data, plans and the first checkpoint are in order; {} steps per epoch", loader_->steps_per_epoch()));
    return ExitCode::done;
  }
  loader_->start(cursor_);
  epoch_began_ = Clock::now();
  while (!stopped_early_ && cursor_.epoch < recipe_.training.epochs) {
    const data::Batch* batch = loader_->next();
    if (!batch) break;
    step(*batch);
    if (batch->last_of_epoch) end_epoch();
    heed_requests(batch->last_of_epoch);
    if (request_.stops()) {
      loader_->stop();
      finish();
      progress_->note(fmt::format("stopped at step {} on request; the same command goes on from there", step_));
      return ExitCode::requeue;
    }
  }
  loader_->stop();
  restore_best();
  judge_test();
  finish();
  return ExitCode::done;
}

model::Batch Trainer::view(const data::Batch& batch) {
  for (std::size_t i = 0; i < batch.fields.size(); ++i) field_pointers_[i] = batch.fields[i].data;
  return {batch.rows, batch.global_rows, batch.sample_ids, field_pointers_};
}

model::Step Trainer::context() {
  model::Step out;
  out.random_key = (static_cast<std::uint64_t>(recipe_.training.seed) + 1) * 0x9E3779B97F4A7C15ull + static_cast<std::uint64_t>(step_);
  if (comm_.size() > 1) out.sum_over_ranks = [this](std::span<double> sums) { comm_.sum(sums); };
  return out;
}

void Trainer::step(const data::Batch& batch) {
  host::Breadcrumb::set_step(step_ + 1);
  std::fill(step_sums_.begin(), step_sums_.end(), 0.0);
  if (cursor_.sample == 0) network_->store().row_states().begin_epoch();
  const std::size_t sums = network_->sum_count();
  network_->train(view(batch), context(), std::span(step_sums_).first(sums));

  // What ranks request rides on the sums, so that all of them see the same at the same step.
  const Request mine = service_.requested();
  double* requests = step_sums_.data() + sums;
  requests[0] = static_cast<double>(mine.checkpoint);
  requests[1] = static_cast<double>(mine.checkpoint_and_stop);
  requests[2] = static_cast<double>(mine.stop_after_step);
  requests[3] = static_cast<double>(mine.deadline);
  requests[4] = comm_.is_root() && recipe_.checkpoint.every_seconds > 0 && seconds_since(last_save_) >= recipe_.checkpoint.every_seconds;
  comm_.sum(std::span<double>(step_sums_));
  request_.checkpoint = requests[0] + requests[4] > 0;
  request_.checkpoint_and_stop = requests[1] > 0;
  request_.stop_after_step = requests[2] > 0;
  request_.deadline = requests[3] > 0;

  double loss = 0;
  for (std::size_t t = 0; t < network_->loss_terms(); ++t) loss += step_sums_[t];
  exchange_gradients();
  loss += network_->penalise();
  if (!std::isfinite(loss)) {
    std::string layer = network_->first_not_finite(view(batch), context());
    for (const std::string& found : comm_.allgather(layer))
      if (layer.empty()) layer = found;
    diverged(fmt::format("the loss is {} at step {} (epoch {}){}", std::isnan(loss) ? "NaN" : "infinite", step_ + 1, cursor_.epoch + 1,
                         layer.empty() ? std::string(": all layers have finite outputs, the loss of them has none") : fmt::format(": the first layer with such an output is \"{}\"", layer)));
  }
  merge_states(batch);
  const double rate = updater_->rate(step_, cursor_.epoch + 1);
  updater_->apply(step_, cursor_.epoch + 1);

  epoch_sums_[0] += loss * static_cast<double>(batch.global_rows);
  epoch_sums_[1] += static_cast<double>(batch.global_rows);
  for (std::size_t i = network_->loss_terms(); i < sums; ++i) epoch_sums_[2 + i - network_->loss_terms()] += step_sums_[i];
  epoch_samples_ += batch.global_rows;
  ++step_;
  log_step(loss, rate);
  cursor_ = batch.last_of_epoch ? data::Cursor{cursor_.epoch + 1, 0} : data::Cursor{cursor_.epoch, cursor_.sample + batch.global_rows};
}

void Trainer::diverged(const std::string& found) {
  throw AgreedError(ExitCode::diverged, found + "; the checkpoints before it are intact",
                    fmt::format("a smaller learning rate often helps: --set optimizer.learning_rate={:.1g}; or clip: --set optimizer.global_clipnorm=1.0", updater_->rate(step_, cursor_.epoch + 1) / 10));
}

std::string Trainer::parameter_not_finite() {
  model::ParameterStore& store = network_->store();
  for (const model::Parameter& p : store.parameters()) {
    const std::span<const float> values(static_cast<const float*>(store.weight(p)), p.count);
    if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); })) return p.name;
  }
  return {};
}

// The loss of a step is that of the weights before its update: what the last update did shows here.
void Trainer::require_finite_parameters() {
  std::string name;
  for (const std::string& found : comm_.allgather(parameter_not_finite()))
    if (name.empty()) name = found;
  if (!name.empty()) diverged(fmt::format("the parameter \"{}\" is not finite after step {}, and is not saved", name, step_));
}

void Trainer::exchange_gradients() {
  if (comm_.size() == 1) return;
  const std::span<float> all(static_cast<float*>(network_->store().gradients()), network_->store().trainable_elements());
  for (const Exchange& run : exchanges_) {
    const auto& buckets = run.exchange->buckets();
    for (std::size_t b = 0; b < buckets.size(); ++b) run.exchange->start(b, all.subspan(run.begin + buckets[b].begin, buckets[b].count));
    run.exchange->finish();
  }
  for (model::TouchedRows& touched : network_->store().touched()) exchange_rows(touched);
}

// Of a lookup's table, the rows that any rank touched are sent, packed; all of it where they are most of it.
void Trainer::exchange_rows(model::TouchedRows& touched) {
  const model::Parameter& p = network_->store().parameters()[touched.parameter];
  auto* gradient = static_cast<float*>(network_->store().gradient(p));
  const std::string mine(reinterpret_cast<const char*>(touched.touched.data()), touched.touched.size() * sizeof(std::int64_t));
  for (const std::string& theirs : comm_.allgather(mine)) {
    for (std::size_t at = 0; at < theirs.size(); at += sizeof(std::int64_t)) {
      std::int64_t row = 0;
      std::memcpy(&row, theirs.data() + at, sizeof(row));
      touched.touch(row);
    }
  }
  std::ranges::sort(touched.touched);  // the same order on all ranks
  if (2 * touched.touched.size() > static_cast<std::size_t>(touched.rows)) return comm_.sum(std::span(gradient, p.count));
  packed_rows_.resize(touched.touched.size() * touched.row);
  for (std::size_t i = 0; i < touched.touched.size(); ++i)
    std::copy_n(gradient + static_cast<std::size_t>(touched.touched[i]) * touched.row, touched.row, packed_rows_.begin() + static_cast<std::ptrdiff_t>(i * touched.row));
  comm_.sum(std::span<float>(packed_rows_));
  for (std::size_t i = 0; i < touched.touched.size(); ++i)
    std::copy_n(packed_rows_.begin() + static_cast<std::ptrdiff_t>(i * touched.row), touched.row, gradient + static_cast<std::size_t>(touched.touched[i]) * touched.row);
}

// States such as moving means are those of a rank's own samples: their mean over the ranks, weighted by samples, goes on.
void Trainer::merge_states(const data::Batch& batch) {
  model::ParameterStore& store = network_->store();
  if (comm_.size() > 1) {
    const float share = static_cast<float>(static_cast<double>(batch.rows) / static_cast<double>(batch.global_rows));
    for (const model::State& s : store.states()) {
      if (s.merge == TRG_MERGE_SAME) continue;
      const std::span<float> values(static_cast<float*>(store.state(s, true)), s.count);
      const float factor = s.merge == TRG_MERGE_SUM && batch.rows > 0 ? 1.0F : share;
      for (float& value : values) value = batch.rows > 0 ? value * factor : 0.0F;
      comm_.sum(values);
    }
  }
  store.swap_states();
}

void Trainer::log_step(double loss, double rate) {
  const std::int64_t in_epoch = cursor_.sample / recipe_.training.batch_size + 1;
  if (folder_ && in_epoch % log_every_ == 0) folder_->line("step", step_, cursor_.epoch + 1, {{"loss", loss}, {"learning_rate", rate}});
  if (progress_->due()) progress_->step(cursor_.epoch + 1, in_epoch, epoch_numbers());
}

NamedNumbers Trainer::epoch_numbers() const {
  NamedNumbers out{{"loss", epoch_sums_[0] / epoch_sums_[1]}};
  std::vector<double> sums(network_->sum_count());
  std::copy(epoch_sums_.begin() + 2, epoch_sums_.end(), sums.begin() + static_cast<std::ptrdiff_t>(network_->loss_terms()));
  const auto metrics = network_->metrics();
  for (std::size_t m = 0; m < metrics.size(); ++m) out.emplace_back(metrics[m].name, network_->metric_value(m, sums));
  return out;
}

void Trainer::end_epoch() {
  const std::int64_t epoch = cursor_.epoch;
  NamedNumbers numbers = epoch_numbers();
  const double seconds = seconds_since(epoch_began_);
  if (source_->has(data::Part::validation))
    for (const auto& number : evaluate(data::Part::validation, "val_")) numbers.push_back(number);
  numbers.emplace_back("learning_rate", updater_->rate(step_ - 1, epoch));
  updater_->epoch_end(epoch, numbers);
  if (early_stopping_) {
    // Rank 0 decides: after a resume it alone remembers the best epoch.
    std::int64_t stop = early_stopping_->epoch_end(epoch, numbers, network_->store());
    comm_.broadcast(&stop, sizeof(stop), 0);
    stopped_early_ = stop != 0;
  }
  std::fill(epoch_sums_.begin(), epoch_sums_.end(), 0.0);
  numbers.emplace_back("seconds", seconds);
  numbers.emplace_back("samples_per_second", static_cast<double>(epoch_samples_) / seconds);
  if (folder_) folder_->line("epoch", step_, epoch, numbers);
  progress_->epoch(epoch, numbers);
  epoch_samples_ = 0;
  epoch_began_ = Clock::now();
}

void Trainer::restore_best() {
  if (!early_stopping_) return;
  model::ParameterStore& store = network_->store();
  std::int64_t restored = comm_.is_root() && early_stopping_->restore(store);
  comm_.broadcast(&restored, sizeof(restored), 0);
  if (!restored) return;
  comm_.broadcast(store.weights(), store.elements() * sizeof(float), 0);
  comm_.broadcast(store.state(), store.state_elements() * sizeof(float), 0);
  store.changed();
  saved_step_ = -1;
}

NamedNumbers Trainer::evaluate(data::Part part, const std::string& prefix) {
  data::LoaderOptions options;
  options.part = part;
  options.batch_size = recipe_.training.batch_size;
  options.shuffle = false;
  options.epochs = 1;
  options.who = {comm_.rank(), comm_.size()};
  data::Loader loader(*source_, options);
  network_->begin_pass();
  std::vector<double> sums(network_->sum_count()), batch_sums(sums.size());
  const std::size_t terms = network_->loss_terms();
  while (const data::Batch* batch = loader.next()) {
    std::fill(batch_sums.begin(), batch_sums.end(), 0.0);
    network_->evaluate(view(*batch), context(), batch_sums);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += i < terms ? batch_sums[i] * static_cast<double>(batch->global_rows) : batch_sums[i];
  }
  comm_.sum(std::span<double>(sums));
  double loss = network_->penalty();
  for (std::size_t t = 0; t < terms; ++t) loss += sums[t] / static_cast<double>(source_->count(part));
  if (!std::isfinite(loss)) {
    const std::string parameter = parameter_not_finite();
    diverged(fmt::format("the {} loss is {} after step {}{}", data::to_string(part), std::isnan(loss) ? "NaN" : "infinite", step_, parameter.empty() ? "" : fmt::format(": the parameter \"{}\" is not finite", parameter)));
  }
  NamedNumbers out{{prefix + "loss", loss}};
  const auto metrics = network_->metrics();
  for (std::size_t m = 0; m < metrics.size(); ++m) out.emplace_back(prefix + metrics[m].name, network_->metric_value(m, sums));
  return out;
}

void Trainer::judge_test() {
  if (!source_->has(data::Part::test)) return;
  const NamedNumbers numbers = evaluate(data::Part::test, "test_");
  if (folder_ && !folder_->has_line("test", step_)) folder_->line("test", step_, cursor_.epoch, numbers);
  std::string text = "test part:";
  for (const auto& [name, value] : numbers) text += fmt::format("  {} {:.4f}", name, value);
  progress_->note(text);
}

void Trainer::heed_requests(bool epoch_ended) {
  const auto& when = recipe_.checkpoint;
  const bool by_step = when.every_steps > 0 && step_ % when.every_steps == 0;
  const bool by_epoch = epoch_ended && when.every_epochs > 0 && cursor_.epoch % when.every_epochs == 0;
  if (request_.checkpoint || request_.stops() || by_step || by_epoch) {
    require_finite_parameters();
    gather_rows();
    write_checkpoint();
    service_.clear_checkpoint();
  }
}

void Trainer::finish() {
  require_finite_parameters();
  gather_rows();
  if (comm_.is_root() && saved_step_ != step_) write_checkpoint();
  std::int64_t failed = save_failed_;
  comm_.maximum(std::span<std::int64_t>(&failed, 1));
  if (failed) throw Error(ExitCode::failure, "the last checkpoint could not be written; older ones are intact", "free space in the run folder and start the same command again");
}

}  // namespace teranga::train

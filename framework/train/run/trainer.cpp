// SPDX-License-Identifier: Apache-2.0
// The loop: steps, epochs, evaluation, requests.
#include "run/trainer.hpp"

#include "session/agreement.hpp"
#include "run/run_facts.hpp"
#include "run/sample_review.hpp"
#include "session/part_evaluation.hpp"
#include "session/same_weights.hpp"

#include <teranga/core/activity.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/train/data_checks.hpp>

#include <algorithm>
#include <cmath>

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
    if (local_) local_->wait();
    progress_->note(fmt::format("dry run: recipe, plugins, data, plans and run folder are in order; {} steps per epoch", loader_->steps_per_epoch()));
    return ExitCode::done;
  }
  if (options_.profile.wanted) begin_profile();
  if (keeps_marker()) folder_->mark_resumable();
  begin_report();
  checkpoint_wait_ = 0;
  epoch_began_ = Clock::now();
  begin_times();
  service_.begin();
  try {
    begin_observers();
    const ExitCode code = run_to_end();
    end_observers(code);
    end(code);
    require_folder();
    return code;
  } catch (const Error& error) {
    if (observers_) observers_->end_after_failure(step_, cursor_.epoch, error.code());
    end(error.code());
    throw;
  } catch (...) {
    if (observers_) observers_->end_after_failure(step_, cursor_.epoch, ExitCode::failure);
    end(ExitCode::failure);
    throw;
  }
}

// Checkpoints that somebody removed behind the last one cannot be written again: other ranks may be gone.
void Trainer::require_folder() {
  if (folder_ && folder_->look() == RunFolder::Place::removed)
    throw Error(ExitCode::failure, fmt::format("the run folder {} was removed at the end of the training: its checkpoints are lost", folder_->path()));
}

// The checkpoints are on disk: what comes now is for people, and a signal changes nothing of the exit code.
void Trainer::end(ExitCode code) noexcept {
  service_.finish(static_cast<int>(code));
  if (!folder_) return;
  if (code != ExitCode::requeue && code != ExitCode::failure) folder_->mark_ended();
  end_facts(folder_->path(), code);
  if (report_) report_->finish();
}

ExitCode Trainer::run_to_end() {
  const activity::InSection shown(activity::Section::other);
  // A checkpoint on its way to disk is safe, or told to have failed, before anyone ends: mpirun ends the others as soon as one has.
  try {
    start_data();
    for (;;) {
      try {
        return run_epochs();
      } catch (const AgreedError& error) {
        if (!may_go_back(error)) throw;
        go_back(error);
      }
    }
  } catch (const AgreedError& error) {
    if (writer_) heed_writer(writer_->wait());
    if (local_) local_->wait();
    tell_times();  // where all ranks come
    comm_.barrier();
    // The phase that meets a loss that is not finite need not be the one whose update went too far.
    if (error.code() == ExitCode::diverged) {
      loader_->stop();
      const std::string parameter = parameter_not_finite();
      throw AgreedError(error.code(), error.what(), (parameter.empty() ? error.hint() : calmer(parameter)) + hint_of_scale(parameter));
    }
    if (error.code() == ExitCode::data && error.hint().empty()) throw AgreedError(error.code(), error.what(), fmt::format("teranga check {} --data looks at all samples", shell_word(recipe_.path)));
    throw;
  } catch (const Error& error) {
    if (writer_) heed_writer(writer_->wait());
    loader_->stop();
    if (error.code() == ExitCode::data) tell_of_all_data();
    throw;
  } catch (...) {
    if (writer_) heed_writer(writer_->wait());
    throw;
  }
}

// What a step could not take is one of perhaps many such numbers: where all samples can soon be looked at, throws what is to be said of them all.
void Trainer::tell_of_all_data() const {
  if (is_soon_read(*source_)) check_data(recipe_, *source_, *networks_, Extent::all);
}

// A resumed epoch that has as many samples behind it as the recipe gives an epoch now has ended.
void Trainer::start_data() {
  const data::Cursor at = loader_->start(cursor_);
  if (at.epoch == cursor_.epoch) return;
  log::info(fmt::format("epoch {} ends with the {} samples that it has seen: the recipe gives an epoch no more of them now", cursor_.epoch + 1, cursor_.sample));
  cursor_ = at;
  next_ = {};
  if (local_) local_->come_together();
  end_epoch();
  is_best_ = false;
  take_snapshot();  // the next resume must not end the epoch once more
  begin_checkpoint();
}

ExitCode Trainer::run_epochs() {
  const std::int64_t batch_size = recipe_.training.batch_size;
  progress_->begin(cursor_.epoch * loader_->steps_per_epoch() + (cursor_.sample + batch_size - 1) / batch_size);
  while (ended_early_ == EndedBy::nobody && cursor_.epoch < recipe_.training.epochs && (options_.most_steps == 0 || step_ < options_.most_steps)) {
    const auto asked = Clock::now();
    const data::Batch* batch = next_batch();
    const double waited = seconds_since(asked);
    data_wait_ += waited;
    data_seconds_ += waited;
    if (!batch) break;
    const bool meets = meets_at(*batch), whole = step(*batch), epoch_ended = whole && batch->last_of_epoch;
    if (!meets) continue;  // what was learnt is in no checkpoint before the ranks meet
    compare_ranks(epoch_ended);
    if (epoch_ended) end_epoch();
    if (observer_stops_ && whole) stop_as_observed();
    heed_requests(epoch_ended);
    if (job_limit_) job_limit_->met();
    met_step_ = step_;
    if (request_.stops()) {
      loader_->stop();
      finish();
      service_.finish(static_cast<int>(ExitCode::requeue));
      progress_->note(fmt::format("stopped {} {} on request; the same command goes on from there", whole ? "at step" : "between two updates of step", whole ? step_ : step_ + 1));
      end_profile();
      tell_times();
      return ExitCode::requeue;
    }
  }
  loader_->stop();
  restore_best();
  if (options_.most_steps == 0) evaluate_test();
  finish();
  service_.finish(static_cast<int>(ExitCode::done));
  review_samples();
  if (pictures_) {
    const AveragesInPlace judged(phases_);
    pictures_->training_ended(step_);
  }
  if (options_.fast_dev_run > 0) progress_->note("fast dev run: data, network, updates, evaluation and checkpoints work; nothing was kept");
  end_profile();
  tell_times();
  return ExitCode::done;
}

std::uint64_t Trainer::random_key() const { return noise_key(recipe_.training.seed, step_); }

std::array<double, Trainer::request_count> Trainer::own_requests() {
  follow_folder(false);
  Request mine = service_.requested();
  if (request_files_) {
    const Request& asked = request_files_->asked();
    mine.checkpoint |= asked.checkpoint;
    mine.checkpoint_and_stop |= asked.checkpoint_and_stop;
  }
  return {static_cast<double>(mine.checkpoint), static_cast<double>(mine.checkpoint_and_stop), static_cast<double>(mine.stop_after_step), static_cast<double>(mine.deadline),
          folder_lost_ || (comm_.is_root() && recipe_.checkpoint.every_seconds > 0 && seconds_since(last_save_) >= recipe_.checkpoint.every_seconds) ? 1.0 : 0.0,
          observers_ && !observers_->wish().empty() ? 1.0 : 0.0};
}

void Trainer::heed(const std::array<double, request_count>& sums) {
  request_.checkpoint = sums[0] + sums[4] > 0;
  request_.checkpoint_and_stop = sums[1] > 0;
  request_.stop_after_step = sums[2] > 0;
  request_.deadline = sums[3] > 0;
  observer_stops_ = observed_ && sums[5] > 0;
}

bool Trainer::step(const data::Batch& batch) {
  const activity::InSection shown(activity::Section::step);
  host::Breadcrumb::set_step(step_ + 1);
  activity::set_step(step_ + 1, cursor_.epoch + 1);
  const model::Batch view = view_of(batch, field_pointers_);
  if (cursor_.sample == 0) networks_->store().row_states().begin_epoch();
  // What ranks request rides on the sums of an update, so that all of them see the same at the same one.
  std::array<double, request_count> requests = own_requests();
  const bool meets = meets_at(batch);
  const StepOfRun at{step_, cursor_.epoch, random_key(), updates_at(batch), alone(), alone() ? local_->hooks() : nullptr};
  if (at.alone) local_->begin(batch.rows, batch.global_rows);
  const std::span<double> told = std::span(requests).first(observed_ ? request_count : request_count - 1);
  const bool whole = update_all(phases_, comm_, view, at, next_, told, [&] {
    heed(requests);
    requests = own_requests();
    return recipe_.training.accumulate > 1 || !request_.stops();  // within an update of several batches there is no place to go on from
  });
  if (!whole) return false;
  if (at.alone && meets) {
    const TicksOf meeting(round_ticks_);
    local_->end_round(at, batch.last_of_epoch);
    comm_.sum(told);
  }
  if (meets) heed(requests);
  epoch_samples_ += batch.global_rows;
  count_flops(batch.global_rows);
  epoch_bytes_read_ += batch.bytes_read;
  ++step_;
  LapTimer lap(profile_ ? &*profile_ : nullptr, 0);
  if (meets) log_step(batch.step + 1);
  lap.done(logging_);
  if (profile_) profile_->end_step();
  if (profile_ && step_ == warm_up_) profile_->restart();
  cursor_ = batch.last_of_epoch ? data::Cursor{batch.end.epoch + 1, 0} : batch.end;
  return true;
}

void Trainer::compare_ranks(bool epoch_ended) {
  const std::int64_t every = recipe_.training.compare_ranks_every;
  if (every == 0 || !(epoch_ended || passed(step_, every)) || (local_ && !local_->together())) return;
  require_same_weights(networks_->store(), step_, comm_);
}

bool Trainer::updates_at(const data::Batch& batch) const { return batch.last_of_epoch || (batch.step + 1) % recipe_.training.accumulate == 0; }

bool Trainer::meets_at(const data::Batch& batch) const { return batch.last_of_epoch || (batch.step + 1) % (recipe_.training.accumulate * (alone() ? local_->every() : 1)) == 0; }

bool Trainer::passed(std::int64_t count, std::int64_t every) const { return every > 0 && count / every > (count - (step_ - met_step_)) / every; }

// Known to all ranks at once. `parameter` is the one that is not finite; empty where all are.
void Trainer::diverged(const std::string& found, const std::string& parameter) {
  throw AgreedError(ExitCode::diverged, found + "; the checkpoints before it are intact", calmer(parameter));
}

// Advice for the phase that trains the parameter.
std::string Trainer::calmer(const std::string& parameter) const { return trainer_of(parameter).calmer(cursor_.epoch); }

const Phase& Trainer::trainer_of(const std::string& parameter) const {
  const auto trainer = std::ranges::find_if(phases_, [&](const Phase& phase) { return phase.trains(parameter); });
  return trainer == phases_.end() ? phases_.front() : *trainer;
}

// Features of a thousand make steps that are too large at any usual rate.
std::string Trainer::hint_of_scale(const std::string& parameter) const {
  const Options& options = recipe_.require_data().component.options;
  const Value *const normalize = find_option(options, "normalize"), *const of_target = find_option(options, "normalize_target");
  const bool can = find_option(registry_.need(host::Kind::dataset, recipe_.require_data().component.type).schema, "normalize") != nullptr;
  const bool off = can && !(normalize && normalize->is<std::string>() && normalize->as<std::string>() != "none");
  const bool target_off = can && of_target && of_target->is<bool>() && !of_target->as<bool>();
  const bool features = off && largest_number(*source_, data::Role::feature) > 10, target = target_off && largest_number(*source_, data::Role::target) > 100;
  const std::string first = off ? " --set data.normalize=standard" : "";
  const std::string rate = trainer_of(parameter).usual_rate(cursor_.epoch);  // at which no scale helps
  if (target) return fmt::format("; or bring the {} to one scale and begin anew: --fresh{}{} --set data.normalize_target=true", features ? "features and the target" : "target", rate, first);
  return features ? fmt::format("; or bring the features to one scale and begin anew: --fresh{} --set data.normalize=standard", rate) : "";
}

std::string Trainer::parameter_not_finite() { return first_not_finite(networks_->store().parameter_views(), team_); }

void Trainer::log_step(std::int64_t in_epoch) {
  if (folder_ && passed(in_epoch, log_every_)) {
    NamedNumbers numbers;
    for (const Phase& phase : phases_) phase.step_numbers(step_ - 1, numbers);
    folder_->line("step", step_, cursor_.epoch + 1, numbers);
    if (dashboards_) dashboards_->step(step_, cursor_.epoch + 1, numbers, static_cast<double>(epoch_samples_) / seconds_since(epoch_began_));
  }
  if (observers_) observers_->step(step_, cursor_.epoch + 1, phases_);
  if (progress_->due()) progress_->step(cursor_.epoch + 1, in_epoch, epoch_numbers());
}

NamedNumbers Trainer::epoch_numbers() const {
  NamedNumbers out;
  for (const Phase& phase : phases_) phase.epoch_numbers(out);
  return out;
}

void Trainer::end_epoch() {
  const std::int64_t epoch = cursor_.epoch;
  NamedNumbers numbers = epoch_numbers();
  const double seconds = seconds_since(epoch_began_);
  if (source_->has(data::Part::validation) && epoch % recipe_.training.validation_freq == 0)
    for (const auto& number : evaluate(data::Part::validation, "val_")) numbers.push_back(number);
  for (const Phase& phase : phases_) phase.rate_number(epoch, numbers);
  if (early_stopping_) {
    // Rank 0 decides: after a resume it alone remembers the best epoch.
    const AveragesInPlace judged(phases_);
    std::int64_t stop = early_stopping_->epoch_end(epoch, numbers, networks_->store());
    comm_.broadcast(&stop, sizeof(stop), 0);
    if (stop != 0) ended_early_ = EndedBy::early_stopping;
  }
  if (best_) {
    std::int64_t is_best = best_->epoch_end(epoch, step_, numbers);  // rank 0 knows the best epochs before a resume
    comm_.broadcast(&is_best, sizeof(is_best), 0);
    is_best_ = is_best != 0;
  }
  for (Phase& phase : phases_) phase.end_epoch(epoch, numbers, measured_);
  const NamedNumbers measures = observed_ ? numbers : NamedNumbers();  // without those of the clock
  numbers.emplace_back("seconds", seconds);
  numbers.emplace_back("samples_per_second", static_cast<double>(epoch_samples_) / seconds);
  numbers.emplace_back("data_wait", data_wait_ / seconds);
  numbers.emplace_back("checkpoint_wait", checkpoint_wait_ / seconds);
  if (source_->tells_bytes_read()) {
    comm_.maximum(std::span(&epoch_bytes_read_, 1));
    numbers.emplace_back("bytes_read", static_cast<double>(epoch_bytes_read_));
  }
  if (folder_) folder_->line("epoch", step_, epoch, numbers);
  if (dashboards_) dashboards_->epoch(step_, epoch, numbers);
  if (pictures_) {
    const AveragesInPlace judged(phases_);
    pictures_->epoch_ended(epoch);
  }
  if (report_) report_->epoch_ended();
  progress_->epoch(epoch, numbers);
  if (ended_early_ == EndedBy::early_stopping && comm_.is_root()) progress_->note(early_stopping_->reason());
  if (observed_) tell_observers(measures, seconds);
  epoch_samples_ = epoch_bytes_read_ = 0;
  data_wait_ = checkpoint_wait_ = 0;
  epoch_began_ = Clock::now();
}

void Trainer::restore_best() {
  if (!early_stopping_) return;
  model::ParameterStore& store = networks_->store();
  std::int64_t restored = comm_.is_root() && early_stopping_->restore(store);
  comm_.broadcast(&restored, sizeof(restored), 0);
  if (!restored) return;
  comm_.broadcast(store.weights(), store.elements() * sizeof(float), 0);
  comm_.broadcast(store.state(), store.state_elements() * sizeof(float), 0);
  store.changed();
  for (Phase& phase : phases_) phase.begin_average();
  saved_step_ = -1;
}

NamedNumbers Trainer::evaluate(data::Part part, const std::string& prefix) {
  const activity::InSection shown(activity::Section::evaluation);
  const auto begin = Clock::now();
  const AveragesInPlace judged(phases_);
  NamedNumbers out = evaluate_part(*source_, part, recipe_.training.batch_size, *networks_, comm_, random_key(), {}, options_.fast_dev_run);
  for (auto& [name, value] : out) {
    if (const Measured* const one = find_measured(measured_, name); one && one->is_loss && !std::isfinite(value)) {
      if (const std::string of_data = not_finite_in(recipe_, *source_, part); !of_data.empty())  // on every rank alike
        throw AgreedError(ExitCode::data, fmt::format("the {} {} is {} after step {}, because of the data: {}; the checkpoints are intact", data::to_string(part), name, std::isnan(value) ? "NaN" : "infinite", step_, of_data));
      const std::string parameter = parameter_not_finite();
      diverged(fmt::format("the {} {} is {} after step {}{}", data::to_string(part), name, std::isnan(value) ? "NaN" : "infinite", step_, parameter.empty() ? "" : fmt::format(": the parameter \"{}\" is not finite", parameter)), parameter);
    }
    name = prefix + name;
  }
  evaluation_seconds_ += seconds_since(begin);
  return out;
}

void Trainer::evaluate_test() {
  if (!source_->has(data::Part::test)) return;
  const NamedNumbers numbers = evaluate(data::Part::test, "test_");
  if (folder_ && !folder_->has_line("test", step_)) {
    folder_->line("test", step_, cursor_.epoch, numbers);
    if (dashboards_) dashboards_->test(step_, cursor_.epoch, numbers);
  }
  std::string text = "test part:";
  for (const auto& [name, value] : numbers) text += fmt::format("  {} {:.4f}", name, value);
  progress_->note(text);
}

// One more pass over the samples that were judged last, behind the last checkpoint. A part that is large is left to the command evaluate.
void Trainer::review_samples() {
  constexpr std::int64_t most_samples = 100000;
  const data::Part part = source_->has(data::Part::test) ? data::Part::test : data::Part::validation;
  if (options_.fast_dev_run > 0 || !source_->has(part) || source_->count(part) > most_samples) return;
  const activity::InSection shown(activity::Section::evaluation);
  const auto begin = Clock::now();
  std::optional<SampleReview> review;
  try {
    review = SampleReview::of(recipe_, *networks_, *source_);
  } catch (const std::exception& error) {  // no memory
    log::warning(fmt::format("the report shows no samples: {}", error.what()));
  }
  std::int64_t without = !review;
  comm_.maximum(std::span<std::int64_t>(&without, 1));
  if (without) return;
  {
    const AveragesInPlace judged(phases_);
    evaluate_part(*source_, part, recipe_.training.batch_size, *networks_, comm_, random_key(), [&](const model::Batch& batch) { review->see(batch); });
  }
  const std::string lines = review->lines(comm_, part, source_->count(part), step_);
  evaluation_seconds_ += seconds_since(begin);
  try {
    if (folder_ && !lines.empty()) folder_->write("samples.jsonl", lines);
  } catch (const Error& error) {
    log::warning(fmt::format("the samples for the report are not kept: {}", error.what()));
  }
}

void Trainer::heed_requests(bool epoch_ended) {
  if (writer_) heed_writer(writer_->outcome());
  const auto& when = recipe_.checkpoint;
  const bool by_step = passed(step_, when.every_steps);
  const bool by_epoch = epoch_ended && when.every_epochs > 0 && cursor_.epoch % when.every_epochs == 0;
  const bool by_best = std::exchange(is_best_, false);
  if (request_.checkpoint || request_.stops() || by_step || by_epoch || by_best) {
    const activity::InSection shown(activity::Section::checkpoint);
    const auto begin = Clock::now();
    take_snapshot();
    begin_checkpoint();
    service_.clear_checkpoint();
    if (request_files_) request_files_->checkpoint_written();
    checkpoint_seconds_ += seconds_since(begin);
  }
}

void Trainer::finish() {
  const activity::InSection shown(activity::Section::checkpoint);
  const auto begin = Clock::now();
  follow_folder(true);
  std::int64_t lost = folder_lost_;
  comm_.maximum(std::span<std::int64_t>(&lost, 1));
  if (saved_step_ != step_ || lost != 0) {
    take_snapshot();
    begin_checkpoint();
  }
  if (writer_) heed_writer(writer_->wait());
  if (local_) local_->wait();
  std::int64_t failed = save_failed_;
  comm_.maximum(std::span<std::int64_t>(&failed, 1));
  checkpoint_seconds_ += seconds_since(begin);
  if (failed && no_memory_to_save_) throw Error(ExitCode::failure, "there was not enough memory for the last checkpoint; older ones are intact");
  if (failed) throw Error(ExitCode::failure, "the last checkpoint could not be written; older ones are intact", "free space in the run folder and start the same command again");
}

}  // namespace teranga::train

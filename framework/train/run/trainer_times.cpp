// SPDX-License-Identifier: Apache-2.0
// What a run measures of itself: its profile where it is asked for, and always the time of its parts, which ends the log. For the latter, clocks are read between the sections of a
// step, and all ranks meet once for it, at the end.
#include "run/trainer.hpp"

#include "run/run_facts.hpp"
#include "session/host_name.hpp"

#include <teranga/core/activity.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/peak_memory.hpp>
#include <teranga/math/machine_speed.hpp>

#include <fmt/format.h>

namespace teranga::train {

void Trainer::begin_profile() {
  machine_ = {comm_.size(), team_.threads(), of_all(comm_, team_, math::multiply_add_gflops), of_all(comm_, team_, math::triad_gbytes)};
  warm_up_ = step_ + 2;
  comm_.barrier();  // traces of ranks begin together
  profile_.emplace(team_.threads(), traced_steps(options_.profile, warm_up_, team_.threads()));
  waiting_.row = profile_->row("next batch", Pass::data);
  logging_.row = profile_->row("log", Pass::other);
  for (Phase& phase : phases_) phase.set_profile(*profile_);
  if (local_) local_->set_profile(*profile_);
}

void Trainer::end_profile() {
  if (!profile_) return;
  const ProfileReport report = report_of(*profile_, machine_, comm_);
  if (!folder_) return;
  log::info(report.table + fmt::format("outside of the steps: evaluation {:.3f} s, checkpoints {:.3f} s\n", evaluation_seconds_, checkpoint_seconds_) +
            fmt::format("trace: {}/trace.json, for https://ui.perfetto.dev or chrome://tracing", folder_->path()));
  try {
    folder_->write("trace.json", report.trace);
  } catch (const Error& error) {
    log::warning(fmt::format("the trace is lost: {}", error.what()));
  }
}

const data::Batch* Trainer::next_batch() {
  const activity::InSection shown(activity::Section::data);
  if (!profile_) return loader_->next();
  profile_->begin_step(step_ + 1);
  LapTimer lap(&*profile_, 0);
  const data::Batch* batch = loader_->next();
  lap.done(waiting_);
  if (batch) profile_->aside(batch->filled_from, batch->filled_to);
  return batch;
}

void Trainer::begin_times() {
  first_tick_ = ticks_now();
  began_ = Clock::now();
  data_seconds_ = evaluation_seconds_ = checkpoint_seconds_ = 0;
}

// Operations are known of samples of one length.
void Trainer::count_flops(std::int64_t samples) {
  if (source_->bucket_count() > 1) return;
  if (std::exchange(flops_epoch_, cursor_.epoch) != cursor_.epoch) flops_of_sample_ = networks_->step_flops(cursor_.epoch) / static_cast<double>(recipe_.training.batch_size);
  flops_ += flops_of_sample_ * static_cast<double>(samples);
}

RankTimes Trainer::own_times() const {
  StepTicks ticks;
  for (const Phase& phase : phases_) ticks += phase.ticks();
  const auto all_ticks = static_cast<double>(ticks_now() - first_tick_);
  RankTimes out;
  out.host = host_name();
  out.whole = std::chrono::duration<double>(Clock::now() - began_).count();
  const auto seconds = [&](Ticks some) { return all_ticks > 0 ? out.whole * static_cast<double>(some) / all_ticks : 0; };
  out.of(Section::forward) = seconds(ticks.forward);
  out.of(Section::backward) = seconds(ticks.backward);
  out.of(Section::update) = seconds(ticks.update);
  out.of(Section::averaging) = seconds(ticks.averaging + round_ticks_);
  out.of(Section::data) = data_seconds_;
  out.of(Section::evaluation) = evaluation_seconds_;
  out.of(Section::checkpoints) = checkpoint_seconds_;
  out.peak_memory = static_cast<double>(peak_memory_bytes());
  return out;
}

void Trainer::tell_times() {
  const TimeReport report{gathered(own_times(), comm_), flops_, profile_ ? machine_.peak_gflops : 0};
  if (!folder_) return;
  for (const std::string& line : time_lines(report)) log::write_to_file(log::Level::info, line);
  for (const std::string& note : time_notes(report, recipe_)) progress_->note(note);
  add_facts(folder_->path(), time_facts(report));
}

}  // namespace teranga::train

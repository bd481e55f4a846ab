// SPDX-License-Identifier: Apache-2.0
#include "run/job_limit.hpp"

#include <teranga/core/log.hpp>
#include <teranga/service/duration.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr double no_deadline = 1e9;
constexpr double moved_seconds = 30;  // a limit that moves by less is the same: squeue tells whole seconds, late

}  // namespace

double job_margin(const EndingTimes& times, double first_left) {
  const double least = std::min(30.0, first_left / 10), measured = 1.5 * (times.between_meetings + times.checkpoint);  // the next one may take longer
  return std::min(least + measured, first_left / 2);
}

JobLimit::JobLimit(Service& service) : service_(service) {
  if (slurm_job().empty()) return;
  try {
    asks_ = std::make_unique<JobEnd>([this](const TimeLeft& left) { hear(left); });
  } catch (const std::exception& error) {  // no thread
    log::warning(fmt::format("the time limit of Slurm job {} is not looked for: {}; --max-time TIME sets one", slurm_job(), error.what()));
  }
}

JobLimit::~JobLimit() = default;

void JobLimit::met() {
  if (!asks_) return;
  const auto now = Clock::now();
  const std::lock_guard lock(mutex_);
  double seconds = met_ ? std::chrono::duration<double>(now - *met_).count() : 0;
  if (end_) seconds = std::min(seconds, first_left_ / 20);  // a job that was suspended must not end much earlier
  met_ = now;
  if (seconds <= times_.between_meetings) return;
  times_.between_meetings = seconds;
  set_deadline();
}

void JobLimit::saved(double seconds) {
  const std::lock_guard lock(mutex_);
  if (seconds <= times_.checkpoint) return;
  times_.checkpoint = seconds;
  set_deadline();
}

void JobLimit::hear(const TimeLeft& left) {
  const std::lock_guard lock(mutex_);
  if (left.kind == TimeLeft::Kind::known) return hear_end(left.seconds);
  if (left.kind == TimeLeft::Kind::unlimited && std::exchange(end_, std::nullopt)) service_.set_deadline(no_deadline);
  if (std::exchange(told_, true)) return;
  if (left.kind == TimeLeft::Kind::unlimited) log::info(fmt::format("Slurm job {} has no time limit", slurm_job()));
  else log::warning(fmt::format("the end of Slurm job {} is not known: {}; --max-time TIME stops the training in time", slurm_job(), left.why));
}

void JobLimit::hear_end(double seconds) {
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  if (end_ && std::abs(std::chrono::duration<double>(end - *end_).count()) < moved_seconds) return;
  const bool changed = std::exchange(end_, end).has_value();
  if (!changed) first_left_ = seconds;
  set_deadline();
  log::info(fmt::format("Slurm job {} ends in {}{}: the training stops with a checkpoint {} before", slurm_job(), duration_text(seconds), changed ? ", because its limit was changed" : "", duration_text(margin_)));
}

void JobLimit::set_deadline() {
  if (!end_) return;
  margin_ = job_margin(times_, first_left_);
  service_.set_deadline(std::chrono::duration<double>(*end_ - Clock::now()).count() - margin_);
}

}  // namespace teranga::train

// SPDX-License-Identifier: Apache-2.0
// After a divergence: back to the newest checkpoint, and on from there with smaller learning rates.
#include "run/trainer.hpp"

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/log.hpp>

#include <utility>

#include <fmt/format.h>

namespace teranga::train {

bool Trainer::may_go_back(const AgreedError& error) const noexcept {
  return error.code() == ExitCode::diverged && recipe_.training.on_divergence.action == "back" && times_back_ < recipe_.training.on_divergence.most;
}

void Trainer::go_back(const AgreedError& error) {
  const recipe::OnDivergence& rule = recipe_.training.on_divergence;
  const std::int64_t times = times_back_ + 1, from = step_;
  loader_->stop();
  if (writer_) heed_writer(writer_->wait());
  for (Phase& phase : phases_) phase.forget();
  next_ = {};
  is_best_ = false;
  together(comm_, [&] {
    if (!comm_.is_root()) return;
    const std::string folder = folder_->checkpoints();
    std::optional<checkpoint::Snapshot> found = checkpoint::newest_intact(folder);
    if (!found) throw AgreedError(error.code(), error.what(), error.hint());
    take(FormerRun(folder, std::move(*found), resolved_, registry_));
  });
  share_state();
  times_back_ = times;
  for (Phase& phase : phases_) phase.slow_down(rule.rate_factor);
  log::warning_of_all(fmt::format("{}; the run goes back from step {} to its checkpoint of step {}, and all learning rates are multiplied by {} from there on ({} of at most {})", error.what(), from, step_, rule.rate_factor, times, rule.most));
  if (folder_) {
    open_metrics();
    begin_report();
  }
  begin_observers();
  // Kept at once: who starts again after a sudden end must not come to the same divergence at the same rate.
  take_snapshot();
  begin_checkpoint();
  start_data();
}

}  // namespace teranga::train

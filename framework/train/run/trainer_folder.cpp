// SPDX-License-Identifier: Apache-2.0
// A run folder that somebody renames or removes while the training runs.
#include "run/trainer.hpp"

#include <teranga/core/log.hpp>

#include <utility>

#include <fmt/format.h>

namespace teranga::train {

// A new folder in the place of the one that was removed. False: it cannot be made now, and is tried again.
bool Trainer::make_folder_again() {
  try {
    folder_->make_again();
    return true;
  } catch (const Error& error) {
    if (!std::exchange(told_of_folder_, true)) log::warning(fmt::format("the run folder {} was removed while the training runs, and cannot be made anew: {}; the training goes on, and this is tried again", folder_->path(), error.what()));
    return false;
  }
}

// On rank 0; looks at most twice a second, unless it has to know. Files that are open follow a folder that is renamed; all others are written to where it is now.
void Trainer::follow_folder(bool at_once) {
  if (!folder_ || (!at_once && Clock::now() < next_look_)) return;
  next_look_ = Clock::now() + std::chrono::milliseconds(500);
  const std::string before = folder_->path();
  const RunFolder::Place place = folder_->look();
  if (place == RunFolder::Place::same) return;
  if (place == RunFolder::Place::removed) {
    if (!make_folder_again()) return;
    folder_lost_ = true;
  }
  heed_writer(writer_->wait());
  writer_.emplace(folder_->checkpoints(), static_cast<int>(recipe_.checkpoint.keep));
  try {
    log::open_file(folder_->path() + "/log.txt");
  } catch (const Error& error) {
    log::warning(error.what());
  }
  request_files_->moved_to(folder_->path());
  if (place == RunFolder::Place::moved)
    log::warning(fmt::format("the run folder {} was renamed to {} while the training runs: checkpoints, metrics and log follow it; later, --run {} goes on", before, folder_->path(), folder_->path()));
  else log::warning(fmt::format("the run folder {} was removed while the training runs, with all checkpoints, metrics and lines of the log so far: it is made anew, and a checkpoint is written after this step", before));
  if (keeps_marker()) folder_->mark_resumable();
  if (report_) report_->moved_to(folder_->path());
  if (options_.fast_dev_run == 0) watchdog_->report_to(folder_->path());
  resumed_ = true;  // the facts of the run go on
  begin_report();
}

}  // namespace teranga::train

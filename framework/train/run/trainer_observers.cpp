// SPDX-License-Identifier: Apache-2.0
// What the observers of the recipe are told, and the end of a training that one of them asks for.
#include "run/trainer.hpp"

#include "session/agreement.hpp"

#include <teranga/core/absolute_path.hpp>

namespace teranga::train {

void Trainer::begin_observers() {
  if (!observed_) return;
  together(comm_, [&] {
    if (!observers_) return;
    const std::string folder = absolute_path(folder_->path()).string();
    observers_->begin({sizeof(trg_training_start), folder.c_str(), step_, cursor_.epoch + 1, recipe_.training.epochs, loader_->steps_per_epoch(), networks_->summary(0).trainable});
  });
}

void Trainer::tell_observers(const NamedNumbers& numbers, double seconds) {
  std::int64_t stop = 0;
  together(comm_, [&] {
    if (!observers_) return;
    observers_->epoch_end(step_, cursor_.epoch, seconds, numbers, measured_);
    stop = !observers_->wish().empty();
  });
  comm_.broadcast(&stop, sizeof(stop), 0);
  if (stop != 0) stop_as_observed();
}

void Trainer::stop_as_observed() {
  if (ended_early_ != EndedBy::nobody || cursor_.epoch >= recipe_.training.epochs) return;
  ended_early_ = EndedBy::observer;
  if (observers_) progress_->note(observers_->wish());
}

void Trainer::end_observers(ExitCode code) {
  if (!observed_) return;
  together(comm_, [&] {
    if (observers_) observers_->end(step_, cursor_.epoch, code);
  });
}

}  // namespace teranga::train

// SPDX-License-Identifier: Apache-2.0
// Stops a run that no longer improves, and may bring the best weights back: keras.callbacks.EarlyStopping.
#pragma once

#include <string>
#include <vector>

#include <teranga/model/parameter_store.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/measured.hpp>

#include "run/run_folder.hpp"
#include "session/snapshot_copy.hpp"

namespace teranga::train {

class EarlyStopping {
 public:
  EarlyStopping(const recipe::EarlyStopping& recipe, const std::vector<Measured>& measured);

  // Whether to stop after this epoch (1 = the first). One in which the monitored number was not measured, because its phase had no turn, counts for nothing.
  bool epoch_end(std::int64_t epoch, const NamedNumbers& numbers, const model::ParameterStore& store);
  std::string reason() const;  // why it stops, for people
  // Brings the best weights back where the recipe asks for it; whether it did.
  bool restore(model::ParameterStore& store) const;

  void store(SnapshotViews& snapshot) const;  // for checkpoints
  void set_tensors(const std::vector<NamedTensor>& tensors);

 private:
  bool better(double value, double than) const;

  recipe::EarlyStopping recipe_;
  double sign_;  // 1: larger is better
  double best_;
  double best_epoch_ = 0, wait_ = 0;
  std::vector<NamedTensor> best_parameters_, best_states_;
};

}  // namespace teranga::train

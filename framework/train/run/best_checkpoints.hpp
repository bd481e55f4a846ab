// SPDX-License-Identifier: Apache-2.0
// Which epochs of a run were the best by one of their numbers, and a folder of the checkpoints of these: keras.callbacks.ModelCheckpoint with save_best_only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/recipe/recipe.hpp>
#include <teranga/train/measured.hpp>

#include "run/run_folder.hpp"
#include "session/snapshot_copy.hpp"

namespace teranga::train {

class BestCheckpoints {
 public:
  BestCheckpoints(const recipe::KeepBest& recipe, const std::vector<Measured>& measured);

  // Whether this epoch (1 = the first), which ended with that step, is among the best ones: its checkpoint is to be written. An epoch in which the number was not measured, or is not finite, is not.
  bool epoch_end(std::int64_t epoch, std::int64_t step, const NamedNumbers& numbers);
  // Makes `checkpoints`/best hold the checkpoints of the best epochs that are in `checkpoints` or already there, and no others. What cannot be done is a warning.
  void publish(const std::string& checkpoints) const;

  void store(SnapshotViews& snapshot) const;  // for checkpoints
  void set_tensors(const std::vector<NamedTensor>& tensors);

 private:
  struct Best {
    std::int64_t step, epoch;
    double value;
  };
  recipe::KeepBest recipe_;
  double sign_;             // 1: larger is better
  std::vector<Best> best_;  // the best one first; of two with the same number the earlier one
};

}  // namespace teranga::train

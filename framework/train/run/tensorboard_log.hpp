// SPDX-License-Identifier: Apache-2.0
// The event files of a run for TensorBoard, in its folder tensorboard: a folder below it for each of TensorBoard's runs. The curves of one of these have one axis: epochs
// (train, validation, test), or steps (steps). So, where a training goes on from a checkpoint, one mark tells TensorBoard what of all curves of a run is to be forgotten.
// Rank 0 alone has one. Each event is written at once: what a process that is killed leaves can be read.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <teranga/report/event_file.hpp>

#include "run/line_file.hpp"

namespace teranga::train {

class TensorBoardLog {
 public:
  static constexpr const char* of_steps = "steps";

  // Of a run that goes on after so many epochs and steps. Throws Error(failure).
  TensorBoardLog(const std::string& run_folder, std::int64_t epochs, std::int64_t steps);

  // `step` is an epoch, or a step of the run `steps`. Throws Error(failure) where a new file cannot be made.
  void add(const std::string& run, std::int64_t step, const report::EventSummary& summary);

 private:
  LineFile& file_of(const std::string& run);

  const std::string folder_;
  const std::int64_t epochs_, steps_;
  std::map<std::string, LineFile> files_;
};

}  // namespace teranga::train

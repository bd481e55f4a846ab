// SPDX-License-Identifier: Apache-2.0
// What a person sees while it runs: a bar, plain lines every few seconds, JSON lines on stdout, or nothing; the log file has the plain lines in every mode. Rank 0
// alone has one that speaks.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <teranga/train/train.hpp>

#include "run/run_folder.hpp"

namespace teranga::train {

class Progress {
 public:
  Progress(ProgressMode mode, bool speaks, std::int64_t epochs, std::int64_t steps_per_epoch);

  // Before the first step of the run: so many steps were made before.
  void begin(std::int64_t steps_before);
  // `numbers` are means so far in the epoch. Cheap where it is too early to speak again.
  bool due() const;
  void step(std::int64_t epoch, std::int64_t step_in_epoch, const NamedNumbers& numbers);
  void epoch(std::int64_t epoch, const NamedNumbers& numbers);
  void note(const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds between_lines{5000}, between_bars{100};

  void say(const std::string& text);
  void clear_bar();
  std::string times(std::int64_t epoch, std::int64_t step_in_epoch) const;

  ProgressMode mode_;
  bool speaks_;
  std::int64_t epochs_, steps_per_epoch_;
  std::int64_t steps_before_ = 0;
  Clock::time_point began_ = Clock::now(), said_ = began_, drawn_ = began_;
  bool bar_drawn_ = false;
};

}  // namespace teranga::train

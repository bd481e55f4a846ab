// SPDX-License-Identifier: Apache-2.0
// The time limit of the batch job in which a training runs: found by itself under Slurm, and left in time. How much time a last checkpoint needs is measured.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

#include <teranga/service/job_end.hpp>
#include <teranga/service/service.hpp>

namespace teranga::train {

// What a training needs before it can end: it comes to the next place where all ranks agree, and writes a checkpoint. Seconds.
struct EndingTimes {
  double between_meetings = 0;  // the longest that ranks did not agree: steps, an evaluation, a checkpoint that all wait for
  double checkpoint = 0;        // the longest until one was safe on disk
};

// Seconds before the end of a job at which its training is asked to stop. `first_left` seconds were left when that was known first: 30 s (a tenth of a short job) and half as much again as was measured, but at most half of that time.
double job_margin(const EndingTimes& times, double first_left);

class JobLimit {
 public:
  // Asks for the end of the job, if Slurm started it, and sets the deadline of `service`. On one rank.
  explicit JobLimit(Service& service);
  ~JobLimit();
  JobLimit(const JobLimit&) = delete;
  JobLimit& operator=(const JobLimit&) = delete;

  void met();                   // the ranks have just agreed
  void saved(double seconds);   // a checkpoint took so long

 private:
  using Clock = std::chrono::steady_clock;

  // hear() takes the lock for the two others.
  void hear(const TimeLeft& left);
  void hear_end(double seconds);
  void set_deadline();

  Service& service_;
  std::mutex mutex_;  // of what follows: the asking thread and that of the training
  EndingTimes times_;
  std::optional<Clock::time_point> met_;
  std::optional<Clock::time_point> end_;  // of the job
  double first_left_ = 0, margin_ = 0;
  bool told_ = false;  // that there is no limit, or that it cannot be found
  std::unique_ptr<JobEnd> asks_;  // ends first
};

}  // namespace teranga::train

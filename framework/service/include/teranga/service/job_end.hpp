// SPDX-License-Identifier: Apache-2.0
// When the batch job ends in which this process runs. Slurm tells it. A thread asks at once, and again every few minutes, because the limit of a job may be changed while it runs.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace teranga {

struct TimeLeft {
  enum class Kind {
    known,      // `seconds` are left, 0 or more
    unlimited,  // the job has no time limit
    unknown     // `why`: the answer, or what kept it away
  };
  Kind kind = Kind::unknown;
  double seconds = 0;
  std::string why;
};

// Of what `squeue -o %L` prints: "1-02:03:04", "2:03:04", "3:04", UNLIMITED, NOT_SET, INVALID; a blank behind it does no harm.
TimeLeft time_left_in(std::string_view answer);

// The job of this process as squeue and scontrol take it: "7", and of an array "7_2". Empty where it is none of Slurm's.
std::string slurm_job();

// What squeue answers for this job in so many seconds, or SLURM_JOB_END_TIME where squeue knows no time. Not waited for any longer once `stops` is set.
TimeLeft time_left_of(const std::string& job, double patience, const std::atomic<bool>* stops = nullptr);

// Seconds until the next question, of which there are `every` seconds at the most: the nearer the end, the sooner, so that a limit that was raised at the last minute is heard of.
double until_next_question(const TimeLeft& left, double every);

class JobEnd {
 public:
  struct Settings {
    double every = 180, patience = 10;  // seconds between two questions, and for an answer
  };
  // Asks for the end of slurm_job(). `told` hears of each answer, on the thread of this object; it must be short. Where squeue gives no time, SLURM_JOB_END_TIME does, which newer versions of Slurm set.
  explicit JobEnd(std::function<void(const TimeLeft&)> told);
  JobEnd(std::function<void(const TimeLeft&)> told, const Settings& settings);
  ~JobEnd();
  JobEnd(const JobEnd&) = delete;
  JobEnd& operator=(const JobEnd&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace teranga

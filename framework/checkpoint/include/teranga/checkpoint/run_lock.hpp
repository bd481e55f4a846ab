// SPDX-License-Identifier: Apache-2.0
// One owner per run folder: a file `owner` with host, process, user and job. No flock, which network file systems lose; instead a living owner touches
// the file, and one on another host counts as gone when it has not done so for a while.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace teranga::checkpoint {

inline constexpr double touch_seconds = 10;    // an owner calls touch() at least this often
inline constexpr double silent_seconds = 120;  // an owner that cannot be judged from here is given up after so long without a touch
// An owner is watched for this long before it is given up, because the clocks of hosts differ. A file that is older than a day is believed at once.
inline constexpr double watched_seconds = 15;

struct OwnerWait {
  double of_living = 0;                // how long to wait for an owner that lives, s
  std::function<bool()> give_up = {};  // asked twice a second
  double silent = silent_seconds, watched = watched_seconds;
};

class OwnerFile;

// Taken for its lifetime, by one process of a run (rank 0). An owner that is gone is replaced where that can be proved: at once on the same host, and after a short silence in a job that Slurm says is over.
// One that can be proved neither alive nor dead is waited for: it gives a sign of life within touch_seconds, or is replaced after silent_seconds without one.
// Throws Error(requeue) where an owner lives longer than the wait for it, and where the wait is given up: the same command may do better later.
class RunLock {
 public:
  explicit RunLock(const std::string& folder, const OwnerWait& wait = {});
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  ~RunLock();

  // A sign of life for other hosts. False where another process has taken the folder meanwhile. Any thread.
  bool touch() const;
  // The folder is free for others, where it is still this process's.
  void release() const noexcept;
  // The folder has another name now, and its file `owner` is still in it.
  void moved_to(const std::string& folder);

  // Whether a former or a running job has left its name in the folder.
  static bool is_there(const std::string& folder);

 private:
  std::unique_ptr<OwnerFile> file_;
};

}  // namespace teranga::checkpoint

// SPDX-License-Identifier: Apache-2.0
// One writer per run folder: a file `owner` with host, process and its start time. No flock, which network file systems
// lose; instead a living owner touches the file, and one on another host counts as gone when it has not done so for a while.
#pragma once

#include <string>

namespace teranga::checkpoint {

inline constexpr double touch_seconds = 20;   // an owner calls touch() at least this often
inline constexpr double silent_seconds = 120;  // an owner that cannot be judged from here is given up after so long without a touch

// Taken for its lifetime. Throws Error(usage) while a live process of this host owns the folder, or one of another host or container that
// gave a sign of life within silent_seconds; takes over from an owner that is gone. By one process of a run (rank 0).
class RunLock {
 public:
  explicit RunLock(const std::string& folder);
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  ~RunLock();


  // A sign of life for other hosts. False where another process has taken the folder meanwhile. Any thread.
  bool touch() const;

 private:
  std::string path_;
  std::string content_;
};

}  // namespace teranga::checkpoint

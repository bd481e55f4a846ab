// SPDX-License-Identifier: Apache-2.0
// One writer per run folder: a file `owner` with host, process and its start time. No flock, which network file systems
// lose; the price is that an owner on another host, or one that cannot be judged, has to be removed by hand.
#pragma once

#include <string>

namespace teranga::checkpoint {

// Taken for its lifetime. Throws Error(usage) while a live process of this host, or any process of another host, owns the folder;
// takes over from a process of this host that is gone. By one process of a run (rank 0).
class RunLock {
 public:
  explicit RunLock(const std::string& folder);
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  ~RunLock();

 private:
  std::string path_;
  std::string content_;
};

}  // namespace teranga::checkpoint

// SPDX-License-Identifier: Apache-2.0
// Files in the run folder by which people ask a training for something, where they cannot send it a signal: STOP writes a checkpoint and stops, CHECKPOINT writes one.
// What they hold does not matter. A file is removed when it has been seen.
#pragma once

#include <chrono>
#include <string>

#include <teranga/service/service.hpp>

namespace teranga::train {

class RequestFiles {
 public:
  // Files from before this start are removed, and the log says so.
  explicit RequestFiles(std::string folder);

  // Looks at most twice a second. What was asked for stays so until it is done.
  const Request& asked();
  void checkpoint_written() noexcept { asked_.checkpoint = 0; }
  void moved_to(const std::string& folder) { folder_ = folder; }

 private:
  bool take(const char* name);

  std::string folder_;
  std::chrono::steady_clock::time_point next_;
  Request asked_;
  bool stuck_ = false;  // a file cannot be removed: it is heeded once
};

}  // namespace teranga::train

// SPDX-License-Identifier: Apache-2.0
// Runs a piece of work in a process of its own, with limits. A second process watches it: it says how the work ended, ends whatever processes it left behind, and removes its files. Both end when this process does.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <sys/types.h>

namespace teranga::conformance {

struct ProcessLimits {
  double seconds = 60;
  std::uint64_t memory = std::uint64_t{4} << 30;  // bytes beyond what this process has
};

struct WatchedWork {
  std::string item;                      // as findings name it
  std::function<void(int results)> run;  // writes result lines; the last one says done
};

struct WatchedProcess {
  pid_t watcher = -1;
  int results = -1;  // to be read to its end; then the watcher is to be waited for
};

// Throws Error(failure) where the system gives no process. No other thread may run.
WatchedProcess start_watched(const WatchedWork& work, const ProcessLimits& limits);

}  // namespace teranga::conformance

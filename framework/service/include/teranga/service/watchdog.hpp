// SPDX-License-Identifier: Apache-2.0
// Watches a training, alone or as one of many ranks, from a thread of its own: what stalls is named in the log after half of its limit, and ends the job with exit code 6 after it. Ranks
// show each other signs of life over the network, outside of MPI. Rank 0 judges the others; they judge rank 0, and themselves where no signs get through.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <teranga/service/stall_rules.hpp>

namespace teranga {

struct WatchOptions {
  StallLimits limits;
  int rank = 0, ranks = 1;
  std::string host;
  double deadline = 0;  // s until the training is asked to stop; 0: never
};

class Watchdog {
 public:
  // Ends this process and all others of the job with the code 6; it may be called while the other threads are stuck. `host_is_lost`: another host gives no sign of life.
  using End = std::function<void(bool host_is_lost)>;

  // Watches from now on. Where the system gives no thread, nothing is watched, and a warning says so.
  Watchdog(const WatchOptions& options, End end);
  ~Watchdog();  // says goodbye to the other ranks
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  std::string address() const;                         // of this rank, as text
  void meet(const std::vector<std::string>& addresses);  // of all ranks, by rank

  // Where the report of a stall is written, as stall-rank-<rank>.txt, if that folder is there then.
  void report_to(const std::string& folder);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace teranga

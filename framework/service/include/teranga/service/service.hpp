// SPDX-License-Identifier: Apache-2.0
// One background thread that listens to signals and the clock, and turns them into requests that the training loop reads between steps.
// It never acts on the run itself; only a second TERM or INT ends the process. At most one Service exists at a time.
//
//   USR1               checkpoint and go on
//   USR2               checkpoint and stop
//   TERM INT XCPU HUP  the first: stop after this step; a second TERM or INT, more than half a second later: end at once with 128 + signal
//   PIPE               ignored
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace teranga {

// A plain word, so that ranks can agree on it: the maximum of each flag over the ranks is the request of all.
struct Request {
  std::int64_t checkpoint = 0;
  std::int64_t checkpoint_and_stop = 0;
  std::int64_t stop_after_step = 0;
  std::int64_t deadline = 0;  // the time limit is near: checkpoint and stop

  bool any() const noexcept { return (checkpoint | checkpoint_and_stop | stop_after_step | deadline) != 0; }
  bool stops() const noexcept { return (checkpoint_and_stop | stop_after_step | deadline) != 0; }
};

class Service {
 public:
  Service();
  ~Service();  // the signals have their former actions again
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  Request requested() const noexcept;  // any thread, no lock
  void clear_checkpoint() noexcept;    // the checkpoint has been written

  // Seconds from now until Request::deadline is raised; a later call replaces the earlier one. Zero or less raises it at once.
  void set_deadline(double seconds);

  // Calls `tick` on the background thread every so many seconds; it must be short. An exception from it is logged once and ends the ticks.
  void every(double seconds, std::function<void()> tick);

  // Runs on the background thread just before a second signal ends the process: flush logs, nothing that may wait.
  void on_sudden_end(std::function<void()> last_words);

  // What is armed, a line each, for the start of a run.
  std::vector<std::string> armed() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace teranga

// SPDX-License-Identifier: Apache-2.0
// One background thread that listens to signals and the clock, and turns them into requests that the training loop reads between steps.
// It never acts on the run itself; only a second TERM or INT ends the process. At most one Service exists at a time.
//
//   USR1               checkpoint and go on
//   USR2               checkpoint and stop
//   TERM INT XCPU HUP  the first: stop after this step; a second TERM or INT, more than half a second later: end at once with 128 + signal
//   PIPE               ignored
//
// So it is while the work goes on. Before the work there is nothing to save, and after it nothing is left to do: prepare() and finish() say what a signal does then. HUP stays ignored
// where the process was started so, as by nohup.
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
  // As with prepare() from the very first signal on.
  explicit Service(int exit_code);
  ~Service();  // the signals have their former actions again
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  Request requested() const noexcept;  // any thread, no lock
  void clear_checkpoint() noexcept;    // the checkpoint has been written

  // Until begin(): a signal that asks to stop ends the process at once with this exit code, after the last words.
  void prepare(int exit_code);
  void begin();
  // From now on: the exit code is decided. A signal that asks to stop is told and changes nothing; a second TERM or INT ends the process at once with this exit code.
  void finish(int exit_code);

  // Seconds from now until Request::deadline is raised; a later call replaces the earlier one. Zero or less raises it at once.
  void set_deadline(double seconds);

  // Calls `tick` on the background thread every so many seconds; it must be short. An exception from it is logged once and ends the ticks.
  void every(double seconds, std::function<void()> tick);

  // Runs on the background thread just before a signal ends the process: flush logs, nothing that may wait.
  void on_sudden_end(std::function<void()> last_words);

  // The periodic task and the last words end here: neither of them runs any more when this returns.
  void forget_tasks();

  // What is armed, a line each, for the start of a run.
  std::vector<std::string> armed() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace teranga

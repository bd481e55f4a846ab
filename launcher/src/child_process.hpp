// SPDX-License-Identifier: Apache-2.0
// Runs another program and waits for it.
#pragma once

#include <csignal>
#include <string>
#include <vector>

namespace teranga::launcher {

inline constexpr int cannot_be_started = 127;  // the exit code then, as a shell has it

struct ChildEnd {
  int code = 0;           // its exit code; 128 and the number of the signal that ended it
  bool interrupted = false;  // this process was asked to stop meanwhile
};

// While it lives, signals that ask for a stop or a checkpoint wait for the next run_child(), which passes them on. For the thread that calls run_child(). Those that still wait at its end are dropped:
// the work that they would stop is over.
class WaitingSignals {
 public:
  WaitingSignals();
  ~WaitingSignals();
  WaitingSignals(const WaitingSignals&) = delete;
  WaitingSignals& operator=(const WaitingSignals&) = delete;

 private:
  sigset_t before_{};
};

// What the program writes is added to the file `log`. Signals that ask for a stop or a checkpoint (INT, TERM, HUP, XCPU, USR1, USR2) go to the program. It gets TERM where this process ends before it. Throws Error(failure) where the log cannot be written.
ChildEnd run_child(const std::vector<std::string>& words, const std::string& log);

}  // namespace teranga::launcher

// SPDX-License-Identifier: Apache-2.0
// A plugin, or a library that it uses, may call exit(), _exit() or quick_exit(). A job would then end in the middle of its work with exit code 0, as if it were done. So a program with this
// module in it has functions of its own of these names, which plugins find before those of the C library.
#pragma once

namespace teranga::host {

// While one lives, any of them within a call of a plugin ends the process with exit code 4 and a message that names the plugin. With the number 0 elsewhere they end it with exit code 1, and
// other numbers stay as they are. Handlers of exit() that were registered before it was made do not run then.
class ExitGuard {
 public:
  ExitGuard() noexcept;
  ~ExitGuard();
  ExitGuard(const ExitGuard&) = delete;
  ExitGuard& operator=(const ExitGuard&) = delete;

  // For a process that is about to end on purpose.
  static void disarm() noexcept;
};

}  // namespace teranga::host

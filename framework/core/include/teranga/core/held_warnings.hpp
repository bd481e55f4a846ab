// SPDX-License-Identifier: Apache-2.0
// Warnings that wait for the end of what they warn of: where it fails, its error is told alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace teranga::log {

// While it lives, the log keeps what the thread that made it warns of; other threads warn at once. release() tells what was kept, and what was not released is
// forgotten. Lives in a scope of its thread: of several, the last one made goes first, and hands to the one before it what it releases.
class HeldWarnings {
 public:
  HeldWarnings() noexcept;
  ~HeldWarnings();
  HeldWarnings(const HeldWarnings&) = delete;
  HeldWarnings& operator=(const HeldWarnings&) = delete;

  void release();

  // Whether one of this thread has kept the warning. `loud`: each rank says it.
  static bool keep(std::string_view text, bool loud);

 private:
  struct Warning {
    std::string text;
    bool loud;
  };
  bool holds_ = true;
  HeldWarnings* before_;
  std::vector<Warning> kept_;
};

}  // namespace teranga::log

// SPDX-License-Identifier: Apache-2.0
// Warnings that wait for the end of what they warn of: where it fails, its error is told alone.
#pragma once

namespace teranga::log {

// While it lives, the log keeps warnings; release() tells them, and what was not released is forgotten.
class HeldWarnings {
 public:
  HeldWarnings();
  ~HeldWarnings();
  HeldWarnings(const HeldWarnings&) = delete;
  HeldWarnings& operator=(const HeldWarnings&) = delete;

  void release();

 private:
  bool holds_ = true;
};

}  // namespace teranga::log

// SPDX-License-Identifier: Apache-2.0
// The one exception type of the framework. It carries the exit code that a batch job sees and an optional
// hint that the user can type; the message itself says who, what was expected, what was found and where.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace teranga {

// The contract with batch scripts; the numbers never change.
enum class ExitCode : int {
  done = 0,
  failure = 1,   // run-time failure
  usage = 2,     // command line or recipe
  diverged = 3,  // NaN or infinite loss
  plugin = 4,    // cannot load, wrong border, failed inside
  data = 5,      // missing, truncated, mislabelled or empty data
  stalled = 6,   // a rank stopped answering
  requeue = 75,  // stopped early, resumable with the same command
};

class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

  ExitCode code() const noexcept { return code_; }
  const std::string& hint() const noexcept { return hint_; }

 private:
  ExitCode code_;
  std::string hint_;
};

}  // namespace teranga

// SPDX-License-Identifier: Apache-2.0
// What the kernel, and the places where threads leave word, show of this process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/service/rank_state.hpp>

namespace teranga {

// Bytes that the process has read and written so far, of files and of others; 0 where the kernel does not tell.
std::uint64_t bytes_moved();

// Whether a thread is in the middle of writing to standard output or standard error, and whoever reads that takes nothing. Looked at while nothing goes on.
bool waits_for_output();

// The calls into plugins that go on for long.
class CallWatch {
 public:
  void look(double now);
  // The one that has gone on longest, for so many seconds at least.
  void show(double now, double least, RankState& state) const;
  std::string list(double now) const;  // all calls that go on, a line each

 private:
  struct Seen {
    std::uint64_t calls = 0;
    double since = 0;
  };
  std::vector<Seen> seen_;
};

}  // namespace teranga

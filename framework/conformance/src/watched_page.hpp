// SPDX-License-Identifier: Apache-2.0
// The memory that a rule's process shares with the one that watches it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace teranga::conformance {

struct WatchedPage {
  static constexpr int threads = 32;
  char calls[threads][48];  // that run; empty: none
  char thrown_in[48];       // the call that an exception came out of
  char refused_in[48];      // the call that was given no memory
  std::uint64_t refused_bytes;
  char place[1024];
  char last_words[1024];    // the text of an exception that nobody caught
  char touched[512];        // what a call touched when it crashed; empty: it is not known
  char touched_mend[512];
};

void watch_calls_on(WatchedPage* shared) noexcept;
void leave_last_words(std::string_view text) noexcept;
void leave_words_of_crash(std::string_view touched, std::string_view mend) noexcept;
bool within_a_call() noexcept;  // this thread
void memory_was_refused(std::uint64_t bytes) noexcept;  // to the call of this thread
bool memory_was_refused() noexcept;
std::string call_that_threw();  // empty: none

}  // namespace teranga::conformance

// SPDX-License-Identifier: Apache-2.0
// The memory that a rule's process shares with the one that watches it.
#pragma once

#include <string_view>

namespace teranga::conformance {

struct WatchedPage {
  static constexpr int threads = 32;
  char calls[threads][48];  // that run; empty: none
  char thrown_in[48];       // the call that an exception came out of
  char place[1024];
  char last_words[1024];    // what is known about an end that is near, as the text of an exception
};

void watch_calls_on(WatchedPage* shared) noexcept;
void leave_last_words(std::string_view text) noexcept;

}  // namespace teranga::conformance

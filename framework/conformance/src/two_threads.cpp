// SPDX-License-Identifier: Apache-2.0
#include "two_threads.hpp"

#include <atomic>
#include <chrono>
#include <thread>

namespace teranga::conformance {

bool same_together(const std::function<bool(std::size_t which)>& body) {
  constexpr auto moment = std::chrono::milliseconds(150);
  constexpr int least = 3;
  std::atomic<bool> same{true};
  std::atomic<int> waiting{2};
  const auto repeat = [&](std::size_t which) {
    for (--waiting; waiting > 0;) std::this_thread::yield();
    const auto end = std::chrono::steady_clock::now() + moment;
    for (int round = 0; same && (round < least || std::chrono::steady_clock::now() < end); ++round)
      if (!body(which)) same = false;
  };
  std::thread other(repeat, 1);
  repeat(0);
  other.join();
  return same;
}

}  // namespace teranga::conformance

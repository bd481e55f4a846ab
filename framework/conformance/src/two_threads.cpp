// SPDX-License-Identifier: Apache-2.0
#include "two_threads.hpp"

#include <atomic>
#include <chrono>
#include <thread>

namespace teranga::conformance {

bool same_together(const std::function<bool(std::size_t which)>& body) {
  // On a machine that has much else to do the threads may stand in turns for long: calls count as well as time.
  constexpr auto moment = std::chrono::milliseconds(150), longest = std::chrono::milliseconds(2500);
  constexpr int least = 3, enough = 300;
  std::atomic<bool> same{true};
  std::atomic<int> waiting{2};
  const auto repeat = [&](std::size_t which) {
    for (--waiting; waiting > 0;) std::this_thread::yield();
    const auto start = std::chrono::steady_clock::now();
    for (int round = 0; same; ++round) {
      const auto passed = std::chrono::steady_clock::now() - start;
      if (round >= least && passed > (round >= enough ? moment : longest)) break;
      if (!body(which)) same = false;
    }
  };
  std::thread other(repeat, 1);
  repeat(0);
  other.join();
  return same;
}

}  // namespace teranga::conformance

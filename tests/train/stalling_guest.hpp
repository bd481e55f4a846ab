// SPDX-License-Identifier: Apache-2.0
// A call that never comes back, as one of a faulty plugin, on the rank STALL_RANK: from call STALL_AFTER on, where that is set. It turns round and round, or sleeps. With STALL_SECONDS, each
// call from then on takes so many seconds instead.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "guest_variables.hpp"

inline std::atomic<bool> turning{true};

inline void count_call(std::atomic<long>& calls, bool turns) {
  const long call = ++calls;
  if (call < number("STALL_AFTER", 1L << 40) || number("OMPI_COMM_WORLD_RANK", 0) != number("STALL_RANK", 0)) return;
  if (const long seconds = number("STALL_SECONDS", 0)) return std::this_thread::sleep_for(std::chrono::seconds(seconds));
  while (turning)
    if (!turns) std::this_thread::sleep_for(std::chrono::milliseconds(100));
}


// SPDX-License-Identifier: Apache-2.0
// What every thread that computes must have: denormal floats flushed to zero (they cost a hundred times as much), and whatever other rooms
// need, such as one OpenMP thread. Teams prepare their threads themselves; a thread of one's own calls prepare_this_thread().
#pragma once

#include <functional>

namespace teranga {

// Runs once on each thread before its next work, also on threads that have worked already. May be called by any thread.
void on_each_thread(std::function<void()> hook);

void prepare_this_thread();

}  // namespace teranga

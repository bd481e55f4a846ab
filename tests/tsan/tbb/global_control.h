// SPDX-License-Identifier: Apache-2.0
// The limit of TBB's threads, beside task_arena.h: there each arena has its own threads, and none more than its slots.
#pragma once

#include <cstddef>

namespace tbb {

class global_control {
 public:
  enum parameter { max_allowed_parallelism };
  global_control(parameter, std::size_t) {}
};

}  // namespace tbb

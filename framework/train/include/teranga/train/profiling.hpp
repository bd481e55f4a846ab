// SPDX-License-Identifier: Apache-2.0
// What --profile asks for.
#pragma once

#include <cstdint>

namespace teranga::train {

struct Profiling {
  bool wanted = false;
  bool trace = true;  // besides the table
  // Steps that the trace shows call by call; 0: the first ten that are measured.
  std::int64_t first_traced = 0, last_traced = 0;
};

}  // namespace teranga::train

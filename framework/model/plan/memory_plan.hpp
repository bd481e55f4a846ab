// SPDX-License-Identifier: Apache-2.0
// Places buffers that live for a span of operations into one arena, so that two share bytes only if they never live at the same time.
#pragma once

#include <cstddef>
#include <vector>

namespace teranga::model {

struct Lifetime {
  std::size_t bytes = 0;
  int birth = -1, death = -1;  // first and last operation that touches it; birth -1: never used
  std::size_t offset = 0;      // the answer
};

// Fills in the offsets (multiples of 64 bytes) and returns the size of the arena. First fit by birth, larger ones first.
std::size_t place(std::vector<Lifetime>& buffers);

}  // namespace teranga::model

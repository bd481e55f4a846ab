// SPDX-License-Identifier: Apache-2.0
// Waiting for messages: actively at first, then the core is offered to others at each look.
#pragma once

#include <thread>

namespace teranga {

template <class F>
void wait_until(F&& is_so) {
  constexpr int eager_looks = 1000;
  for (int looks = 0; !is_so(); ++looks)
    if (looks > eager_looks) std::this_thread::yield();
}

}  // namespace teranga

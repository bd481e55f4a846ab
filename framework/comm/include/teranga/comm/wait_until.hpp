// SPDX-License-Identifier: Apache-2.0
// Waiting for messages: actively at first, then the core is offered to others at each look.
#pragma once

#include <teranga/comm/communicator.hpp>
#include <teranga/core/activity.hpp>

namespace teranga {

template <class F>
void wait_until(Communicator& communicator, F&& is_so) {
  const activity::Waiting waits;
  for (int looks = 0; !is_so(); ++looks) communicator.idle(looks);
}

}  // namespace teranga

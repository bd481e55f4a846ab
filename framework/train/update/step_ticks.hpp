// SPDX-License-Identifier: Apache-2.0
// What the steps of a rank spend their time on, as its first thread sees it.
#pragma once

#include <teranga/parallel/profile.hpp>

namespace teranga::train {

struct StepTicks {
  Ticks forward = 0, backward = 0, update = 0;
  Ticks averaging = 0;  // in messages to other ranks, and waiting for them

  StepTicks& operator+=(const StepTicks& other) noexcept {
    forward += other.forward, backward += other.backward, update += other.update, averaging += other.averaging;
    return *this;
  }
};

// While it lives, time is added there.
class TicksOf {
 public:
  explicit TicksOf(Ticks& into) noexcept : into_(into) {}
  ~TicksOf() { into_ += ticks_now() - begin_; }
  TicksOf(const TicksOf&) = delete;
  TicksOf& operator=(const TicksOf&) = delete;

 private:
  Ticks& into_;
  const Ticks begin_ = ticks_now();
};

}  // namespace teranga::train

// SPDX-License-Identifier: Apache-2.0
// Memory that all schedules of the networks with one store run in, one at a time: each number of samples and each purpose has a schedule of its own, and
// so has every length of samples and every phase.
#pragma once

#include <cstddef>

#include <teranga/tensor/buffer.hpp>

namespace teranga::model {

class WorkMemory {
 public:
  // At least so many bytes, which hold whatever was left there. What was given before is void where they lie elsewhere.
  char* take(std::size_t bytes) {
    if (memory_.size() < bytes) {
      memory_ = Buffer();  // not both at once
      memory_ = Buffer(bytes);
    }
    return static_cast<char*>(memory_.data());
  }
  std::size_t size() const noexcept { return memory_.size(); }

 private:
  Buffer memory_;
};

}  // namespace teranga::model

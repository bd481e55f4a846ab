// SPDX-License-Identifier: Apache-2.0
// A loop of multiply-adds that is bound by the arithmetic units alone.
#pragma once

#include <cstdint>

namespace teranga::math {

struct MultiplyAddChain {
  float (*run)(std::int64_t rounds);  // gives a number that keeps the work from being left out
  double flops;                       // of a round
};

MultiplyAddChain multiply_add_base() noexcept;
MultiplyAddChain multiply_add_v3() noexcept;
MultiplyAddChain multiply_add_v4() noexcept;

}  // namespace teranga::math

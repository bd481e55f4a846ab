// SPDX-License-Identifier: Apache-2.0
// How many of n samples are left where a share of them is taken away. The one place that rounds.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace teranga {

// n - ceil(n * share): the taken part is rounded up, as scikit-learn's test_size does, and the rest is floor(n * (1 - share)), as Keras's
// validation_split. The exact product is meant: 0.9 of 10 leaves 1, though 10 * (1 - 0.9) is 0.9999999999999998 in doubles. share: [0, 1).
inline std::int64_t left_of(std::int64_t n, double share) {
  const double taken = static_cast<double>(n) * share;
  const double rounding = 4 * std::numeric_limits<double>::epsilon() * taken;  // of the share itself, of a sum of two shares, and of the product
  return n - static_cast<std::int64_t>(std::ceil(taken - rounding));
}

}  // namespace teranga

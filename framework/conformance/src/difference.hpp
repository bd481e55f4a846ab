// SPDX-License-Identifier: Apache-2.0
// A gradient against differences of the function, with steps of several lengths: a wrong one fits none of them, and neither rounding nor the kink of a relu makes a right one wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace teranga::conformance {

struct GradientFault {
  bool found = false;
  std::int64_t index = 0;
  double given = 0, difference = 0;  // what the gradient says, and a difference
};

// `type`: what the function computes in. Looks at 150 elements at most.
GradientFault wrong_gradient(const std::vector<double>& x, const std::vector<double>& gradient, std::int32_t type, const std::function<double(const std::vector<double>&)>& function);

}  // namespace teranga::conformance

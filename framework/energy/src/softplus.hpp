// SPDX-License-Identifier: Apache-2.0
// log(1 + exp(x)), without overflow.
#pragma once

#include <algorithm>
#include <cmath>

namespace teranga::energy {

inline double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

}  // namespace teranga::energy

// SPDX-License-Identifier: Apache-2.0
// into[i] += from[i], with the widest vectors that the CPU has.
#pragma once

#include <cstdint>

namespace teranga::model {

void add(float* into, const float* from, std::int64_t count);
void add(double* into, const double* from, std::int64_t count);

}  // namespace teranga::model

// SPDX-License-Identifier: Apache-2.0
// Sums of partial results in a fixed order, so that they have the same bits for any number of threads.
#pragma once

#include <cstddef>
#include <span>

#include <teranga/parallel/team.hpp>

namespace teranga {

// out[i] = ((partials[0][i] + partials[1][i]) + partials[2][i]) + ... for i in [0, count). No partials give zeros. `out` may be
// partials[0]; it overlaps no other.
void sum_in_order(Team& team, std::span<const float* const> partials, float* out, std::size_t count);
void sum_in_order(Team& team, std::span<const double* const> partials, double* out, std::size_t count);

}  // namespace teranga

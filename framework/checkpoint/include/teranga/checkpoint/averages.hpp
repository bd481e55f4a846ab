// SPDX-License-Identifier: Apache-2.0
// Moving averages of weights, which an optimizer keeps among its slots.
#pragma once

#include <teranga/checkpoint/snapshot.hpp>

namespace teranga::checkpoint {

inline constexpr const char* average_slot = "/weight_average";  // the end of such a slot's name, behind that of the parameter

// Parameters that have an average become it. The optimizer's slots stay as they are.
void take_averages(Snapshot& snapshot);

}  // namespace teranga::checkpoint

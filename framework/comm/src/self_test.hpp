// SPDX-License-Identifier: Apache-2.0
// Some releases of MPI have summed wrongly in place. A run of a week must not find out by its loss: a few milliseconds at the start do.
#pragma once

#include <teranga/comm/communicator.hpp>

namespace teranga {

// Throws Error(failure) naming the collective whose result differs from the known answer.
void check_collectives(Communicator& communicator);

}  // namespace teranga

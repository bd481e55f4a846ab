// SPDX-License-Identifier: Apache-2.0
// Work that the launched group does as one: joins it, and ends all ranks with one message where a rank fails alone.
#pragma once

#include <functional>

#include <teranga/comm/communicator.hpp>
#include <teranga/core/error.hpp>

namespace teranga::train {

// Runs `work` as a rank of the group. An error that all ranks know of is thrown on all of them; another one, in a group of several, is said
// by the rank that met it and ends the group.
ExitCode in_group(const std::function<ExitCode(Communicator&)>& work);

// The threads of this rank. Ranks that may run on the same cores share them out; a rank that is bound to its own keeps them all. `asked`: 0 where nobody asked. Collective.
int threads_for(int asked, Communicator& comm);

}  // namespace teranga::train

// SPDX-License-Identifier: Apache-2.0
// Work that the launched group does as one: joins it, and ends all ranks with one message where a rank fails alone.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/core/error.hpp>

#include "session/core_shares.hpp"

namespace teranga::train {

// Runs `work` as a rank of the group. An error that all ranks know of is thrown on all of them; another one, in a group of several, is said
// by the rank that met it and ends the group. Ranks with another command ("train"), another build or other libraries are told apart before.
ExitCode in_group(const std::string& command, const std::function<ExitCode(Communicator&)>& work);

// Where the ranks compute.
struct Placement {
  int threads = 1;                    // of this rank
  std::vector<int> threads_of_ranks;
  std::vector<RankCores> ranks;       // as their launcher has placed them
  std::vector<RankCores> pinned;      // as they run now
};

// Ranks that may run on the same cores share them out; a rank that is bound to its own keeps them all. `asked` threads; 0 where nobody asked. `pin`: each of them runs on cores of its own
// from now on, with the threads that it starts, where there are enough. Collective.
Placement place_threads(int asked, bool pin, Communicator& comm);

}  // namespace teranga::train

// SPDX-License-Identifier: Apache-2.0
// Which cores of its node each rank may run on, and how many threads it takes for itself. Ranks that may run on the same cores share them out.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <teranga/comm/communicator.hpp>

namespace teranga::train {

struct RankCores {
  std::string node;        // the same text for ranks on the same node
  std::string host;        // its name, for messages
  int online = 1;          // cores of the node that its ranks could be bound to
  int usable = 1;          // of its own, with the processor time that is granted
  std::vector<int> cores;  // numbers of those that it may run on; empty: not known
};

// Collective.
std::vector<RankCores> cores_of_ranks(Communicator& comm);

// The threads of a rank where nobody asked for a number: of each core its part among the ranks that may run there, one at the least.
int fair_threads(std::span<const RankCores> ranks, std::size_t rank);

// Where several ranks of a node may run on the same cores, and these are enough for their threads: the cores of its own for each rank, in proportion to its threads, neighbours in `order`
// (which cores_by_distance() gives) as far as that goes. Empty for a rank that stays where it is.
std::vector<std::vector<int>> disjoint_cores(std::span<const RankCores> ranks, std::span<const int> threads, std::span<const int> order);

// Which rank has which cores, for each node with several ranks: "cores of node1: process 0 on 0-3, process 1 on 4-7". Nothing where ranks share cores.
std::vector<std::string> cores_told(std::span<const RankCores> ranks);

// What the launcher can do about cores that are left idle, or share threads.
enum class Launcher { none, mpirun, slurm };
Launcher launcher_of_ranks();

// A sentence for each node on which a launcher leaves cores idle, or on which more threads run than there are cores for them. `threads`: of each rank.
std::vector<std::string> lost_cores(std::span<const RankCores> ranks, std::span<const int> threads, Launcher launcher);

}  // namespace teranga::train

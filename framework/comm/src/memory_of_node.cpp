// SPDX-License-Identifier: Apache-2.0
#include <teranga/comm/memory_of_node.hpp>

#include <teranga/core/log.hpp>

#include <string>
#include <vector>

#include <fmt/format.h>

namespace teranga {

std::shared_ptr<NodeMemory> memory_of_node(Communicator& comm) {
  if (comm.size() == 1) return nullptr;
  const bool first = comm.local_rank() == 0, several = comm.local_size() > 1;
  std::shared_ptr<NodeMemory> memory = first && several ? NodeMemory::make(comm.local_size()) : nullptr;
  const std::vector<std::string> addresses = comm.allgather(memory ? memory->address() : "");
  if (!first) memory = NodeMemory::join(addresses[static_cast<std::size_t>(comm.first_on_node())], comm.local_rank(), comm.local_size());
  // All ranks of a node, or none.
  const std::vector<std::string> found = comm.allgather(fmt::format("{} {}", comm.first_on_node(), memory || !several));
  const std::string missing = fmt::format("{} {}", comm.first_on_node(), false);
  for (const std::string& one : found) {
    if (one != missing) continue;
    if (first) log::warning(fmt::format("the {} processes on this machine cannot share memory, so each holds the data by itself: they may not open each other's files in /proc", comm.local_size()));
    return nullptr;
  }
  return memory;
}

}  // namespace teranga

// SPDX-License-Identifier: Apache-2.0
// The memory that the ranks on one node share.
#pragma once

#include <memory>

#include <teranga/comm/communicator.hpp>
#include <teranga/tensor/node_memory.hpp>

namespace teranga {

// Of the ranks on this one's node; null where this rank is alone there, and where they cannot share memory, which is warned of once a node: other name spaces of
// processes, or a kernel without anonymous files. Collective.
std::shared_ptr<NodeMemory> memory_of_node(Communicator& comm);

}  // namespace teranga

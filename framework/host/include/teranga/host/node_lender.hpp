// SPDX-License-Identifier: Apache-2.0
// The host's side of TRG_NODE_MEMORY: blocks that data sets hold once for all processes of a machine.
#pragma once

#include <optional>

#include <teranga/sdk/c/node_memory.h>
#include <teranga/tensor/node_memory.hpp>

namespace teranga::host {

const trg_node_memory& node_lender() noexcept;

// While it lives, blocks that plugins ask for on this thread are held in that memory; elsewhere, and where it is null, in memory of this process alone. All
// processes of the machine make it around the same work (NodeMemory::Work).
class LendNode {
 public:
  explicit LendNode(NodeMemory* memory) noexcept;
  ~LendNode();
  LendNode(const LendNode&) = delete;
  LendNode& operator=(const LendNode&) = delete;

 private:
  NodeMemory* before_;
  std::optional<NodeMemory::Work> work_;
};

}  // namespace teranga::host

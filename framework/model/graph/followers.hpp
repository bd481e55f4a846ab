// SPDX-License-Identifier: Apache-2.0
// Which layers of a chain the one before them may take in: what lies between them is read by nobody else, and they keep nothing of their own.
#pragma once

#include <vector>

#include "graph/graph.hpp"
#include "graph/objective.hpp"

namespace teranga::model {

// Nearest first. What a node takes in is not run: the node makes its output, and is given the gradient of that.
std::vector<const Node*> followers_of(const Graph& graph, const Objective& objective, int node);

// The followers that a node's plan has fused with the node, as numbers of nodes; nearest first.
std::vector<int> fused_followers(const Graph& graph, const Objective& objective, int node, std::size_t count);

}  // namespace teranga::model

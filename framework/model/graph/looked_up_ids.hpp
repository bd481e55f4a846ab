// SPDX-License-Identifier: Apache-2.0
// Whether what a layer looks up in its table are ids.
#pragma once

#include <vector>

#include <teranga/model/field.hpp>

#include "graph/graph.hpp"

namespace teranga::model {

// What names rows of a table are whole numbers of the data, or what layers without weights make of them. Throws Error(usage) where the node's ids are
// made by weights, or are noise. Nodes before it are planned.
void expect_ids(const Graph& graph, const Node& node, const std::vector<Field>& fields);

}  // namespace teranga::model

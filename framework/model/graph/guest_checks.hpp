// SPDX-License-Identifier: Apache-2.0
// What a layer must have for what it declares, beyond what its plan can tell by itself.
#pragma once

#include "graph/graph.hpp"

#include <string>

namespace teranga::model {

// Throw Error(plugin) with the layer.
void require_backward_params(const Node& node);
void require_initializers(const Node& node, const host::Registry& registry);  // those of options have been looked up with the recipe

// What is wrong with a part of a composite, as "calls a part "a/b""; or "".
std::string fault_of_part(const trg_part& part);

// The call, with its breadcrumb.
std::int32_t expand_into(const Node& node, const trg_plan_request& question, const trg_graph& graph, trg_error* error);

}  // namespace teranga::model

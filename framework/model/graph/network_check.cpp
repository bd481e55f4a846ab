// SPDX-License-Identifier: Apache-2.0
#include <teranga/model/network_check.hpp>

#include "graph/graph.hpp"
#include "graph/objective.hpp"

namespace teranga::model {

void check_network(const recipe::Recipe& recipe, std::vector<Field> fields, const host::Registry& registry) {
  const Graph graph = build_graph(recipe, fields, registry, ElementType::f32);
  build_objective(recipe, graph, fields, registry, ElementType::f32);
}

}  // namespace teranga::model

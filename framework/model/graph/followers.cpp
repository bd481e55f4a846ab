// SPDX-License-Identifier: Apache-2.0
#include "graph/followers.hpp"

#include <algorithm>

namespace teranga::model {
namespace {

bool compared(const Graph& graph, const Objective& objective, Source source) {
  const auto reads = [&](const auto& use) { return use.prediction == source; };
  return std::ranges::find(graph.outputs, source) != graph.outputs.end() || std::ranges::any_of(objective.metrics, reads) || std::ranges::any_of(objective.terms, reads) ||
         std::ranges::any_of(objective.terms, [&](const LossTerm& term) { return term.shown == source; });
}

bool simple(const Node& node) { return !node.is_input() && node.fold == 1 && node.facts.outputs.size() == 1; }

// The next of the chain, or -1.
int next_of(const Graph& graph, const Objective& objective, int node) {
  const Source output{node, 0};
  if (!simple(graph.at(node)) || graph.consumers(output) != 1 || compared(graph, objective, output)) return -1;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& next = *graph.nodes[n];
    if (std::ranges::find(next.inputs, output) == next.inputs.end()) continue;
    const bool keeps = !next.facts.parameters.empty() || !next.facts.states.empty();
    return simple(next) && !keeps && next.inputs.size() == 1 && next.facts.outputs[0].mask_rank == 0 && graph.mask_of({static_cast<int>(n), 0}) != output ? static_cast<int>(n) : -1;
  }
  return -1;
}

}  // namespace

std::vector<int> fused_followers(const Graph& graph, const Objective& objective, int node, std::size_t count) {
  std::vector<int> out;
  for (int next = node; out.size() < count && (next = next_of(graph, objective, next)) >= 0;) out.push_back(next);
  return out;
}

std::vector<const Node*> followers_of(const Graph& graph, const Objective& objective, int node) {
  std::vector<const Node*> out;
  for (const int n : fused_followers(graph, objective, node, graph.nodes.size())) {
    // A mask that the first one makes ends in the second, or it would have to be made all the same.
    if (graph.mask_of({n, 0}) == Source{node, 0}) break;
    out.push_back(&graph.at(n));
  }
  return out;
}

}  // namespace teranga::model

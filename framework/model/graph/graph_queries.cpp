// SPDX-License-Identifier: Apache-2.0
// What a finished graph tells of its tensors.
#include "graph/graph.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::model {

// A vendor's own keeps the vendor's name.
std::string Node::who() const {
  const std::string_view type = item_name.starts_with("teranga.") ? recipe::short_type(item_name) : std::string_view(item_name);
  return name == type ? fmt::format("layer \"{}\"", name) : fmt::format("layer \"{}\" ({})", name, type);
}

bool Graph::wants_gradient(Source source) const {
  const Node& node = at(source.node);
  if (node.is_input() || (node.facts.outputs[static_cast<std::size_t>(source.port)].flags & TRG_NO_GRADIENT)) return false;
  if (node.needs_backward) return true;
  if (!node.trainable) return false;
  for (const ParameterFacts& p : node.facts.parameters)
    if (p.trainable) return true;
  return false;
}

std::optional<Source> Graph::mask_of(Source source) const {
  const Source mask = at(source.node).masks[static_cast<std::size_t>(source.port)];
  return mask.node < 0 ? std::nullopt : std::optional(mask);
}

std::int32_t Graph::mask_rank(Source source) const {
  const auto mask = mask_of(source);
  return mask ? port(*mask).mask_rank : 0;
}

Source port_named(const std::string& layer, const std::vector<std::pair<std::string, Source>>& outputs, const std::string& port) {
  std::vector<std::string> names;
  for (const auto& [name, source] : outputs) {
    if (name == port) return source;
    names.push_back(name);
  }
  throw Error(ExitCode::usage, fmt::format("the layer \"{}\" has no output \"{}\"", layer, port), fmt::format("its outputs are: {}", fmt::join(names, ", ")));
}

int Graph::consumers(Source source) const {
  int count = 0;
  for (const auto& node : nodes)
    for (const Source& input : node->inputs) count += input == source;
  return count;
}

}  // namespace teranga::model

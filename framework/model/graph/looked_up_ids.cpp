// SPDX-License-Identifier: Apache-2.0
#include "graph/looked_up_ids.hpp"

#include <teranga/core/error.hpp>

#include <fmt/format.h>

namespace teranga::model {
namespace {

// The layer, or the input of noise, whose numbers are no ids; nullptr where none is known.
const Node* maker_of_numbers(const Graph& graph, Source source, const std::vector<Field>& fields) {
  const Node& node = graph.at(source.node);
  if (node.is_input()) {
    const Origin origin = fields[static_cast<std::size_t>(node.field)].origin;
    return origin == Origin::normal || origin == Origin::uniform ? &node : nullptr;
  }
  const ElementType type = graph.port(source).type;
  if (type != ElementType::f32 && type != ElementType::f64) return nullptr;
  if (!node.facts.parameters.empty()) return &node;
  for (const Source& from : node.inputs)
    if (const Node* maker = maker_of_numbers(graph, from, fields)) return maker;
  return nullptr;
}

}  // namespace

void expect_ids(const Graph& graph, const Node& node, const std::vector<Field>& fields) {
  for (const ParameterFacts& p : node.facts.parameters) {
    const bool looks_up = p.touched_by >= 0 && p.touched_by < static_cast<int>(node.inputs.size());
    const Node* maker = looks_up ? maker_of_numbers(graph, node.inputs[static_cast<std::size_t>(p.touched_by)], fields) : nullptr;
    if (maker)
      throw Error(ExitCode::usage, fmt::format("{} looks up ids, which are whole numbers of the data, and its input comes from the {}", node.who(), maker->is_input() ? fmt::format("noise of \"{}\"", maker->name) : maker->who()),
                  fmt::format("leave out the layer \"{}\"; where the data are ids, as of words, it is the first layer", node.name));
  }
}

}  // namespace teranga::model

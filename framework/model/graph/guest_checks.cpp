// SPDX-License-Identifier: Apache-2.0
#include "graph/guest_checks.hpp"

#include <teranga/host/item_names.hpp>

#include <fmt/format.h>

namespace teranga::model {

void require_backward_params(const Node& node) {
  if (!node.trainable || node.calls->backward_params) return;
  for (const ParameterFacts& p : node.facts.parameters)
    if (p.trainable)
      throw Error(ExitCode::plugin, fmt::format("{}: its plan declares the trainable parameter \"{}\", and its table of calls has no backward_params (in C++: template <class T> void backward_params(const sdk::Slice<T>&) const)", node.who(), p.name));
}

void require_initializers(const Node& node, const host::Registry& registry) {
  const auto require = [&](const char* what, const std::string& name, const Value& initializer) {
    if (!initializer.is<Value::Component>() || registry.find(host::Kind::initializer, initializer.as<Value::Component>().type)) return;
    throw Error(ExitCode::plugin, fmt::format("{}: its plan gives the {} \"{}\" the initializer \"{}\", which no plugin offers", node.who(), what, name, initializer.as<Value::Component>().type));
  };
  for (const ParameterFacts& p : node.facts.parameters) {
    require("parameter", p.name, p.initializer);
    for (const Piece& piece : p.pieces) require("parameter", p.name, piece.initializer);
  }
  for (const StateFacts& s : node.facts.states) require("state", s.name, s.initializer);
}

std::string fault_of_part(const trg_part& part) {
  constexpr std::size_t most_inputs = 64;
  if (!part.type || !part.name || !part.options) return "has a part without a type, a name or options";
  if (const std::string fault = host::fault_of_part_name(part.name); !fault.empty()) return fmt::format("calls a part \"{}\"; {}", host::shown_name(part.name), fault);
  if (part.input_count < 1 || part.input_count > most_inputs || !part.inputs) return fmt::format("gives the part \"{}\" {} inputs; expected 1 to {}", part.name, part.input_count, most_inputs);
  return {};
}

std::int32_t expand_into(const Node& node, const trg_plan_request& question, const trg_graph& graph, trg_error* error) {
  const host::Breadcrumb crumb(node.item_name.c_str(), node.name.c_str(), "expand");
  return host::foreign_call(error, [&] { return node.calls->expand(node.self, &question, &graph, error); });
}

}  // namespace teranga::model

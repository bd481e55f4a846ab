// SPDX-License-Identifier: Apache-2.0
#include "session/keras_layers.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <tuple>
#include <utility>

namespace teranga::train {
namespace {

constexpr std::string_view inner_layers = "/layers/";

// Where a random number generator stands; Teranga's draws have no state.
bool is_generator(const std::string& group) { return group.ends_with("/seed_generator"); }

std::string group_of(const std::string& tensor) { return tensor.substr(0, tensor.rfind("/vars/")); }

std::size_t index_of(const std::string& tensor) {
  std::size_t index = 0;
  const auto at = tensor.rfind("/vars/");
  if (at != std::string::npos) std::from_chars(tensor.data() + at + 6, tensor.data() + tensor.size(), index);
  return index;
}

// What stands between a layer and the names of its parameters: "/cell" -> "", "/forward_layer/cell" -> "/forward_layer", "/query_dense" -> "/query".
std::string own_part(std::string part) {
  static const std::map<std::string, std::string> projections = {{"query_dense", "query"}, {"key_dense", "key"}, {"value_dense", "value"}, {"output_dense", "attention_output"}};
  if (part.ends_with("/cell")) part.resize(part.size() - 5);
  const std::size_t last = part.rfind('/') + 1;
  if (const auto projection = projections.find(part.substr(last)); projection != projections.end()) part.replace(last, std::string::npos, projection->second);
  return part;
}

}  // namespace

bool is_within(const std::string& name, const std::string& outer) { return name == outer || (name.size() > outer.size() && name.starts_with(outer) && name[outer.size()] == '/'); }

std::pair<std::string, int> type_and_number(const std::string& group) {
  const std::size_t bar = group.rfind('_');
  int number = 0;
  if (bar == std::string::npos || bar + 1 == group.size()) return {group, 0};
  const auto [end, wrong] = std::from_chars(group.data() + bar + 1, group.data() + group.size(), number);
  if (wrong != std::errc() || end != group.data() + group.size()) return {group, 0};
  return {group.substr(0, bar), number};
}

std::vector<OwnLayer> own_layers(const model::Summary& summary, const model::ParameterStore& store) {
  std::vector<OwnLayer> out;
  for (const model::LayerSummary& layer : summary.layers) {
    if (layer.borrows) continue;
    OwnLayer made{layer.name, std::string(recipe::short_type(layer.type))};
    for (const auto& [part, type] : {std::pair{"/forward_layer", "bidirectional"}, {"/backward_layer", "bidirectional"}, {"/layer", "time_distributed"}})
      if (layer.name.ends_with(part)) made = {layer.name.substr(0, layer.name.size() - std::string_view(part).size()), type};
    if (!out.empty() && out.back().name == made.name) continue;
    const auto of_layer = [&](const auto& one) { return is_within(one.name, made.name); };
    made.has_weights = std::any_of(store.parameters().begin(), store.parameters().end(), of_layer) || std::any_of(store.states().begin(), store.states().end(), of_layer);
    out.push_back(std::move(made));
  }
  return out;
}

std::vector<FileLayer> file_layers(const checkpoint::Weights& weights) {
  std::vector<FileLayer> out;
  for (const NamedTensor& tensor : weights.tensors) {
    const std::string group = group_of(tensor.name);
    if (is_generator(group)) continue;
    const std::size_t inner = group.rfind(inner_layers), begin = inner == std::string::npos ? 0 : inner + inner_layers.size();
    const std::string layer = group.substr(0, group.find('/', begin));
    auto at = std::find_if(out.begin(), out.end(), [&](const FileLayer& known) { return known.group == layer; });
    if (at == out.end()) {
      FileLayer made;
      made.group = layer;
      if (inner != std::string::npos) made.model = group.substr(0, inner);
      std::tie(made.type, made.number) = type_and_number(layer.substr(begin));
      if (const auto name = weights.layer_names.find(layer); name != weights.layer_names.end()) made.name = name->second;
      at = out.insert(out.end(), std::move(made));
    }
    at->tensors.push_back(&tensor);
  }
  return out;
}

std::vector<Destination> destinations(const FileLayer& from, const std::string& layer, const model::ParameterStore& store) {
  std::vector<Destination> out;
  for (const NamedTensor* tensor : from.tensors) {
    const std::string place = layer + own_part(group_of(tensor->name).substr(from.group.size()));
    std::vector<Destination> within;
    for (const auto& p : store.parameters())
      if (is_within(p.name, place)) within.push_back({p.name, p.shape});
    for (const auto& s : store.states())
      if (is_within(s.name, place)) within.push_back({s.name, s.shape});
    const std::size_t index = index_of(tensor->name);
    out.push_back(index < within.size() ? within[index] : Destination{});
  }
  return out;
}

}  // namespace teranga::train

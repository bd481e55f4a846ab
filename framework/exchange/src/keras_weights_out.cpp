// SPDX-License-Identifier: Apache-2.0
// Weights in groups as Keras names them.
#include <teranga/exchange/export_keras.hpp>

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "export_graph.hpp"
#include "keras_graph.hpp"
#include "keras_names.hpp"

namespace teranga::exchange {
namespace {

// A part of a layer ("", "/forward_layer", "/query") and its tensors.
using Part = std::pair<std::string, std::vector<const NamedTensor*>>;

std::vector<Part> parts_of(const recipe::LayerRecipe& of, const checkpoint::Snapshot& snapshot) {
  std::vector<Part> parts;
  const std::string& weights_of = of.weights_as.empty() ? of.name : of.weights_as;  // in a network that uses those of another one
  for (const auto& [tensors, layer] : {std::pair{&snapshot.parameters, weights_of}, {&snapshot.states, of.name}})
    for (const NamedTensor& tensor : *tensors) {
      if (!tensor.name.starts_with(layer + "/")) continue;
      const std::string name = tensor.name.substr(layer.size(), tensor.name.rfind('/') - layer.size());
      auto at = std::find_if(parts.begin(), parts.end(), [&](const Part& part) { return part.first == name; });
      if (at == parts.end()) at = parts.insert(parts.end(), {name, {}});
      at->second.push_back(&tensor);
    }
  return parts;
}

// Where Keras keeps a part: attention has layers of its own for its projections, and what is recurrent lies in a cell.
std::string place_in_keras(const Part& part) {
  static const std::map<std::string, std::string> projections = {{"query", "query_dense"}, {"key", "key_dense"}, {"value", "value_dense"}, {"attention_output", "output_dense"}};
  const std::size_t last = part.first.rfind('/') + 1;
  if (const auto projection = projections.find(part.first.substr(last)); projection != projections.end()) return part.first.substr(0, last) + projection->second;
  const bool recurrent = std::any_of(part.second.begin(), part.second.end(), [](const NamedTensor* tensor) { return tensor->name.ends_with("/recurrent_kernel"); });
  return part.first + (recurrent ? "/cell" : "");
}

}  // namespace

std::vector<checkpoint::KerasLayer> keras_weights(const recipe::Recipe& recipe, const checkpoint::Snapshot& snapshot) {
  const ExportGraph graph = export_graph(recipe);
  std::map<std::string, int> counts;
  std::vector<checkpoint::KerasLayer> out;
  // Layers that lead to no output stand last: a model of the same layers may know them.
  std::vector<std::size_t> order = graph.order;
  for (std::size_t i = 0; i < graph.calls.size(); ++i)
    if (graph.calls[i].layer == i && std::find(order.begin(), order.end(), i) == order.end()) order.push_back(i);
  for (const std::size_t layer : order) {
    if (!graph.calls[layer].recipe) continue;
    const recipe::LayerRecipe& of = *graph.calls[layer].recipe;
    const std::string type(recipe::short_type(of.type)), known = keras_class("layer", type);
    const std::string group = known.empty() ? type : snake_case(known);
    const int number = counts[group]++;
    for (const Part& part : parts_of(of, snapshot)) {
      checkpoint::KerasLayer filled{(number ? fmt::format("{}_{}", group, number) : group) + place_in_keras(part), {}, of.name};
      for (const NamedTensor* tensor : part.second) filled.tensors.push_back(tensor->tensor);
      out.push_back(std::move(filled));
    }
  }
  return out;
}

}  // namespace teranga::exchange

// SPDX-License-Identifier: Apache-2.0
#include "export_graph.hpp"

#include <teranga/model/catalogue.hpp>

#include <algorithm>
#include <map>

namespace teranga::exchange {
namespace {

ExportedTensor tensor_named(const std::string& text, const std::map<std::string, std::size_t>& calls) {
  const std::size_t dot = text.find('.');
  const auto found = calls.find(text.substr(0, dot));
  return {found == calls.end() ? 0 : found->second, dot == text.npos || text.substr(dot + 1) == "output" ? "" : text.substr(dot + 1)};
}

}  // namespace

ExportGraph export_graph(const recipe::Recipe& recipe) {
  ExportGraph out;
  std::map<std::string, std::size_t> by_name, counts;
  for (const recipe::LayerRecipe& layer : recipe.layers) {
    const bool is_input = layer.type == model::input_type;
    if (out.calls.empty() && !is_input) out.calls.push_back({});
    ExportedCall call{&layer, out.calls.size(), 0, {}};
    if (!is_input && layer.inputs.empty()) call.inputs.push_back({out.calls.size() - 1, ""});
    for (const std::string& input : layer.inputs) call.inputs.push_back(tensor_named(input, by_name));
    if (layer.weights_of && by_name.contains(*layer.weights_of)) {
      call.layer = out.calls[by_name.at(*layer.weights_of)].layer;
      call.number = ++counts[out.calls[call.layer].recipe->name];
    }
    by_name[layer.name] = out.calls.size();
    out.calls.push_back(std::move(call));
  }
  for (const recipe::LossRecipe& loss : recipe.losses) {
    if (recipe::is_activity_penalty(loss)) continue;  // a penalty on a layer makes no output of it
    const ExportedTensor output = loss.output ? tensor_named(*loss.output, by_name) : ExportedTensor{out.calls.size() - 1, ""};
    const auto same = [&](const ExportedTensor& one) { return one.call == output.call && one.port == output.port; };
    if (std::none_of(out.outputs.begin(), out.outputs.end(), same)) out.outputs.push_back(output);
  }
  if (out.outputs.empty()) out.outputs.push_back({out.calls.size() - 1, ""});
  std::vector<OrderedCall> ordered;
  std::vector<std::size_t> outputs;
  for (const ExportedCall& call : out.calls) {
    OrderedCall made{call.layer, {}};
    for (const ExportedTensor& input : call.inputs) made.parents.push_back(input.call);
    ordered.push_back(std::move(made));
  }
  for (const ExportedTensor& output : out.outputs) outputs.push_back(output.call);
  out.order = keras_order(ordered, outputs);
  return out;
}

bool is_input(const ExportedCall& call) { return !call.recipe || call.recipe->type == model::input_type; }

std::string name_of(const ExportedCall& call) { return call.recipe ? call.recipe->name : own_input; }

const model::Field* feature_of(const ExportGraph& graph, const ExportedCall& call, const std::vector<model::Field>& fields) {
  const Value* const named = call.recipe ? find_option(call.recipe->options, "field") : nullptr;
  const std::string wanted = named && named->is<std::string>() ? named->as<std::string>() : "";
  std::ptrdiff_t left = wanted.empty() ? std::count_if(graph.calls.data(), &call, [](const ExportedCall& before) { return is_input(before); }) : 0;
  for (const model::Field& field : fields)
    if (field.role == model::Role::feature && (wanted.empty() || field.name == wanted) && left-- == 0) return &field;
  return nullptr;
}

}  // namespace teranga::exchange

// SPDX-License-Identifier: Apache-2.0
#include <teranga/exchange/export_onnx.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/printable.hpp>
#include <teranga/core/replace_file.hpp>
#include <teranga/train/first_checkpoint.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "export_graph.hpp"
#include "json.hpp"
#include "onnx_layers.hpp"

namespace teranga::exchange {
namespace {

// What does not change from one attempt to the next.
struct Network {
  const train::Restored& restored;
  const recipe::Recipe& recipe;
  model::PluginCatalogue catalogue;
  ExportGraph graph;  // points into recipe
  std::vector<model::Field> fields;
  model::Summary summary;
  std::vector<bool> needed;  // by the outputs, of each call

  Network(const train::Restored& from, const recipe::Recipe& of)
      : restored(from), recipe(of), catalogue(from.registry), graph(export_graph(of)), fields(train::fields_of_training(from)), summary(train::layers_of(of, fields, from.registry)), needed(graph.calls.size(), false) {
    for (const ExportedTensor& output : graph.outputs) needed[output.call] = true;
    for (std::size_t i = graph.calls.size(); i-- > 0;)
      for (const ExportedTensor& input : graph.calls[i].inputs) needed[input.call] = needed[input.call] || needed[i];
  }
};

OnnxType type_of_input(const ExportedCall& call, const model::Field* field) {
  if (!field || (call.recipe && recipe::origin_of(call.recipe) != "data")) return OnnxType::f32;
  return field->type == ElementType::i32 ? OnnxType::i32 : field->type == ElementType::i64 ? OnnxType::i64 : OnnxType::f32;
}

// One attempt, with lengths of sequences that are open, or with those of the recipe.
class OnnxAttempt {
 public:
  OnnxAttempt(const Network& network, bool open) : n_(network), open_(open), layers_(network.catalogue, network.restored.snapshot, builder_), values_(network.graph.calls.size()), faulty_(network.graph.calls.size(), false) {}

  OnnxModel make() {
    const std::string name = n_.recipe.name.empty() ? "model" : printable_line(n_.recipe.name);
    std::vector<OnnxPort> inputs;
    for (std::size_t i = 0; i < n_.graph.calls.size(); ++i)
      if (n_.needed[i] && is_input(n_.graph.calls[i])) inputs.push_back(input(i));
    std::vector<std::string> outputs;
    for (const ExportedTensor& output : n_.graph.outputs) outputs.push_back(builder_.unique(name_of(n_.graph.calls[output.call]) + (output.port.empty() ? "" : "." + output.port)));
    for (std::size_t i = 0; i < n_.graph.calls.size(); ++i)
      if (n_.needed[i] && !is_input(n_.graph.calls[i])) translate(i);
    if (!faults_.empty())
      throw Error(ExitCode::usage, fmt::format("export: {} of the {} layers of {} {} no form in ONNX:\n  {}", faults_.size(), n_.graph.order.size(), n_.restored.path, faults_.size() == 1 ? "has" : "have", fmt::join(faults_, "\n  ")));
    std::vector<OnnxPort> made;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const OnnxValue value = value_of(n_.graph.outputs[i]);
      builder_.name(builder_.channels_last(value), outputs[i]);
      made.push_back(port(outputs[i], value));
    }
    OnnxModel model;
    model.text = fmt::format("The network \"{}\" of a checkpoint of Teranga at step {}. Inputs and outputs have channels last.", name, n_.restored.snapshot.step);
    model.facts = classes(outputs);
    builder_.outputs(std::move(made));
    model.graph = builder_.take(name);
    model.graph.inputs = std::move(inputs);
    return model;
  }

 private:
  OnnxPort port(const std::string& name, const OnnxValue& value) const {
    OnnxPort out{name, value.type, {"batch"}};
    for (const std::int64_t extent : value.shape) {
      if (extent < 0) out.shape.emplace_back(builder_.name_of_extent(extent));
      else out.shape.emplace_back(extent);
    }
    return out;
  }

  // Of a layer's first output, or of an input.
  Shape shape_of(const ExportedCall& call) const {
    const model::LayerSummary* const summary = train::output_of(n_.summary, name_of(call));
    const model::Field* const field = summary || !is_input(call) ? nullptr : feature_of(n_.graph, call, n_.fields);
    return summary ? summary->output : field ? field->shape : Shape();
  }

  // Whether its first axis is that of the steps of a sequence: of vectors, or of ids.
  bool is_sequence(std::size_t number, const Shape& shape, OnnxType type) const {
    if (shape.size() != 1) return shape.size() == 2;
    const auto takes_ids = [&](const ExportedCall& call) {
      return std::none_of(call.inputs.begin(), call.inputs.end(), [&](const ExportedTensor& from) { return from.call == number; }) || recipe::short_type(call.recipe->type) == "embedding";
    };
    return type != OnnxType::f32 || std::all_of(n_.graph.calls.begin(), n_.graph.calls.end(), takes_ids);
  }

  OnnxPort input(std::size_t number) {
    const ExportedCall& call = n_.graph.calls[number];
    const std::string name = name_of(call);
    if (call.recipe && recipe::origin_of(call.recipe) != "data" && recipe::origin_of(call.recipe) != "call") faults_.push_back(fmt::format("\"{}\" (input): it {}, which no input of ONNX does", name, recipe::origin_of(call.recipe) == "target" ? "takes a target of the data" : "draws noise"));
    OnnxValue value{builder_.unique(name), shape_of(call), type_of_input(call, feature_of(n_.graph, call, n_.fields))};
    if (open_ && is_sequence(number, value.shape, value.type)) value.shape[0] = builder_.open_extent(name + "_steps");
    values_[number] = value;
    return port(value.name, value);
  }

  OnnxValue value_of(const ExportedTensor& tensor) const {
    const OnnxOutputs& outputs = values_[tensor.call];
    const auto found = std::find_if(outputs.begin(), outputs.end(), [&](const OnnxOutput& output) { return output.port == tensor.port; });
    return found == outputs.end() ? OnnxValue{"", shape_of(n_.graph.calls[tensor.call])} : found->value;
  }

  // A layer behind a faulty one is tried too, so that all faults are told at once.
  void translate(std::size_t number) {
    const ExportedCall& call = n_.graph.calls[number];
    const recipe::LayerRecipe& layer = *call.recipe;
    const recipe::LayerRecipe& lender = *n_.graph.calls[call.layer].recipe;
    const std::string& lent = lender.weights_of ? *lender.weights_of : lender.name;
    OnnxLayer made{layer.type, layer.name, lender.weights_as.empty() ? lent : lender.weights_as, layer.copy_of.empty() ? layer.name : layer.copy_of, {n_.catalogue, "layer", layer.type, layer.options}, {}};
    bool behind_fault = false;
    for (const ExportedTensor& input : call.inputs) {
      made.inputs.push_back(value_of(input));
      behind_fault = behind_fault || faulty_[input.call];
    }
    try {
      values_[number] = layers_.layer(made);
    } catch (const NoOnnxForm& fault) {
      faulty_[number] = true;
      faults_.push_back(fmt::format("\"{}\" ({}): {}", layer.name, recipe::short_type(layer.type), fault.reason));
    } catch (const OpenExtent&) {
      if (!behind_fault) throw;
      faulty_[number] = true;
    }
  }

  // The names of classes that an output's numbers stand for, as a list in JSON.
  std::vector<std::pair<std::string, std::string>> classes(const std::vector<std::string>& outputs) const {
    std::vector<std::pair<std::string, std::string>> out;
    std::vector<const model::Field*> targets;
    for (const model::Field& field : n_.fields)
      if (field.role == model::Role::target) targets.push_back(&field);
    std::size_t next = 0;
    std::vector<recipe::LossRecipe> losses = n_.recipe.losses;
    std::erase_if(losses, recipe::is_activity_penalty);
    for (std::size_t i = 0; i < losses.size() && losses.size() == outputs.size(); ++i) {
      const recipe::LossRecipe& loss = losses[i];
      if (loss.constant) continue;
      const auto found = loss.target ? std::find_if(targets.begin(), targets.end(), [&](const model::Field* field) { return field->name == *loss.target; }) : targets.begin() + static_cast<std::ptrdiff_t>(std::min(next++, targets.size()));
      if (found == targets.end() || (*found)->class_names.empty()) continue;
      out.emplace_back(outputs.size() == 1 ? "classes" : "classes of " + outputs[i], Json((*found)->class_names).dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    return out;
  }

  const Network& n_;
  bool open_;
  OnnxBuilder builder_;
  OnnxLayers layers_;
  std::vector<OnnxOutputs> values_;  // of each call
  std::vector<bool> faulty_;
  std::vector<std::string> faults_;
};

OnnxModel model_of(const Network& network) {
  try {
    return OnnxAttempt(network, true).make();
  } catch (const OpenExtent&) {
    return OnnxAttempt(network, false).make();
  }
}

}  // namespace

std::size_t export_onnx(const train::Restored& restored, const recipe::Recipe& recipe, const std::string& output) {
  const Network network(restored, recipe);
  const std::string bytes = bytes_of(model_of(network));
  if (const int failed = replace_file(output, bytes); failed != 0) throw Error(ExitCode::failure, fmt::format("{} cannot be written: {}", output, std::strerror(failed)));
  return network.graph.order.size();
}

}  // namespace teranga::exchange

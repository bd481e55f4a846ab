// SPDX-License-Identifier: Apache-2.0
#include <teranga/exchange/export_keras.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/printable.hpp>
#include <teranga/model/catalogue.hpp>
#include <teranga/train/first_checkpoint.hpp>
#include <teranga/zip/write.hpp>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "export_graph.hpp"
#include "keras_names.hpp"
#include "written_layer.hpp"

namespace teranga::exchange {
namespace {

constexpr const char* written_for = "3.8.0";  // the version of Keras whose form this is

// Keras says "recurrent" of the recurrent kernel.
std::string keras_key(const recipe::WeightConstraint& constraint) { return (constraint.parameter == "recurrent_kernel" ? "recurrent" : constraint.parameter) + "_constraint"; }

Json keras_constraint(const recipe::WeightConstraint& constraint) {
  Json config = Json::object();
  if (constraint.type != "non_neg") config["axis"] = constraint.axis.size() == 1 ? Json(constraint.axis[0]) : Json(constraint.axis);
  if (constraint.type == "max_norm" || constraint.type == "min_max_norm") config["max_value"] = constraint.max_value;
  if (constraint.type == "min_max_norm") config["min_value"] = constraint.min_value, config["rate"] = constraint.rate;
  const auto found = std::ranges::find(weight_constraints, constraint.type, [](const auto& one) { return one.first; });
  return keras_object("keras.constraints", std::string(found->second), std::move(config));
}

// Losses that a layer of Keras has as its activity_regularizer come to `penalties`, by the layer.
recipe::Recipe without_penalties(recipe::Recipe recipe, std::map<std::string, Json>& penalties) {
  std::erase_if(recipe.losses, [&](const recipe::LossRecipe& loss) {
    if (!recipe::is_activity_penalty(loss) || !loss.output || loss.weight != 1 || penalties.contains(*loss.output)) return false;
    Json factors = {{"l1", 0.0}, {"l2", 0.0}};
    for (const Option& factor : loss.component.options)
      if (factor.value.is<double>()) factors[factor.name] = factor.value.as<double>();
    penalties[*loss.output] = keras_object("keras.regularizers", "L1L2", std::move(factors));
    return true;
  });
  return recipe;
}

class Exporter {
 public:
  Exporter(const train::Restored& restored, const recipe::Recipe& recipe) : restored_(restored), recipe_(without_penalties(recipe, penalties_)), catalogue_(restored.registry), writer_(catalogue_), graph_(export_graph(recipe_)), fields_(train::fields_of_training(restored)) {}

  Exported write(const std::string& output) {
    summary_ = train::layers_of(recipe_, fields_, restored_.registry);
    for (std::size_t i = 0; i < graph_.calls.size(); ++i)  // in the order of the recipe
      if (is_input(graph_.calls[i]) && std::find(graph_.order.begin(), graph_.order.end(), i) != graph_.order.end()) inputs_.push_back(Json::array({name_of(graph_.calls[i]), 0, 0}));
    for (const std::size_t layer : graph_.order) add_layer(layer);
    if (!faults_.empty())
      throw Error(ExitCode::usage, fmt::format("export: {} of the {} layers of {} {} no counterpart in Keras:\n  {}", faults_.size(), graph_.order.size(), restored_.path, faults_.size() == 1 ? "has" : "have", fmt::join(faults_, "\n  ")));
    Json config = {{"name", name_of_model()}, {"trainable", true}, {"layers", layers_}, {"input_layers", inputs_}, {"output_layers", outputs()}};
    Json model = keras_object("keras", "Functional", std::move(config));
    model["module"] = "keras.src.models.functional", model["registered_name"] = "Functional";
    model["build_config"] = {{"input_shape", nullptr}};
    if (Json compiled = compile_config(); !compiled.is_null()) model["compile_config"] = std::move(compiled);
    const std::string text = model.dump(), about = Json{{"keras_version", written_for}, {"date_saved", ""}}.dump();
    const std::vector<std::byte> weights = checkpoint::keras_weights_image(keras_weights(recipe_, restored_.snapshot));
    zip::write_archive(output, {{"metadata.json", std::as_bytes(std::span(about))}, {"config.json", std::as_bytes(std::span(text))}, {"model.weights.h5", weights}});
    return {graph_.order.size(), notes_};
  }

 private:
  std::string name_of_model() const {
    std::string out = recipe_.name.empty() ? "model" : recipe_.name;
    std::replace(out.begin(), out.end(), '/', '_');
    return out;
  }

  const ExportedCall& layer_of(const ExportedCall& call) const { return graph_.calls[call.layer]; }

  const model::LayerSummary* summary_of(const ExportedCall& call) const { return train::output_of(summary_, name_of(call)); }

  static Json with_samples(const Shape& shape) {
    Json out = Json::array({nullptr});
    for (const std::int64_t extent : shape) out.push_back(extent);
    return out;
  }

  // Which output of a layer a port is.
  static int number_of_port(const std::string& port) {
    static const std::map<std::string, int> numbers = {{"", 0}, {"state_h", 1}, {"state_c", 2}, {"backward", 1}, {"forward_state_h", 1}};
    const auto found = numbers.find(port);
    return found == numbers.end() ? -1 : found->second;
  }

  int port_of(const ExportedTensor& tensor) const {
    const ExportedCall& from = graph_.calls[tensor.call];
    if (!from.recipe || recipe::short_type(from.recipe->type) != "bidirectional") return number_of_port(tensor.port);
    const Value* const merge = find_option(from.recipe->options, "merge_mode");
    const Value* const inner = find_option(from.recipe->options, "layer");
    const bool apart = merge && merge->is<std::string>() && merge->as<std::string>() == "none", memory = inner && inner->is<Value::Component>() && recipe::short_type(inner->as<Value::Component>().type) == "lstm";
    if (tensor.port.empty() || tensor.port == "backward") return tensor.port.empty() ? 0 : 1;
    const int first = (apart ? 2 : 1) + (tensor.port.starts_with("backward_") ? (memory ? 2 : 1) : 0);
    return first + (tensor.port.ends_with("state_c") ? 1 : 0);
  }

  Json tensor(const ExportedTensor& of) const {
    const ExportedCall& from = graph_.calls[of.call];
    const model::LayerSummary* const summary = summary_of(from);
    Json history = Json::array({name_of(layer_of(from)), from.number, port_of(of)});
    return Json{{"class_name", "__keras_tensor__"}, {"config", {{"shape", with_samples(summary ? summary->output : Shape())}, {"dtype", "float32"}, {"keras_history", std::move(history)}}}};
  }

  Json node(const ExportedCall& call) const {
    const std::string type(recipe::short_type(call.recipe->type));
    Json given = Json::array(), named = Json::object();
    static const std::vector<std::string> merges = {"add", "average", "concatenate", "maximum", "minimum", "multiply", "subtract"};
    if (std::find(merges.begin(), merges.end(), type) != merges.end()) {
      given.push_back(Json::array());
      for (const ExportedTensor& input : call.inputs) given[0].push_back(tensor(input));
    } else if (type == "multi_head_attention") {
      for (const ExportedTensor& input : call.inputs) given.push_back(tensor(input));
      if (call.inputs.size() == 1) given.push_back(tensor(call.inputs[0]));
      if (const Value* const causal = find_option(call.recipe->options, "use_causal_mask"); causal && causal->is<bool>() && causal->as<bool>()) named["use_causal_mask"] = true;
    } else {
      given.push_back(tensor(call.inputs.at(0)));
      for (std::size_t i = 1; i < call.inputs.size(); ++i) named["initial_state"].push_back(tensor(call.inputs[i]));
    }
    return Json{{"args", std::move(given)}, {"kwargs", std::move(named)}};
  }

  void add_layer(std::size_t number) {
    const ExportedCall& first = graph_.calls[number];
    if (is_input(first)) return add_input(first);
    const recipe::LayerRecipe& layer = *first.recipe;
    std::vector<std::string> faults;
    Json written = writer_.layer(layer.type, layer.options, layer.name, faults);
    if (layer.weights_of && first.layer == number) faults.push_back(fmt::format("it uses the weights of \"{}\", which the network does not have", *layer.weights_of));
    Json nodes = Json::array();
    for (const ExportedCall& call : graph_.calls) {
      if (call.layer != number) continue;
      std::vector<std::string> of_call;
      if (&call != &first && (call.recipe->type != layer.type || writer_.layer(call.recipe->type, call.recipe->options, layer.name, of_call) != written))
        faults.push_back(fmt::format("\"{}\" uses its weights and has other options, and one layer of Keras cannot have both", call.recipe->name));
      nodes.push_back(node(call));
    }
    for (const std::string& fault : faults) faults_.push_back(fmt::format("\"{}\" ({}): {}", layer.name, recipe::short_type(layer.type), fault));
    if (!faults.empty()) return;
    written["config"]["trainable"] = layer.trainable;
    if (const auto penalty = penalties_.find(layer.name); penalty != penalties_.end()) written["config"]["activity_regularizer"] = penalty->second;
    for (const recipe::WeightConstraint& constraint : layer.constraints) written["config"][keras_key(constraint)] = keras_constraint(constraint);
    written["name"] = layer.name;
    written["inbound_nodes"] = std::move(nodes);
    layers_.push_back(std::move(written));
  }

  void add_input(const ExportedCall& call) {
    const std::string name = name_of(call);
    if (call.recipe && recipe::origin_of(call.recipe) != "data" && recipe::origin_of(call.recipe) != "call") {
      faults_.push_back(fmt::format("\"{}\" (input): it {}, which no input of Keras does", name, recipe::origin_of(call.recipe) == "target" ? "takes a target of the data" : "draws noise"));
      return;
    }
    const model::LayerSummary* const summary = summary_of(call);
    const model::Field* const field = feature_of(graph_, call, fields_);
    const bool ids = field && field->type == ElementType::i32 && (!call.recipe || recipe::origin_of(call.recipe) == "data");
    Json config = {{"name", name}, {"batch_shape", with_samples(summary ? summary->output : field ? field->shape : Shape())}, {"dtype", ids ? "int32" : "float32"}, {"sparse", false}};
    Json written = keras_object("keras.layers", "InputLayer", std::move(config));
    written["name"] = name, written["inbound_nodes"] = Json::array();
    layers_.push_back(std::move(written));
  }

  Json outputs() const {
    Json out = Json::array();
    for (const ExportedTensor& output : graph_.outputs) {
      const ExportedCall& call = graph_.calls[output.call];
      out.push_back(Json::array({name_of(layer_of(call)), call.number, port_of(output)}));
    }
    return out;
  }

  // Losses, optimizer and metrics where Keras has all of them; else none, which is told: the outputs are the same.
  Json compile_config() {
    if (recipe_.losses.empty()) return {};
    std::vector<std::string> faults;
    Json losses = Json::array(), weights = Json::array();
    std::vector<std::string> metrics;
    for (const recipe::LossRecipe& loss : recipe_.losses) {
      losses.push_back(writer_.part("loss", "keras.losses", loss.component, faults));
      weights.push_back(loss.weight);
      if (loss.constant) faults.push_back("a loss compares with a constant");
    }
    if (losses.size() != graph_.outputs.size()) faults.push_back("an output has several losses");
    Value::Component optimizer = recipe_.optimizer.component;
    std::erase_if(optimizer.options, [](const Option& option) { return option.name == "learning_rate" || option.name == "weight_decay"; });
    Json written = writer_.part("optimizer", "keras.optimizers", optimizer, faults);
    if (written.is_object()) add_rates(written["config"], faults);
    for (const recipe::MetricRecipe& metric : recipe_.training.metrics)
      if (!metric.output || metric.output == recipe_.losses[0].output) metrics.emplace_back(recipe::short_type(metric.component.type));
    if (!faults.empty()) {
      notes_.push_back(fmt::format("The model is not compiled in the file ({}): model.compile() in Keras does so.", fmt::join(faults, "; ")));
      return {};
    }
    const bool several = losses.size() > 1;
    return Json{{"optimizer", written}, {"loss", several ? losses : losses[0]}, {"loss_weights", several ? weights : Json()}, {"metrics", several ? Json() : known_metrics(metrics)}, {"weighted_metrics", nullptr}, {"run_eagerly", false}, {"steps_per_execution", 1}, {"jit_compile", false}};
  }

  // Those that Keras finds by the same name.
  static Json known_metrics(const std::vector<std::string>& names) {
    static const std::vector<std::string> known = {"accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy", "mae", "mse", "mape", "mean_absolute_error", "mean_squared_error", "mean_absolute_percentage_error"};
    Json out = Json::array();
    for (const std::string& name : names)
      if (std::find(known.begin(), known.end(), name) != known.end()) out.push_back(name);
    return out;
  }

  void add_rates(Json& config, std::vector<std::string>& faults) const {
    const recipe::OptimizerRecipe& optimizer = recipe_.optimizer;
    config["learning_rate"] = optimizer.learning_rate;
    if (optimizer.schedule) config["learning_rate"] = writer_.part("schedule", "keras.optimizers.schedules", *optimizer.schedule, faults);
    for (const auto& [name, value] : {std::pair{"weight_decay", optimizer.weight_decay}, {"clipnorm", optimizer.clipnorm}, {"clipvalue", optimizer.clipvalue}, {"global_clipnorm", optimizer.global_clipnorm}})
      if (value) config[name] = *value;
    if (optimizer.use_ema) config["use_ema"] = true, config["ema_momentum"] = optimizer.ema_momentum;
    if (optimizer.ema_overwrite_frequency) config["ema_overwrite_frequency"] = *optimizer.ema_overwrite_frequency;
    if (optimizer.warmup_steps > 0 || optimizer.clip_weights) faults.emplace_back("its optimizer warms up or limits weights");
  }

  const train::Restored& restored_;
  std::map<std::string, Json> penalties_;  // on the outputs of layers
  recipe::Recipe recipe_;
  model::PluginCatalogue catalogue_;
  LayerWriter writer_;
  ExportGraph graph_;  // points into recipe_
  std::vector<model::Field> fields_;
  model::Summary summary_;
  Json layers_ = Json::array(), inputs_ = Json::array();
  std::vector<std::string> faults_, notes_;
};

}  // namespace

Exported export_keras(const train::Restored& restored, const recipe::Recipe& recipe, const std::string& output) { return Exporter(restored, recipe).write(output); }

}  // namespace teranga::exchange

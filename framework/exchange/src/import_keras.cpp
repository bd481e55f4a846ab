// SPDX-License-Identifier: Apache-2.0
#include <teranga/exchange/import_keras.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/printable.hpp>
#include <teranga/core/replace_file.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/model/catalogue.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/first_checkpoint.hpp>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "keras_layer.hpp"
#include "keras_recipe.hpp"
#include "keras_weights_of.hpp"

namespace teranga::exchange {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t length_where_open = 16;

class Importer {
 public:
  Importer(const ImportOptions& options, const host::Registry& registry) : options_(options), registry_(registry), catalogue_(registry), layers_(catalogue_) {}

  Imported run() {
    for (const std::string& path : {options_.recipe, options_.weights})
      if (std::error_code error; fs::exists(path, error)) throw Error(ExitCode::usage, fmt::format("import: {} exists, and is not replaced", path), fmt::format("mv {0} {0}.old, or other names: --recipe NAME.toml --weights NAME.h5", shell_word(path)));
    file_ = read_keras_model(options_.model);
    graph_ = graph_of(file_);
    find_owners();
    add_layers();
    refuse_faults();
    add_outputs();
    plan_.model = fs::path(options_.model).filename().string(), plan_.version = file_.version;
    plan_.example = fs::path(options_.recipe).stem().string() + ".npz";
    plan_.training = training_of(file_.training, plan_.outputs, layers_.options());
    find_shapes();
    write();
    return told();
  }

 private:
  bool is_used(std::size_t call) const { return graph_.used[call]; }
  static bool is_input(const KerasCall& call) { return class_of(*call.layer) == "InputLayer"; }

  // The first call of each layer whose outputs count has the weights; others use them.
  void find_owners() {
    std::map<std::string, std::size_t> owners;
    owner_.resize(graph_.calls.size());
    for (std::size_t i = 0; i < graph_.calls.size(); ++i) {
      owner_[i] = i;
      if (is_used(i) && !graph_.calls[i].group.empty()) owner_[i] = owners.emplace(graph_.calls[i].group, i).first->second;
    }
  }

  std::string reference(const KerasTensor& tensor) const {
    const KerasCall& from = graph_.call(tensor);
    const std::string port = KerasLayers::port_of(from, tensor.port);
    return port.empty() ? from.name : from.name + "." + port;
  }

  void add_layers() {
    std::size_t before = graph_.calls.size(), inputs = 0;  // the layer that the next one takes from where it says nothing
    for (std::size_t i = 0; i < graph_.calls.size(); ++i) inputs += is_used(i) && is_input(graph_.calls[i]);
    for (std::size_t i = 0; i < graph_.calls.size(); ++i) {
      if (!is_used(i)) continue;
      const KerasCall& call = graph_.calls[i];
      std::vector<std::string> faults;
      if (is_input(call)) add_input(call, faults);
      else add_layer(i, before, faults);
      for (const std::string& fault : faults) faults_.push_back(fmt::format("\"{}\" ({}): {}", printable_line(call.where), printable_line(class_of(*call.layer)), fault));
      if (!is_input(call) || inputs == 1) before = i;
      ++counted_;
    }
  }

  void add_layer(std::size_t number, std::size_t before, std::vector<std::string>& faults) {
    const KerasCall& call = graph_.calls[number];
    std::optional<KerasPart> part = layers_.part(call, faults);
    if (!masks_are_implied(graph_, call)) faults.emplace_back("it is called with a mask that no embedding and no masking layer makes");
    const std::size_t owner = owner_[number];
    const bool shares = owner != number && has_weights(file_, graph_.calls[owner]);
    if (shares && class_of(*call.layer) == "BatchNormalization") faults.emplace_back("it is called more than once, and its moving averages cannot be shared");
    if (!part) return;
    RecipeLayer layer{call.name, std::move(*part), {}, shares ? graph_.calls[owner].name : "", call.trainable || !has_weights(file_, graph_.calls[owner]), {}};
    for (const KerasTensor& input : call.inputs) layer.inputs.push_back(reference(input));
    if (layer.inputs.size() > 1 && std::all_of(layer.inputs.begin(), layer.inputs.end(), [&](const std::string& one) { return one == layer.inputs[0]; }) && class_of(*call.layer) == "MultiHeadAttention") layer.inputs.resize(1);
    if (layer.inputs.size() == 1 && before < graph_.calls.size() && layer.inputs[0] == graph_.calls[before].name) layer.inputs.clear();
    if (call.name != call.where && call.where.find('/') == call.where.npos) layer.comment = fmt::format("Its name in Keras: {}", printable_line(call.where));
    plan_.layers.push_back(std::move(layer));
  }

  void add_input(const KerasCall& call, std::vector<std::string>& faults) {
    const Json& config = at(*call.layer, "config");
    const Json& shape = at(config, "batch_shape").is_array() ? at(config, "batch_shape") : at(config, "batch_input_shape").is_array() ? at(config, "batch_input_shape") : at(config, "shape");
    RecipeInput input;
    input.layer = call.name;
    for (const char* key : {"sparse", "ragged"})
      if (flag_at(config, key, false)) faults.push_back(fmt::format("{} = true has no counterpart", key));
    if (!shape.is_array() || shape.empty()) faults.emplace_back("the file does not tell its shape: in Keras, call the model once, or give it an Input layer, before it is saved");
    else
      for (std::size_t axis = 1; axis < shape.size(); ++axis) {
        if (shape[axis].is_number_integer() && shape[axis].get<std::int64_t>() > 0) input.shape.push_back(shape[axis].get<std::int64_t>());
        else if (shape[axis].is_null()) input.shape.push_back(length_where_open), input.open = true;
        else faults.push_back(fmt::format("its shape is {}", shown(shape)));
      }
    input.ids = ids_of(call, text_at(config, "dtype"));
    plan_.inputs.push_back(std::move(input));
  }

  // Ids for an embedding are below its number of rows.
  std::int64_t ids_of(const KerasCall& input, const std::string& type) const {
    std::int64_t rows = 0;
    for (std::size_t i = 0; i < graph_.calls.size(); ++i) {
      const KerasCall& call = graph_.calls[i];
      if (!is_used(i) || class_of(*call.layer) != "Embedding" || call.inputs.empty() || &graph_.call(call.inputs[0]) != &input) continue;
      const Json& dimension = at(at(*call.layer, "config"), "input_dim");
      if (dimension.is_number_integer() && (rows == 0 || dimension.get<std::int64_t>() < rows)) rows = dimension.get<std::int64_t>();
    }
    return rows > 0 ? rows : type.starts_with("int") || type.starts_with("uint") ? 256 : 0;
  }

  void refuse_faults() const {
    if (faults_.empty()) return;
    throw Error(ExitCode::data, fmt::format("{}: {} of its {} layers {} no counterpart in Teranga:\n  {}", options_.model, faults_.size(), counted_, faults_.size() == 1 ? "has" : "have", fmt::join(faults_, "\n  ")));
  }

  void add_outputs() {
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
      const KerasCall& call = graph_.call(graph_.outputs[i]);
      const Json& config = at(*call.layer, "config");
      const Json& function = at(class_of(*call.layer) == "TimeDistributed" ? at(at(config, "layer"), "config") : config, "activation");
      const std::string named = function.is_string() ? function.get<std::string>() : class_of(function);
      plan_.outputs.push_back({graph_.output_names[i], reference(graph_.outputs[i]), named.empty() ? snake_case(class_of(*call.layer)) : snake_case(named)});
    }
    if (plan_.inputs.empty()) throw Error(ExitCode::data, fmt::format("{}: expected a model with inputs, found one without", options_.model));
    for (RecipeInput& input : plan_.inputs) input.field = plan_.inputs.size() == 1 ? "x" : input.layer;
  }

  recipe::Recipe parsed() const {
    return recipe::parse(text_of(plan_), options_.recipe, {}, catalogue_);
  }

  // What layers refuse is told with the recipe's lines; hints for a recipe that was not written would lead nowhere.
  template <class F>
  auto told_as(const char* what, F&& body) const {
    try {
      return body();
    } catch (const Error& error) {
      if (error.code() != ExitCode::usage) throw;
      throw Error(ExitCode::data, fmt::format("{}: {}:\n{}", options_.model, what, error.what()));
    }
  }

  void find_shapes() {
    told_as("Teranga's layers do not take it as it is", [&] {
      const model::Summary summary = train::layers_of(parsed(), fields_of(plan_), registry_);
      for (const KerasOutput& output : plan_.outputs) {
        const model::LayerSummary* const layer = train::output_of(summary, output.layer.substr(0, output.layer.find('.')));
        plan_.shapes.push_back(layer ? layer->output : Shape());
      }
    });
  }

  void write() {
    std::vector<std::size_t> owners;
    for (std::size_t i = 0; i < graph_.calls.size(); ++i)
      if (is_used(i) && owner_[i] == i && !is_input(graph_.calls[i])) owners.push_back(i);
    const checkpoint::Weights weights = weights_of(file_, graph_, owners);
    parameters_ = told_as("its weights and its layers do not fit together", [&] { return train::write_first_checkpoint({options_.weights, fields_of(plan_), options_.model}, parsed(), weights, registry_); });
    const std::string text = text_of(plan_);
    if (const int failed = replace_file(options_.recipe, text); failed != 0) {
      std::error_code error;
      fs::remove(options_.weights, error);
      throw Error(ExitCode::failure, fmt::format("import: {} cannot be written: {}", options_.recipe, std::strerror(failed)));
    }
  }

  Imported told() const {
    Imported out;
    out.layers = counted_, out.parameters = parameters_;
    out.notes = plan_.training.notes;
    for (const std::string& left : layers_.options().left_initializers()) out.notes.push_back(fmt::format("An initializer is left out ({}): the weights come from the file.", left));
    for (const model::Field& field : fields_of(plan_)) out.inputs.push_back(field.name);
    out.random_data = has_random_data(plan_);
    out.takes_arrays = plan_.inputs.size() == 1;
    return out;
  }

  const ImportOptions& options_;
  const host::Registry& registry_;
  model::PluginCatalogue catalogue_;
  KerasLayers layers_;
  KerasFile file_;
  KerasGraph graph_;
  RecipePlan plan_;
  std::vector<std::size_t> owner_;    // by call
  std::vector<std::string> faults_;
  std::size_t counted_ = 0;
  std::int64_t parameters_ = 0;
};

}  // namespace

Imported import_keras(const ImportOptions& options, const host::Registry& registry) { return Importer(options, registry).run(); }

}  // namespace teranga::exchange

// SPDX-License-Identifier: Apache-2.0
#include "keras_layer.hpp"

#include <teranga/core/printable.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace teranga::exchange {
namespace {

bool is_operation(const Json& layer) { return text_at(layer, "module").starts_with("keras.src.ops"); }

// Axes counted from the front become those counted from the back; a list of one is that one where `single`.
Json from_back(const Json& axes, std::size_t rank, bool single) {
  const auto turned = [&](const Json& axis) { return axis.is_number_integer() && axis.get<std::int64_t>() > 0 && rank > 0 ? Json(axis.get<std::int64_t>() - static_cast<std::int64_t>(rank)) : axis; };
  if (!axes.is_array()) return turned(axes);
  if (single && axes.size() == 1) return turned(axes[0]);
  Json out = Json::array();
  for (const Json& axis : axes) out.push_back(turned(axis));
  return out;
}

// What only the class itself can say, put into the words of the schema.
void prepare(const std::string& kind, std::size_t rank, Json& config) {
  if (!config.is_object()) return;
  if (kind == "BatchNormalization" || kind == "Softmax") {
    if (config.contains("axis")) config["axis"] = from_back(config["axis"], rank, true);
    if (config.contains("renorm") && config["renorm"] == false) config.erase("renorm_clipping");
  }
  if (kind == "LayerNormalization" && config.contains("axis")) config["axis"] = from_back(config["axis"].is_array() ? config["axis"] : Json::array({config["axis"]}), rank, false);
  if (config.contains("pool_size") && at(config, "strides") == config["pool_size"]) config.erase("strides");  // as where nothing is said
  // Names of older versions.
  for (const auto& [cls, from, to] : {std::array{"LeakyReLU", "alpha", "negative_slope"}, {"ELU", "alpha", "alpha"}})
    if (kind == cls && config.contains(from) && !config.contains(to)) {
      config[to] = config[from];
      config.erase(from);
    }
}

bool is_true(const Json& value) { return value.is_boolean() && value.get<bool>(); }

// Of what is said at the call and is no tensor.
void check_arguments(const KerasCall& call, bool takes_causal_mask, std::vector<std::string>& faults) {
  for (const auto& [name, value] : call.arguments.items()) {
    if (value.is_null() || value == false || (name == "use_causal_mask" && takes_causal_mask) || (name == "training" && !is_true(value))) continue;
    faults.push_back(fmt::format("it is called with {} = {}", printable_line(name), shown(value)));
  }
}

}  // namespace

std::optional<KerasPart> KerasLayers::part(const KerasCall& call, std::vector<std::string>& faults) const {
  const Json& written = *call.layer;
  if (is_operation(written)) {
    // x + y of two tensors is the layer of that name; others have constants in them, or no layer.
    static const std::array<const char*, 5> merges = {"Add", "Subtract", "Multiply", "Maximum", "Minimum"};
    const bool merges_two = std::find(merges.begin(), merges.end(), class_of(written)) != merges.end() && call.inputs.size() == 2 && call.arguments.empty();
    const std::string function = call.inputs.size() == 1 && call.arguments.empty() && text_at(written, "module").ends_with(".nn") ? options_.type_of("activation", class_of(written)) : "";
    if (merges_two) return KerasPart{options_.type_of("layer", class_of(written)), {}};
    if (!function.empty()) return KerasPart{function, {}};
    faults.push_back(fmt::format("it is the operation \"{}\" of keras.ops, which no layer of Teranga makes", printable_line(class_of(written))));
    return std::nullopt;
  }
  const bool attends = class_of(written) == "MultiHeadAttention";
  check_arguments(call, attends, faults);
  std::optional<KerasPart> out = layer(written, call.rank, faults);
  if (out && attends && is_true(at(call.arguments, "use_causal_mask"))) out->options.push_back({"use_causal_mask", {true, {}}, {}});
  if (faults.empty()) return out;
  return std::nullopt;
}

std::optional<KerasPart> KerasLayers::layer(const Json& written, std::size_t rank, std::vector<std::string>& faults) const {
  const std::string kind = class_of(written);
  if (kind == "Lambda") {
    faults.emplace_back("it holds Python code, which is not run");
    return std::nullopt;
  }
  if (is_foreign(written)) {
    faults.emplace_back("its class is one of one's own, in Python code, which is not run");
    return std::nullopt;
  }
  if (kind == "Bidirectional" || kind == "TimeDistributed") return wrapper(written, rank, faults);
  if (kind == "Activation") return activation(written, faults);
  Json config = at(written, "config");
  KerasPart out;
  out.type = options_.type_of("layer", kind == "Identity" ? "linear" : kind);
  if (out.type.empty() || kind == "Sampling" || kind == "Step") {
    faults.emplace_back("Teranga has no such layer");
    return std::nullopt;
  }
  const Json& policy = at(config, "dtype");
  const std::string type = policy.is_string() ? policy.get<std::string>() : text_at(at(policy, "config"), "name");
  if (!type.empty() && type != "float32") faults.push_back(fmt::format("it computes in {}, and Teranga in float32", printable_line(type)));
  prepare(kind, rank, config);
  if (kind == "MultiHeadAttention") {
    if (at(config, "value_dim") == at(config, "key_dim")) config.erase("value_dim");
    if (at(config, "attention_axes").is_array() && at(config, "attention_axes").size() == 1 && rank == 3) config.erase("attention_axes");
  }
  out.options = options_.options("layer", out.type, config, faults);
  return out;
}

std::optional<KerasPart> KerasLayers::wrapper(const Json& written, std::size_t rank, std::vector<std::string>& faults) const {
  const bool both_ways = class_of(written) == "Bidirectional";
  const Json& config = at(written, "config");
  KerasPart out;
  out.type = options_.type_of("layer", class_of(written));
  const auto inner = [&](const char* key) -> std::optional<Value> {
    std::vector<std::string> own;
    const Json& wrapped = at(config, key);
    std::optional<KerasPart> made;
    if (class_of(wrapped) == "Sequential" || class_of(wrapped) == "Functional") own.emplace_back("it is a model, and Teranga takes one layer there");
    else made = layer(wrapped, both_ways || rank == 0 ? rank : rank - 1, own);
    for (const Option& option : made ? made->options : Options{})
      if (option.name.ends_with("_constraint") || option.name == "activity_regularizer") own.push_back(fmt::format("{} = {} has no counterpart within another layer", option.name, to_toml(option.value)));
    for (const std::string& fault : own) faults.push_back(fmt::format("its {}: {}", key, fault));
    if (!made || !own.empty()) return std::nullopt;
    return Value{Value::Component{made->type, made->options}, {}};
  };
  const std::optional<Value> one = inner("layer");
  if (!one) return std::nullopt;
  out.options.push_back({"layer", *one, {}});
  if (!both_ways) return out;
  // What Keras makes of the layer for the other direction is what Teranga makes of it.
  Json turned = at(config, "layer"), back = at(config, "backward_layer");
  if (back.is_object()) {
    turned["config"]["go_backwards"] = !flag_at(at(turned, "config"), "go_backwards", false);
    for (Json* each : {&turned, &back})
      for (const char* own : {"name", "seed", "dtype", "kernel_initializer", "recurrent_initializer", "bias_initializer"})
        if (each->contains("config") && (*each)["config"].is_object()) (*each)["config"].erase(own);
    if (at(turned, "config") != at(back, "config") || class_of(turned) != class_of(back))
      if (const std::optional<Value> other = inner("backward_layer")) out.options.push_back({"backward_layer", *other, {}});
  }
  const Json& merge = at(config, "merge_mode");
  const std::string mode = merge.is_null() ? "none" : merge.is_string() ? merge.get<std::string>() : "";
  if (mode != "concat") out.options.push_back({"merge_mode", {mode, {}}, {}});
  return out;
}

std::optional<KerasPart> KerasLayers::activation(const Json& written, std::vector<std::string>& faults) const {
  const Json& function = at(at(written, "config"), "activation");
  std::optional<KerasPart> out = options_.part("activation", function.is_null() ? Json("linear") : function, faults);
  if (out && out->options.empty() && out->type == "leaky_relu") out->options.push_back({"negative_slope", {0.2, {}}, {}});  // Keras's layer leaks more than its function
  return out;
}

std::string KerasLayers::port_of(const KerasCall& call, int port) {
  const std::string kind = class_of(*call.layer);
  if (port == 0) return {};
  if (kind == "LSTM") return port == 1 ? "state_h" : "state_c";
  if (kind == "GRU" || kind == "SimpleRNN") return "state_h";
  if (kind != "Bidirectional") return fmt::format("{}", port);
  const Json& config = at(*call.layer, "config");
  const bool apart = at(config, "merge_mode").is_null(), memory = class_of(at(config, "layer")) == "LSTM";
  if (apart && port == 1) return "backward";
  const int state = port - (apart ? 2 : 1), states = memory ? 2 : 1;
  return fmt::format("{}_{}", state < states ? "forward" : "backward", state % states == 0 ? "state_h" : "state_c");
}

bool masks_are_implied(const KerasGraph& graph, const KerasCall& call) {
  std::vector<KerasTensor> open = call.masks;
  std::size_t steps = 0;
  while (!open.empty()) {
    const KerasTensor tensor = open.back();
    open.pop_back();
    if (++steps > graph.calls.size() * 4) return false;
    const KerasCall& made = graph.call(tensor);
    if (is_operation(*made.layer)) {
      open.insert(open.end(), made.inputs.begin(), made.inputs.end());
      continue;
    }
    // The chain begins at what an embedding or a masking layer takes.
    const bool known = std::any_of(graph.calls.begin(), graph.calls.end(), [&](const KerasCall& other) {
      const std::string kind = class_of(*other.layer);
      const bool masks = kind == "Masking" || (kind == "Embedding" && flag_at(at(*other.layer, "config"), "mask_zero", false));
      return masks && !other.inputs.empty() && other.inputs[0].call == tensor.call && other.inputs[0].port == tensor.port;
    });
    if (!known) return false;
  }
  return true;
}

}  // namespace teranga::exchange

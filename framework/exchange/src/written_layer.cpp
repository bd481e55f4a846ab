// SPDX-License-Identifier: Apache-2.0
#include "written_layer.hpp"

#include <teranga/core/printable.hpp>

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "keras_names.hpp"

namespace teranga::exchange {
namespace {

Json plain(const Value& value) {
  if (value.is<bool>()) return value.as<bool>();
  if (value.is<std::int64_t>()) return value.as<std::int64_t>();
  if (value.is<double>()) return value.as<double>();
  if (value.is<std::string>()) return value.as<std::string>();
  Json out;
  if (!value.is<Value::List>()) return out;
  out = Json::array();
  for (const Value& item : value.as<Value::List>()) out.push_back(plain(item));
  return out;
}

// What has no place in Keras's configuration, and means nothing there as it is.
bool is_left_out(const std::string& type, const Option& option) {
  if (type == "multi_head_attention") {
    if (option.name == "use_causal_mask") return true;  // it is said at the call
    if (option.name == "output_shape" || option.name == "value_dim") return option.value.is<std::int64_t>() && option.value.as<std::int64_t>() == 0;
  }
  if (option.name == "resets_each_epoch" || option.name == "lazy") return true;  // how training goes on, which Keras says elsewhere or not at all
  return type == "conv1d" && option.name == "groups";
}


}  // namespace

Json keras_object(const std::string& module, const std::string& name, Json config) { return Json{{"module", module}, {"class_name", name}, {"config", std::move(config)}, {"registered_name", nullptr}}; }

bool LayerWriter::at_defaults(const std::string& kind, const Value::Component& component) const {
  const Schema* const schema = catalogue_.find(kind, component.type);
  return schema && std::all_of(component.options.begin(), component.options.end(), [&](const Option& option) {
           const OptionSpec* const spec = find_option(*schema, option.name);
           return option.value.empty() || option.name == "seed" || (spec && !spec->default_value.empty() && to_toml(spec->default_value) == to_toml(option.value));
         });
}

Json LayerWriter::activation(const Value::Component& function, std::vector<std::string>& faults) const {
  const std::string type(recipe::short_type(function.type)), name = keras_activation(type);
  if (name.empty()) {
    faults.push_back(fmt::format("Keras has no activation \"{}\"", type));
    return {};
  }
  if (at_defaults("activation", function)) return name;
  const std::string as_layer = keras_class("layer", type);
  if (!as_layer.empty()) return keras_object("keras.layers", as_layer, config("activation", function.type, function.options, faults));
  faults.push_back(fmt::format("Keras's activation \"{}\" takes no options in a file, found {}", name, to_toml({function, {}})));
  return {};
}

Json LayerWriter::component(const std::string& kind, const Value& value, std::vector<std::string>& faults) const {
  const Value::Component part = value.is<Value::Component>() ? value.as<Value::Component>() : Value::Component{value.as<std::string>(), {}};
  if (kind == "activation") return activation(part, faults);
  if (kind == "regularizer") {
    Json factors = {{"l1", 0.0}, {"l2", 0.0}};
    for (const Option& option : part.options) factors[option.name] = plain(option.value);
    return keras_object("keras.regularizers", "L1L2", std::move(factors));
  }
  const std::string type(recipe::short_type(part.type));
  if (kind == "layer") return layer(part.type, part.options, "", faults);
  const std::string name = keras_class(kind, type);
  if (name.empty()) return {};  // of first values, which the weights of the file replace
  return keras_object(kind == "initializer" ? "keras.initializers" : "keras.optimizers.schedules", name, config(kind, part.type, part.options, faults));
}

Json LayerWriter::value(const OptionSpec* spec, const Value& value, std::vector<std::string>& faults) const {
  if (spec && spec->kind == OptionKind::component) return component(spec->component_kind, value, faults);
  return value.is<Value::Component>() ? component("activation", value, faults) : plain(value);
}

Json LayerWriter::config(const std::string& kind, const std::string& type, const Options& options, std::vector<std::string>& faults) const {
  Json out = Json::object();
  const Schema* const schema = catalogue_.find(kind, type);
  for (const Option& option : options) {
    if (option.value.empty() || is_left_out(std::string(recipe::short_type(type)), option)) continue;
    Json made = value(schema ? find_option(*schema, option.name) : nullptr, option.value, faults);
    if (!made.is_null()) out[option.name] = std::move(made);
  }
  return out;
}

Json LayerWriter::part(const std::string& kind, const std::string& module, const Value::Component& component, std::vector<std::string>& faults) const {
  const std::string name = keras_class(kind, recipe::short_type(component.type));
  if (name.empty()) {
    faults.push_back(fmt::format("Keras has no {} \"{}\"", kind, recipe::short_type(component.type)));
    return {};
  }
  return keras_object(module, name, config(kind, component.type, component.options, faults));
}

Json LayerWriter::layer(const std::string& type, const Options& options, const std::string& name, std::vector<std::string>& faults) const {
  const std::string kind(recipe::short_type(type));
  std::string known = type.find('.') == type.npos || type.starts_with("teranga.") ? keras_class("layer", kind) : "";
  Json settings = Json::object();
  if (!name.empty()) settings["name"] = name;
  if (known.empty() && (kind == "activation" || !keras_activation(kind).empty())) {
    known = "Activation";
    const Value* const function = find_option(options, "activation");
    Json made = kind == "activation" && function ? component("activation", *function, faults) : activation({type, options}, faults);
    settings["activation"] = std::move(made);
    return keras_object("keras.layers", known, std::move(settings));
  }
  if (known.empty()) {
    faults.push_back("Keras has no such layer");
    return {};
  }
  settings.update(config("layer", type, options, faults));
  Json& padding = settings["padding"];
  if (kind == "zero_padding2d" && padding.is_array() && padding.size() == 4) padding = Json::array({{padding[0], padding[1]}, {padding[2], padding[3]}});
  if (padding.is_null()) settings.erase("padding");
  if (kind == "bidirectional" && settings.value("merge_mode", "") == "none") settings["merge_mode"] = nullptr;
  return keras_object("keras.layers", known, std::move(settings));
}

}  // namespace teranga::exchange

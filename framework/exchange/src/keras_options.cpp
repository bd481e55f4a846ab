// SPDX-License-Identifier: Apache-2.0
#include "keras_options.hpp"

#include <teranga/core/printable.hpp>
#include <teranga/recipe/short_names.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "keras_graph.hpp"
#include "keras_names.hpp"

namespace teranga::exchange {
namespace {

// Keys that say nothing whatever they hold: names, seeds, and how Keras computes, not what.
bool says_nothing(const std::string& key) {
  static const std::set<std::string> keys = {"name", "trainable", "dtype", "seed", "unroll", "implementation", "fused", "batch_input_shape", "renorm_momentum", "ema_momentum", "jit_compile", "is_legacy_optimizer",
                                             "flash_attention", "input_length", "synchronized"};
  return keys.contains(key);
}

bool is_neutral(const std::string& key, const Json& written) {
  if (says_nothing(key) || written.is_null() || (written.is_boolean() && !written.get<bool>())) return true;
  if ((written.is_array() || written.is_object()) && written.empty()) return true;
  static const std::vector<std::pair<std::string, Json>> values = {{"data_format", "channels_last"}, {"groups", 1}, {"dilation_rate", 1}, {"depth_multiplier", 1}, {"interpolation", "nearest"}, {"axis", -1}, {"reduction", "sum_over_batch_size"},
                                                                   {"reduction", "sum"}, {"reduction", "auto"}, {"threshold", 0}, {"negative_slope", 0}, {"attention_axes", 1}, {"loss_scale_factor", 1}, {"gradient_accumulation_steps", 1}, {"decay", 0}};
  return std::any_of(values.begin(), values.end(), [&](const auto& one) {
    if (one.first != key || (key == "reduction" && one.second == "sum")) return false;
    if (written.is_array()) return std::all_of(written.begin(), written.end(), [&](const Json& item) { return item == one.second; });
    return written == one.second;
  });
}

bool is_whole(const Json& written) { return written.is_number_integer() || (written.is_number_float() && std::trunc(written.get<double>()) == written.get<double>() && std::abs(written.get<double>()) < 1e15); }

std::optional<Value> scalar(OptionKind kind, const Json& written) {
  switch (kind) {
    case OptionKind::boolean: return written.is_boolean() ? std::optional(Value{written.get<bool>(), {}}) : std::nullopt;
    case OptionKind::integer: return is_whole(written) ? std::optional(Value{written.is_number_integer() ? written.get<std::int64_t>() : static_cast<std::int64_t>(written.get<double>()), {}}) : std::nullopt;
    case OptionKind::real: return written.is_number() ? std::optional(Value{shortest(written.get<double>()), {}}) : std::nullopt;
    case OptionKind::text: return written.is_string() ? std::optional(Value{written.get<std::string>(), {}}) : std::nullopt;
    default: return std::nullopt;
  }
}

// Lists within lists, as in padding = [[1, 1], [2, 2]], one behind the other.
void add_items(const Json& written, std::vector<Json>& out) {
  if (!written.is_array()) return out.push_back(written);
  for (const Json& item : written) add_items(item, out);
}

std::optional<Value> list_of(const OptionSpec& spec, const Json& written) {
  std::vector<Json> items;
  add_items(written, items);
  Value::List out;
  for (const Json& item : items) {
    std::optional<Value> one = scalar(spec.item_kind, item);
    if (!one) return std::nullopt;
    out.push_back(std::move(*one));
  }
  return Value{std::move(out), {}};
}

std::string toml_or_none(const Value& value) { return value.empty() ? std::string() : to_toml(value); }

// One number for all axes where all are equal.
Value shorter(const OptionSpec& spec, Value value) {
  if (!spec.scalar_expands || !value.is<Value::List>() || value.as<Value::List>().size() < 2) return value;
  const Value::List& list = value.as<Value::List>();
  if (!std::all_of(list.begin(), list.end(), [&](const Value& item) { return toml_or_none(item) == toml_or_none(list[0]); })) return value;
  return Value(list[0]);
}

// "L2" of { l2: 0.01 } becomes { l2 = 0.01 }.
std::optional<Value> regularizer(const Json& written) {
  const std::string kind = written.is_string() ? written.get<std::string>() : class_of(written), letters = recipe::letters_of(kind);
  if (letters != "l1" && letters != "l2" && letters != "l1l2") return std::nullopt;
  Value::Component out;
  for (const char* key : {"l1", "l2"}) {
    const Json& factor = at(at(written, "config"), key);
    const double number = factor.is_number() ? factor.get<double>() : written.is_string() && letters.find(key) != letters.npos ? 0.01 : 0.0;
    if (number != 0) out.options.push_back({key, {shortest(number), {}}, {}});
  }
  if (out.options.empty()) return Value{};
  return Value{std::move(out), {}};
}

// "MaxNorm" of { max_value: 2, axis: 0 } becomes { type = "max_norm", max_value = 2.0, axis = 0 }.
std::optional<Value> constraint(const Json& written) {
  const std::string letters = recipe::letters_of(written.is_string() ? written.get<std::string>() : class_of(written));
  const auto found = std::ranges::find(weight_constraints, letters, [](const auto& one) { return recipe::letters_of(one.second); });
  if (found == weight_constraints.end() || (written.is_object() && is_foreign(written))) return std::nullopt;
  Value::Component out;
  out.options.push_back({"type", {std::string(found->first), {}}, {}});
  const Json& config = at(written, "config");
  for (const char* key : {"max_value", "min_value", "rate"})
    if (at(config, key).is_number()) out.options.push_back({key, {shortest(at(config, key).get<double>()), {}}, {}});
  if (const Json& axis = at(config, "axis"); axis.is_number_integer()) {
    out.options.push_back({"axis", {axis.get<std::int64_t>(), {}}, {}});
  } else if (axis.is_array()) {
    Value::List axes;
    for (const Json& one : axis)
      if (one.is_number_integer()) axes.push_back({one.get<std::int64_t>(), {}});
    out.options.push_back({"axis", {std::move(axes), {}}, {}});
  }
  if (out.options.size() == 1) return Value{std::string(found->first), {}};
  return Value{std::move(out), {}};
}

}  // namespace

double shortest(double value) {
  const auto narrow = static_cast<float>(value);
  if (!std::isfinite(narrow) || static_cast<double>(narrow) != value) return value;
  char text[32];
  const auto written = std::to_chars(text, text + sizeof(text), narrow);
  double out = value;
  std::from_chars(text, written.ptr, out);
  return out;
}

bool is_foreign(const Json& written) {
  const std::string module = text_at(written, "module"), registered = text_at(written, "registered_name");
  if (registered.find('>') != registered.npos) return true;
  return !module.empty() && module != "keras" && !module.starts_with("keras.") && !module.starts_with("tf_keras.") && module != "tensorflow.keras" && !(module == "builtins" && text_at(written, "class_name") == "function" && !registered.empty() && registered == text_at(written, "config"));
}

Value value_of(const KerasPart& part) {
  if (part.options.empty()) return {part.type, {}};
  return {Value::Component{part.type, part.options}, {}};
}

std::string KerasOptions::type_of(std::string_view kind, std::string_view name) const {
  const std::string letters = recipe::letters_of(name);
  std::string found(recipe::type_of_short_form(kind, letters));
  for (const std::string& type : catalogue_.names(kind))
    if (recipe::letters_of(recipe::short_type(type)) == letters && (found.empty() || type.starts_with("teranga."))) found = type;
  if (found.empty()) return found;
  const std::string_view short_name = recipe::short_type(found);
  return catalogue_.find(kind, short_name) ? std::string(short_name) : found;
}

std::optional<KerasPart> KerasOptions::part(std::string_view kind, const Json& written, std::vector<std::string>& faults) const {
  const bool function = class_of(written) == "function";
  const std::string name = written.is_string() ? written.get<std::string>() : function ? text_at(written, "config") : class_of(written);
  if (!written.is_string() && is_foreign(written)) {
    faults.push_back(fmt::format("the {} \"{}\" is one of one's own, in Python code, which is not run", kind, printable_line(name)));
    return std::nullopt;
  }
  KerasPart out;
  if (kind == "metric" && written.is_string() && (name == "accuracy" || name == "acc")) return KerasPart{"accuracy", {}};  // no plugin: the shapes decide which accuracy is meant
  out.type = type_of(kind, name == "OrthogonalInitializer" ? "Orthogonal" : name);
  if (name.empty() || out.type.empty()) {
    faults.push_back(fmt::format("Teranga has no {} {}", kind, name.empty() ? shown(written) : fmt::format("\"{}\"", printable_line(name))));
    return std::nullopt;
  }
  if (!written.is_string() && !function) {
    const std::size_t before = faults.size();
    out.options = options(kind, out.type, at(written, "config"), faults);
    if (faults.size() > before) return std::nullopt;
  }
  return out;
}

Options KerasOptions::options(std::string_view kind, const std::string& type, const Json& config, std::vector<std::string>& faults) const {
  Options out;
  const Schema& known = schema(kind, type);
  for (const auto& [key, written] : config.items()) {
    const OptionSpec* const spec = find_option(known, key);
    if (kind == "layer" && key.ends_with("_constraint") && !written.is_null()) {
      if (std::optional<Value> made = constraint(written)) out.push_back({key, std::move(*made), {}});
      else faults.push_back(fmt::format("{} = {} has no counterpart", printable_line(key), shown(written)));
      continue;
    }
    if (kind == "layer" && key == "activity_regularizer" && !written.is_null()) {
      if (std::optional<Value> made = regularizer(written)) out.push_back({key, std::move(*made), {}});
      else faults.push_back(fmt::format("{} = {} has no counterpart", key, shown(written)));
      continue;
    }
    if (!spec || written.is_null()) {
      if (!is_neutral(key, written)) faults.push_back(fmt::format("{} = {} has no counterpart", printable_line(key), shown(written)));
      continue;
    }
    if (key == "name" || key == "dtype") continue;
    std::optional<Value> made = value(*spec, written, faults);
    const bool says_linear = spec->component_kind == "activation" && spec->default_value.empty() && made && made->is<std::string>() && made->as<std::string>() == "linear";
    if (made && !made->empty() && !says_linear && toml_or_none(*made) != toml_or_none(spec->default_value)) out.push_back({key, shorter(*spec, std::move(*made)), {}});
  }
  // In the order in which Teranga tells them.
  std::stable_sort(out.begin(), out.end(), [&](const Option& a, const Option& b) { return find_option(known, a.name) < find_option(known, b.name); });
  return out;
}

std::optional<Value> KerasOptions::value(const OptionSpec& spec, const Json& written, std::vector<std::string>& faults) const {
  if (spec.kind == OptionKind::component) return component(spec, written, faults);
  std::optional<Value> out = spec.kind == OptionKind::list ? list_of(spec, written) : scalar(spec.kind, written.is_array() && written.size() == 1 ? written[0] : written);
  const bool is_chosen = !out || spec.choices.empty() || !out->is<std::string>() || std::find(spec.choices.begin(), spec.choices.end(), out->as<std::string>()) != spec.choices.end();
  const auto beyond = [&](double number) { return number < spec.minimum || number > spec.maximum; };
  const bool is_beyond = out && ((out->is<double>() && beyond(out->as<double>())) || (out->is<std::int64_t>() && beyond(static_cast<double>(out->as<std::int64_t>()))));
  if (out && is_chosen && !is_beyond) return out;
  faults.push_back(fmt::format("{} = {} has no counterpart", spec.name, shown(written)));
  return std::nullopt;
}

std::optional<Value> KerasOptions::component(const OptionSpec& spec, const Json& written, std::vector<std::string>& faults) const {
  if (spec.component_kind == "regularizer") {
    std::optional<Value> out = regularizer(written);
    if (!out) faults.push_back(fmt::format("{} = {} has no counterpart", spec.name, shown(written)));
    return out;
  }
  std::vector<std::string> own;
  const std::optional<KerasPart> made = part(spec.component_kind, written, own);
  if (made) return value_of(*made);
  if (spec.component_kind == "initializer") left_initializers_.push_back(fmt::format("{}: {}", spec.name, own[0]));
  else
    for (const std::string& fault : own) faults.push_back(fmt::format("{}: {}", spec.name, fault));
  return std::nullopt;
}

}  // namespace teranga::exchange

// SPDX-License-Identifier: Apache-2.0
// What weights are made to satisfy: "kernel_constraint" of a layer and its like.
#include <string_view>

#include <fmt/format.h>

#include "recipe_reader.hpp"
#include "sections.hpp"
#include "typed_options.hpp"

namespace teranga::recipe {
namespace {

std::vector<std::int64_t> axes_of(const Value* given) {
  std::vector<std::int64_t> out;
  for (const Value& item : given ? given->as<Value::List>() : Value::List{})
    if (item.is<std::int64_t>()) out.push_back(item.as<std::int64_t>());
  return out.empty() ? std::vector<std::int64_t>{0} : out;
}

// Keys that a type of constraint does not have.
bool is_foreign(std::string_view type, std::string_view key) {
  if (key == "min_value" || key == "rate") return type != "min_max_norm";
  if (key == "max_value") return type != "min_max_norm" && type != "max_norm";
  return key == "axis" && type == "non_neg";
}

}  // namespace

std::string constrained_parameter(const std::string& key) {
  constexpr std::string_view ending = "_constraint";
  return key.ends_with(ending) ? key.substr(0, key.size() - ending.size()) : std::string();
}

void RecipeReader::read_constraints(const Value& given, LayerRecipe& layer) {
  if (!given.is<Value::Component>()) return;
  for (const Option& option : given.as<Value::Component>().options) {
    const std::string parameter = constrained_parameter(option.name);
    if (parameter.empty()) continue;
    const std::string who = fmt::format("\"{}\" of layer \"{}\"", option.name, layer.name);
    const bool alone = option.value.is<std::string>();
    const Options* options = alone ? nullptr : table_of(&option.value, who, "kernel_constraint = \"max_norm\"");
    if (!alone && options == nullptr) continue;
    const Options table = alone ? Options{{"type", option.value, option.value.position}} : *options;
    const Options own = checker_.check(table, constraint_keys(), {who, option.value.position});
    WeightConstraint made;
    made.layer = layer.name;
    made.parameter = parameter;
    take(own, "type", made.type);
    made.max_value = made.type == "max_norm" ? 2 : 1;
    made.min_value = made.type == "unit_norm" ? 1 : 0;
    take(own, "max_value", made.max_value);
    take(own, "min_value", made.min_value);
    take(own, "rate", made.rate);
    made.axis = axes_of(find_option(own, "axis"));
    made.position = option.value.position;
    for (const Option& key : table)
      if (is_foreign(made.type, key.name)) found_.add(key.position, fmt::format("{}: {} has no \"{}\"", who, made.type, key.name), fmt::format("leave out {}", key.name));
    if (made.min_value > made.max_value) found_.add(option.value.position, fmt::format("{}: min_value is {}, above max_value, which is {}", who, made.min_value, made.max_value), fmt::format("max_value = {}", made.min_value));
    layer.constraints.push_back(std::move(made));
  }
}

}  // namespace teranga::recipe

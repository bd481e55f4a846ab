// SPDX-License-Identifier: Apache-2.0
#include <teranga/model/catalogue.hpp>

namespace teranga::model {
namespace {

OptionSpec activation_spec(bool required) {
  OptionSpec spec;
  spec.name = activation_option;
  spec.doc = "function applied to the output";
  spec.kind = OptionKind::component;
  spec.component_kind = "activation";
  spec.required = required;
  spec.nullable = !required;
  return spec;
}

Schema input_schema() {
  OptionSpec shape;
  shape.name = "shape";
  shape.doc = "the shape of one sample, without the batch axis; if it is left out, the data give it";
  shape.kind = OptionKind::list;
  shape.item_kind = OptionKind::integer;
  shape.nullable = true;
  shape.minimum = 1;
  OptionSpec field;
  field.name = "field";
  field.doc = "the feature of the data that this layer takes, or the target with from = \"target\"; if it is left out, they are taken in order";
  field.kind = OptionKind::text;
  field.nullable = true;
  OptionSpec from;
  from.name = "from";
  from.doc = "the source of the inputs. data: a feature of the data. target: a target of the data, for layers that need it in training; samples without targets, as in predict, give -1 (NaN where targets are not whole numbers). normal, uniform: new noise for each sample and step, standard normal or uniform in [0, 1). call: the inputs of a call of the network. normal, uniform and call need shape";
  from.kind = OptionKind::text;
  from.choices = {"data", "normal", "uniform", "call", "target"};
  from.default_value.data = std::string("data");
  return {shape, field, from};
}

}  // namespace

PluginCatalogue::PluginCatalogue(const host::Registry& registry) : registry_(registry) {
  for (const host::Item* item : registry.items(host::Kind::layer)) {
    Schema schema = item->schema;
    if (!find_option(schema, activation_option)) schema.push_back(activation_spec(false));
    layers_.emplace(item->name, std::move(schema));
  }
  layers_.emplace(input_type, input_schema());
  layers_.emplace(activation_type, Schema{activation_spec(true)});
}

const Schema* PluginCatalogue::find(std::string_view kind, std::string_view type) const {
  const std::string name = qualified(kind, type);
  if (name.empty()) return nullptr;
  if (kind == "layer") {
    const auto found = layers_.find(name);
    return found == layers_.end() ? nullptr : &found->second;
  }
  const host::Item* item = registry_.find(host::kind_of(kind), name);
  return item ? &item->schema : nullptr;
}

std::vector<std::string> PluginCatalogue::names(std::string_view kind) const {
  std::vector<std::string> out;
  for (const host::Item* item : registry_.items(host::kind_of(kind))) out.push_back(item->name);
  if (kind == "layer") out.insert(out.end(), {input_type, activation_type});
  return out;
}

std::string PluginCatalogue::qualified(std::string_view kind, std::string_view type) const {
  if (kind == "layer")
    for (const char* own : {input_type, activation_type})
      if (type == own || type == recipe::short_type(own)) return own;
  const host::Item* item = registry_.find(host::kind_of(kind), type);
  return item ? item->name : std::string();
}

bool PluginCatalogue::has_activation_sugar(std::string_view layer_type) const {
  const host::Item* item = registry_.find(host::Kind::layer, layer_type);
  return item && !find_option(item->schema, activation_option);
}

}  // namespace teranga::model

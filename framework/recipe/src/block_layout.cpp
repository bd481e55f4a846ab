// SPDX-License-Identifier: Apache-2.0
#include "block_layout.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layer_names.hpp"

namespace teranga::recipe {
namespace {

std::string network_of(const Value& table) {
  const std::string* network = text_of(table, "network");
  return network == nullptr ? "" : *network;
}

Options& options_of(Value& table) { return std::get<Value::Component>(table.data).options; }

const Option* key_in(const Options& options, std::string_view name) {
  const auto at = std::find_if(options.begin(), options.end(), [&](const Option& option) { return option.name == name; });
  return at == options.end() ? nullptr : &*at;
}

void set_key(Options& options, const char* name, Value value) {
  for (Option& option : options)
    if (option.name == name) {
      option.value = std::move(value);
      return;
    }
  const Position position = value.position;
  options.push_back({name, std::move(value), position});
}

// The texts of a list, or the one text; nothing where anything else is among them.
std::optional<Value::List> texts_in(const Value& given) {
  Value::List list = given.is<Value::List>() ? given.as<Value::List>() : Value::List{given};
  const bool texts = std::ranges::all_of(list, [](const Value& item) { return item.is<std::string>(); });
  return texts ? std::optional(std::move(list)) : std::nullopt;
}

}  // namespace

bool BlockLayout::is_input_layer(const Value& table) {
  const std::string* type = text_of(table, "type");
  return type != nullptr && short_type(*type) == "input";
}

Value::List BlockLayout::lay_out(const Value::List& layers) {
  Value::List filled;
  for (const Value& layer : layers) filled.push_back(variables_.fill(layer));
  lay_out_list(filled, recipe_);
  Value::List out;
  for (Made& made : made_) out.push_back(std::move(made.table));
  names_ = layer_names(out);
  for (std::size_t i = 0; i < made_.size(); ++i) {
    Value::List inputs;
    for (const Input& input : made_[i].inputs) inputs.push_back({text_of_place(input.place), input.position});
    if (!inputs.empty()) set_key(options_of(out[i]), "input", {std::move(inputs), made_[i].inputs.front().position});
    if (made_[i].weights_of) set_key(options_of(out[i]), "weights_of", {names_[*made_[i].weights_of], out[i].position});
  }
  return out;
}

std::string BlockLayout::layer_of(const std::string& reference) const {
  const std::size_t dot = std::min(reference.find('.'), reference.size());
  const auto at = recipe_.places.find(reference.substr(0, dot));
  return at == recipe_.places.end() ? reference : text_of_place(at->second) + reference.substr(dot);
}

void BlockLayout::lay_out_list(const Value::List& filled, Scope& scope) {
  const std::vector<std::string> names = layer_names(filled);
  note_names(filled, names, scope);
  for (std::size_t i = 0; i < filled.size() && !allowance_.is_used_up() && made_.size() <= most_layers; ++i) {
    if (uses_block(filled[i])) add_use(filled[i], names[i], scope);
    else add_layer(filled[i], scope);
  }
}

void BlockLayout::note_names(const Value::List& filled, const std::vector<std::string>& names, Scope& scope) {
  std::set<std::string> of_uses;
  for (std::size_t i = 0; i < filled.size(); ++i)
    if (uses_block(filled[i])) of_uses.insert(names[i]);
  for (std::size_t i = 0; i < filled.size(); ++i) {
    const bool is_new = scope.names.insert(names[i]).second;
    const Value* name = filled[i].is<Value::Component>() ? find_option(filled[i].as<Value::Component>().options, "name") : nullptr;
    if (!is_new && name != nullptr && of_uses.contains(names[i])) found_.add(name->position, fmt::format("two layers are called \"{}\"", names[i]), "another name for one of them");
    if (uses_block(filled[i]) || (scope.block != nullptr && name != nullptr)) scope.later.insert(names[i]);
  }
}

void BlockLayout::take_context(Options& options, const Scope& scope) {
  if (scope.block == nullptr) return;
  if (const Option* own = key_in(options, "network")) found_.add(own->position, fmt::format("a layer of the block \"{}\" has a network of its own", scope.block->name), "leave it out: network stands at the use of the block");
  if (scope.network != nullptr) set_key(options, "network", *scope.network);
  if (scope.frozen != nullptr) set_key(options, "trainable", *scope.frozen);
}

void BlockLayout::add_layer(const Value& filled, Scope& scope) {
  Made made;
  made.table = filled;
  if (made_.size() == most_layers) found_.add(filled.position, fmt::format("blocks make more than {} layers of this recipe", most_layers));
  if (!made.table.is<Value::Component>()) {  // which those who read layers will tell
    made_.push_back(std::move(made));
    return;
  }
  Options& options = options_of(made.table);
  const Option* type = key_in(options, "type");
  if (const std::string* text = text_of(filled, "type"); text != nullptr && blocks_.contains(*text) && !checker_.knows("layer", *text))
    found_.add(type->value.position, fmt::format("there is no layer \"{}\", but a block", *text), fmt::format("type = \"{}{}\"", block_prefix, *text));
  take_context(options, scope);
  const std::string network = network_of(made.table), *name = text_of(filled, "name");
  if (const Option* given = key_in(options, "input")) {
    made.inputs = inputs_of(given->value, scope);
  } else if (!is_input_layer(made.table)) {
    if (const auto place = implied(network, made.table.position, scope)) made.inputs = {*place};
  }
  const Option* weights = scope.block == nullptr ? nullptr : key_in(options, "weights_of");
  if (weights != nullptr && weights->value.is<std::string>())
    if (const auto place = find(weights->value.as<std::string>(), weights->value.position, scope); place && place->layer) made.weights_of = place->layer;
  const Place own{made_.size(), {}, {}};
  if (scope.block != nullptr && name != nullptr) {
    if (std::find(scope.block->inputs.begin(), scope.block->inputs.end(), *name) != scope.block->inputs.end())
      found_.add(key_in(options, "name")->value.position, fmt::format("\"{}\" is what enters the block \"{}\", and the name of a layer in it", *name, scope.block->name), "another name for the layer");
    scope.places[*name] = own;
    set_key(options, "name", {full_name(*name, scope), key_in(options, "name")->value.position});
    scope.later.erase(*name);
  }
  last_[network] = made_.size();
  scope.ends[scope.block == nullptr ? network : ""] = own;
  made_.push_back(std::move(made));
}

std::vector<BlockLayout::Input> BlockLayout::inputs_of(const Value& given, Scope& scope) {
  std::vector<Input> inputs;
  const auto texts = texts_in(given);
  if (!texts) return inputs;
  for (const Value& item : *texts)
    if (auto place = find(item.as<std::string>(), item.position, scope)) inputs.push_back({*place, item.position});
  const bool as_written = scope.block == nullptr && std::ranges::none_of(inputs, [](const Input& input) { return input.place.layer.has_value(); });
  return as_written ? std::vector<Input>() : inputs;
}

std::optional<BlockLayout::Place> BlockLayout::find(const std::string& reference, const Position& position, Scope& scope) {
  const std::size_t dot = std::min(reference.find('.'), reference.size());
  const std::string name = reference.substr(0, dot);
  const auto at = scope.places.find(name);
  if (at == scope.places.end()) {
    if (scope.block == nullptr && !scope.later.contains(name)) return Place{{}, name, reference.substr(dot)};
    unknown_name(name, position, scope);
    return std::nullopt;
  }
  if (scope.block != nullptr)
    for (std::size_t i = 0; i < scope.block->inputs.size(); ++i)
      if (scope.block->inputs[i] == name) scope.used[i] = true;
  if (at->second.is_beginning()) {
    found_.add(position, fmt::format("\"{}\" is the input of the network, which has no layer: the block \"{}\" begins it", name, scope.block->name), "[[layer]] with type = \"input\" in front of it");
    return std::nullopt;
  }
  Place place = at->second;
  if (dot < reference.size()) place.port = reference.substr(dot);
  return place;
}

void BlockLayout::unknown_name(const std::string& name, const Position& position, const Scope& scope) {
  const std::string whose = scope.block == nullptr ? "the recipe" : fmt::format("the block \"{}\"", scope.block->name);
  if (scope.later.contains(name)) {
    found_.add(position, fmt::format("\"{}\" comes later in {}", name, whose), fmt::format("move \"{}\" in front of the layer that takes its output", name));
    return;
  }
  std::vector<std::string> names;
  for (const auto& [one, place] : scope.places) names.push_back(one);
  const auto near = nearest_name(name, names);
  found_.add(position, fmt::format("{} has no layer \"{}\"", whose, name), near ? fmt::format("did you mean \"{}\"?", *near) : fmt::format("a block knows its inputs and its layers that have names: {}", fmt::join(names, ", ")));
}

BlockLayout::Place BlockLayout::end_of(const std::string& network, Scope& scope) {
  const auto end = scope.ends.find(scope.block == nullptr ? network : "");
  if (end != scope.ends.end()) return end->second;
  if (scope.block == nullptr) return {};
  scope.used[0] = true;
  return scope.places.at(scope.block->inputs[0]);
}

std::optional<BlockLayout::Input> BlockLayout::implied(const std::string& network, const Position& position, Scope& scope) {
  const Place end = end_of(network, scope);
  const auto last = last_.find(network);
  const bool is_last = end.layer && end.port.empty() && last != last_.end() && last->second == *end.layer;
  if (end.is_beginning() || is_last) return std::nullopt;
  return Input{end, position};
}

}  // namespace teranga::recipe

// SPDX-License-Identifier: Apache-2.0
#include "recipe_reader.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "layer_names.hpp"
#include "sections.hpp"
#include "typed_options.hpp"
#include "wording.hpp"

namespace teranga::recipe {
namespace {

// The given value without the keys of that list: those are read by hand.
Value without(const Value& given, std::initializer_list<std::string_view> keys) {
  Value out = given;
  if (auto* table = std::get_if<Value::Component>(&out.data))
    std::erase_if(table->options, [&](const Option& option) { return std::find(keys.begin(), keys.end(), option.name) != keys.end(); });
  return out;
}

// A layer without "kernel_constraint" and its like, which are of the recipe and not of the layer's type.
Value without_constraints(const Value& given) {
  Value out = given;
  if (auto* table = std::get_if<Value::Component>(&out.data)) std::erase_if(table->options, [](const Option& option) { return !constrained_parameter(option.name).empty(); });
  return out;
}

const Value* key_of(const Value& given, std::string_view key) {
  return given.is<Value::Component>() ? find_option(given.as<Value::Component>().options, key) : nullptr;
}

}  // namespace

void RecipeReader::read(const Value::Component& root, Recipe& recipe) {
  if (root.options.empty()) {
    found_.add({}, "the recipe is empty", "a recipe has [data], a [[layer]] table for each layer, [loss] and [optimizer]");
    return;
  }
  Options plain;
  for (const Option& option : root.options) {
    const OptionSpec* spec = find_option(root_keys(), option.name);
    const bool section = spec != nullptr && spec->nullable && spec->name != "name" && spec->name != "plugins";
    if (!section) plain.push_back(option);
  }
  const Options own = checker_.check(plain, root_keys(), {"the recipe", {}});
  take(own, "schema", recipe.schema);
  if (const Value* name = find_option(own, "name")) {
    recipe.name = name->as<std::string>();
    if (recipe.name.empty() || recipe.name.find('/') != std::string::npos || recipe.name[0] == '.')
      found_.add(name->position, fmt::format("\"name\" of the recipe names the run's folder; {} cannot", found_text(*name)));
  }
  recipe.plugins = take_texts(own, "plugins");
  tell_of_whole(root);
  std::size_t before = found_.size();
  if (const Value* data = find_option(root.options, "data")) read_data(*data, recipe, data->position);
  sound_.data = recipe.data && found_.size() == before;
  before = found_.size();
  read_layers(find_option(root.options, "layer"), recipe);
  const bool phases = find_option(root.options, "phase") != nullptr;
  if (!phases) read_losses(find_option(root.options, "loss"), "the recipe", recipe.losses);
  if (phases) refuse_penalties();
  else add_penalties(recipe.losses);
  sound_.network = !phases && found_.size() == before;
  const Value* optimizer = find_option(root.options, "optimizer");
  if (!phases || optimizer != nullptr) read_optimizer(optimizer, recipe.optimizer);
  before = found_.size();
  read_training(find_option(root.options, "training"), recipe.training);
  sound_.metrics = found_.size() == before;
  apply_layer_rates(recipe);
  read_initial_weights(find_option(root.options, "initial_weights"), recipe);
  read_checkpoint(find_option(root.options, "checkpoint"), recipe.checkpoint);
  read_log(find_option(root.options, "log"), recipe.log);
  read_observers(find_option(root.options, "observer"), recipe.observers);
  if (phases) read_phases(root, recipe);
  check_updates(recipe);
  before = found_.size();
  check_networks(root, recipe);
  sound_.network = sound_.network && found_.size() == before;
}

const Options* RecipeReader::table_of(const Value* given, const std::string& name, const char* example) {
  static const Options none;
  if (given == nullptr) return &none;
  if (given->is<Value::Component>()) return &given->as<Value::Component>().options;
  const bool once = given->is<Value::List>() && name.starts_with('[') && !name.starts_with("[[");
  found_.add(given->position, fmt::format("{}: expected a table, found {}", name, found_text(*given)), once ? fmt::format("write {} once, in single brackets", name) : example);
  return nullptr;
}

void RecipeReader::refer(Reference::Kind kind, std::size_t from, const Options& options, const char* key) {
  const Value* value = find_option(options, key);
  if (value == nullptr) return;
  if (value->is<std::string>()) references_.push_back({kind, from, value->as<std::string>(), value->position, phase_});
  if (!value->is<Value::List>()) return;
  for (const Value& item : value->as<Value::List>())
    if (item.is<std::string>()) references_.push_back({kind, from, item.as<std::string>(), item.position, phase_});
}

void RecipeReader::tell_of_whole(const Value::Component& root) {
  const auto key = [&](const char* section, const char* name) {
    const Value* const table = find_option(root.options, section);
    return table && table->is<Value::Component>() ? find_option(table->as<Value::Component>().options, name) : nullptr;
  };
  checker_.tell(key("data", "validation_split") || key("data", "validation"), key("training", "early_stopping") != nullptr);
}

void RecipeReader::read_data(const Value& given, Recipe& recipe, const Position& position) {
  Part part = checker_.part("dataset", given, data_keys(), position);
  DataRecipe data;
  take(part.own, "validation_split", data.validation_split);
  take(part.own, "limit", data.limit);
  if (const Value* fold = find_option(part.own, "fold")) read_fold(*fold, data);
  data.component = std::move(part.component);
  data.position = part.owner.position;
  recipe.data = std::move(data);
}

// "2/5"
void RecipeReader::read_fold(const Value& given, DataRecipe& data) {
  const std::string& text = given.as<std::string>();
  const char *at = text.data(), *const end = text.data() + text.size();
  constexpr std::int64_t most = 10000;
  const auto number = [&](std::int64_t& into) {
    const auto [stop, wrong] = std::from_chars(at, end, into);
    at = stop;
    return wrong == std::errc() && into >= 1 && into <= most;
  };
  const bool good = number(data.fold) && at != end && *at++ == '/' && number(data.folds) && at == end && data.folds >= 2 && data.fold <= data.folds;
  if (!good) found_.add(given.position, fmt::format("\"fold\" of [data]: expected the number of a fold and how many there are, such as \"2/5\", found {}", found_text(given)), "fold = \"1/5\"");
}

void RecipeReader::read_layers(const Value* given, Recipe& recipe) {
  if (given == nullptr) {
    if (!checker_.is_meant("layer")) found_.add({}, "the recipe has no layers", "write one [[layer]] table for each");
    return;
  }
  if (!given->is<Value::List>()) {
    found_.add(given->position, fmt::format("\"layer\" is a list of tables, found {}", found_text(*given)), "write [[layer]], in double brackets, for each of them");
    return;
  }
  const auto& list = given->as<Value::List>();
  if (list.empty()) found_.add(given->position, "the recipe has no layers", "write one [[layer]] table for each");
  const std::vector<std::string> names = layer_names(list);
  for (std::size_t i = 0; i < list.size(); ++i) recipe.layers.push_back(read_layer(list[i], names[i], i));
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto [first, is_new] = seen.emplace(names[i], i);
    if (is_new) continue;
    const Value* name = key_of(list[i], "name");
    found_.add(name != nullptr ? name->position : list[i].position,
               fmt::format("two layers are called \"{}\"; the first is in line {}", names[i], recipe.layers[first->second].position.line));
  }
}

LayerRecipe RecipeReader::read_layer(const Value& given, const std::string& name, std::size_t index) {
  Part part = checker_.part("layer", without_constraints(given), layer_keys(), given.position, name);
  LayerRecipe layer;
  layer.name = name;
  layer.inputs = take_texts(part.own, "input");
  take(part.own, "network", layer.network);
  take(part.own, "trainable", layer.trainable);
  take(part.own, "weights_of", layer.weights_of);
  refer(Reference::Kind::input, index, part.own, "input");
  refer(Reference::Kind::weights, index, part.own, "weights_of");
  if (const Value* own_name = find_option(part.own, "name"); own_name != nullptr && !is_name(name)) {
    found_.add(own_name->position, fmt::format("{} is no name for a layer", to_toml(*own_name)), what_names_are);
  }
  if (const Value* network = find_option(part.own, "network"); network != nullptr && !layer.network.empty() && !is_name(layer.network))
    found_.add(network->position, fmt::format("{} is no name for a network", to_toml(*network)), what_names_are);
  layer.type = std::move(part.component.type);
  layer.options = std::move(part.component.options);
  layer.position = part.owner.position;
  read_constraints(given, layer);
  if (const Value* penalty = find_option(part.own, "activity_regularizer"); penalty != nullptr && penalty->is<Value::Component>()) penalties_.push_back({name, penalty->as<Value::Component>().options, penalty->position});
  return layer;
}

void RecipeReader::read_losses(const Value* given, const std::string& owner, std::vector<LossRecipe>& losses) {
  if (given == nullptr) {
    if (phase_ || !checker_.is_meant("loss")) found_.add({}, fmt::format("{} has no loss", owner), fmt::format("{} with a type, such as type = \"mean_squared_error\"", phase_ ? "[[phase.loss]]" : "[loss]"));
  } else if (given->is<Value::List>()) {
    for (const Value& item : given->as<Value::List>()) read_loss(item, losses);
    if (given->as<Value::List>().empty()) found_.add(given->position, "the list of losses is empty");
  } else {
    read_loss(*given, losses);
  }
}

// What activity_regularizer of a layer stands for.
void RecipeReader::add_penalties(std::vector<LossRecipe>& losses) {
  for (const Penalty& penalty : penalties_) {
    LossRecipe loss;
    loss.component = {activity_penalty, penalty.factors};
    loss.output = penalty.layer;
    loss.position = penalty.position;
    losses.push_back(std::move(loss));
  }
}

// In a phase the layer of one of its calls is meant.
void RecipeReader::refuse_penalties() {
  for (const Penalty& penalty : penalties_)
    found_.add(penalty.position, fmt::format("\"activity_regularizer\" of layer \"{}\": the recipe has phases, and a penalty on outputs is a loss of one of them", penalty.layer), "a [[phase.loss]] with type = \"activity_penalty\" and the output \"call/layer\"");
}

void RecipeReader::read_loss(const Value& given, std::vector<LossRecipe>& losses) {
  // A number stands for a target of so many equal ones.
  const Value* target = key_of(given, "target");
  const bool constant = target != nullptr && (target->is<double>() || target->is<std::int64_t>());
  Part part = checker_.part("loss", constant ? without(given, {"target"}) : given, loss_keys(), given.position);
  LossRecipe loss;
  take(part.own, "output", loss.output);
  take(part.own, "target", loss.target);
  if (constant) loss.constant = target->is<double>() ? target->as<double>() : static_cast<double>(target->as<std::int64_t>());
  take(part.own, "weight", loss.weight);
  refer(Reference::Kind::output, 0, part.own, "output");
  loss.component = std::move(part.component);
  loss.position = part.owner.position;
  losses.push_back(std::move(loss));
}

void RecipeReader::read_optimizer(const Value* given, OptimizerRecipe& optimizer) {
  if (given == nullptr) {
    if (!checker_.is_meant("optimizer")) found_.add({}, "the recipe has no optimizer", "[optimizer] with a type, such as type = \"adam\"");
    return;
  }
  // The plugin may declare learning_rate as it likes; the recipe's own key is a number or a schedule.
  Part part = checker_.part("optimizer", without(*given, {"learning_rate"}), optimizer_keys(), given->position);
  take(part.own, "weight_decay", optimizer.weight_decay);
  take(part.own, "clipnorm", optimizer.clipnorm);
  take(part.own, "clipvalue", optimizer.clipvalue);
  take(part.own, "global_clipnorm", optimizer.global_clipnorm);
  take(part.own, "clip_weights", optimizer.clip_weights);
  take(part.own, "use_ema", optimizer.use_ema);
  take(part.own, "ema_momentum", optimizer.ema_momentum);
  take(part.own, "ema_overwrite_frequency", optimizer.ema_overwrite_frequency);
  take(part.own, "warmup_steps", optimizer.warmup_steps);
  take(part.own, "warmup_from", optimizer.warmup_from);
  if (optimizer.clipnorm.has_value() + optimizer.clipvalue.has_value() + optimizer.global_clipnorm.has_value() > 1)
    found_.add(part.owner.position,
               fmt::format("{} takes at most one of \"clipnorm\", \"clipvalue\" and \"global_clipnorm\"", part.owner.name));
  for (const char* key : {"ema_momentum", "ema_overwrite_frequency"})
    if (const Value* set = key_of(*given, key); set != nullptr && !optimizer.use_ema) found_.add(set->position, fmt::format("\"{}\" of {} goes with use_ema = true", key, part.owner.name), "use_ema = true");
  optimizer.position = part.owner.position;
  read_rate(key_of(*given, "learning_rate"), part, optimizer);
  if (part.schema == nullptr) return;
  for (const OptionSpec& spec : *part.schema) {
    Value value;
    if (spec.name == "learning_rate") {
      value = optimizer.schedule ? spec.default_value : Value{optimizer.learning_rate, part.owner.position};
    } else if (const Value* plain = find_option(part.component.options, spec.name)) {
      value = *plain;
    } else if (const Value* own = find_option(part.own, spec.name)) {
      value = *own;
    }
    if (!value.empty()) optimizer.component.options.push_back({spec.name, value, value.position});
  }
  optimizer.component.type = part.component.type;
}

void RecipeReader::read_rate(const Value* given, const Part& part, OptimizerRecipe& optimizer) {
  OptionSpec spec = *find_option(optimizer_keys(), "learning_rate");
  if (part.schema != nullptr)
    if (const OptionSpec* declared = find_option(*part.schema, "learning_rate"); declared != nullptr && declared->kind == OptionKind::real)
      spec = *declared;
  if (given == nullptr) {
    const Value standard = spec.default_value.empty() ? Value{} : checker_.convert(spec, spec.default_value, part.owner);
    if (standard.is<double>()) {
      optimizer.learning_rate = standard.as<double>();
    } else if (part.schema != nullptr) {
      found_.add(part.owner.position, fmt::format("{} needs \"learning_rate\"", part.owner.name), "learning_rate = 0.01");
    }
  } else if (given->is<std::string>() && number_of(given->as<std::string>())) {
    checker_.convert(spec, *given, part.owner);  // says that it is text
  } else if (given->is<std::string>() || given->is<Value::Component>()) {
    Part schedule = checker_.part("schedule", *given, {}, given->position, "learning_rate", part.owner.name);
    optimizer.schedule = std::move(schedule.component);
  } else {
    const Value rate = checker_.convert(spec, *given, part.owner);
    if (rate.is<double>()) optimizer.learning_rate = rate.as<double>();
  }
}

}  // namespace teranga::recipe

// SPDX-License-Identifier: Apache-2.0
// The phases of a recipe of several networks.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/counted.hpp>

#include "layer_names.hpp"
#include "recipe_reader.hpp"
#include "sections.hpp"
#include "typed_options.hpp"
#include "wording.hpp"

namespace teranga::recipe {
namespace {

// Read by hand, because no schema says what they may hold.
bool is_compound_of_phase(std::string_view key) { return key == "call" || key == "loss" || key == "metrics" || key == "optimizer"; }

Value::List items_of(const Value& given) { return given.is<Value::List>() ? given.as<Value::List>() : Value::List{given}; }

bool contains(const std::vector<std::string>& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

}  // namespace

std::vector<std::string> network_names(const Recipe& recipe) {
  std::vector<std::string> names;
  for (const LayerRecipe& layer : recipe.layers)
    if (!contains(names, layer.network)) names.push_back(layer.network);
  return names;
}

std::vector<const LayerRecipe*> network_inputs(const Recipe& recipe, const std::string& network) {
  std::vector<const LayerRecipe*> inputs;
  bool first = true;
  for (const LayerRecipe& layer : recipe.layers) {
    if (layer.network != network) continue;
    const bool is_input = short_type(layer.type) == "input";
    if (is_input || (first && layer.inputs.empty())) inputs.push_back(is_input ? &layer : nullptr);
    first = false;
  }
  return inputs;
}

std::string_view origin_of(const LayerRecipe* input) {
  const Value* from = input != nullptr ? find_option(input->options, "from") : nullptr;
  return from != nullptr && from->is<std::string>() ? from->as<std::string>() : std::string_view("data");
}

void RecipeReader::check_networks(const Value::Component& root, const Recipe& recipe) {
  const std::vector<std::string> networks = network_names(recipe);
  if (find_option(root.options, "phase") == nullptr) {
    for (const LayerRecipe& layer : recipe.layers)
      if (short_type(layer.type) == "input" && origin_of(&layer) == "call") found_.add(layer.position, fmt::format("the input \"{}\" takes what a call gives (from = \"call\"), and a recipe without phases has no calls", layer.name), "from = \"data\"");
    if (networks.size() < 2) return;
    const auto second = std::find_if(recipe.layers.begin(), recipe.layers.end(), [&](const LayerRecipe& layer) { return layer.network == networks[1]; });
    found_.add(second->position, fmt::format("the layers belong to {} networks (\"{}\"), and nothing says which of them to train", networks.size(), fmt::join(networks, "\", \"")),
               "write one [[phase]] table for each kind of update, or the same \"network\" for all layers");
    return;
  }
  const auto named = std::find_if(networks.begin(), networks.end(), [](const std::string& network) { return !network.empty(); });
  std::string network_before = named == networks.end() ? "..." : *named;
  for (const LayerRecipe& layer : recipe.layers) {
    if (layer.network.empty()) found_.add(layer.position, fmt::format("layer \"{}\" belongs to no network, and phases train networks", layer.name), fmt::format("network = \"{}\"", network_before));
    else network_before = layer.network;
  }
  if (const Value* loss = find_option(root.options, "loss")) found_.add(loss->position, "a recipe with phases has no loss of its own: losses belong in the phases", "[[phase.loss]]");
  if (!recipe.training.metrics.empty()) found_.add(recipe.training.metrics.front().position, "a recipe with phases has no metrics of its own: metrics belong in the phases", "metrics = [...] in [[phase]]");
  for (const std::string& network : networks) {
    const auto calls = [&](const PhaseRecipe& phase) { return std::any_of(phase.calls.begin(), phase.calls.end(), [&](const CallRecipe& call) { return call.network == network; }); };
    if (network.empty() || std::any_of(recipe.phases.begin(), recipe.phases.end(), calls)) continue;
    const auto shows_others = [&](const LayerRecipe& layer) { return layer.network == network && layer.weights_of.has_value(); };  // what others have learnt: for predict and generate
    if (std::any_of(recipe.layers.begin(), recipe.layers.end(), shows_others)) continue;
    const auto first = std::find_if(recipe.layers.begin(), recipe.layers.end(), [&](const LayerRecipe& layer) { return layer.network == network; });
    found_.add(first->position, fmt::format("no phase calls the network \"{}\"", network), fmt::format("[[phase.call]] with network = \"{}\", or leave its layers out", network));
  }
}

// An average of weights is kept by one optimizer, of weights that all processes share.
void RecipeReader::check_averages(const Recipe& recipe) {
  std::map<std::string, std::string> averaged;  // network -> the phase whose optimizer keeps it
  for (const PhaseRecipe& phase : phases_of(recipe)) {
    if (!phase.optimizer.use_ema) continue;
    const Position& position = phase.optimizer.position;
    if (const auto& averaging = recipe.training.averaging; averaging && (averaging->every > 1 || averaging->outer))
      found_.add(position, fmt::format("use_ema keeps an average of weights that all processes share, and in rounds (averaging, every = {}) each process has its own weights", averaging->every), "leave out use_ema, or averaging");
    for (const std::string& network : phase.train)
      if (const auto [other, is_new] = averaged.emplace(network, phase.name); !is_new)
        found_.add(position, fmt::format("the phases \"{}\" and \"{}\" both keep an average of the network \"{}\" (use_ema)", other->second, phase.name, network), "an own [phase.optimizer] without use_ema for one of them");
  }
  if (const auto& averaging = recipe.training.averaging; averaging && averaging->outer && averaging->outer->use_ema)
    found_.add(averaging->outer->position, "\"outer\" of [training.averaging] takes changes of weights, and keeps no average of them (use_ema)", "leave out use_ema");
  const auto constrained = std::ranges::find_if(recipe.layers, [](const LayerRecipe& layer) { return !layer.constraints.empty(); });
  if (const auto& averaging = recipe.training.averaging; averaging && averaging->outer && constrained != recipe.layers.end())
    found_.add(averaging->outer->position, fmt::format("\"outer\" of [training.averaging] moves the weights after an update, and the constraint of layer \"{}\" would not hold then", constrained->name), "leave out outer, or the constraint");
}

// A phase of several updates in a row has a batch for each of them at once.
void RecipeReader::check_updates(const Recipe& recipe) {
  check_averages(recipe);
  const std::int64_t batches = recipe.training.accumulate;
  const auto several = std::find_if(recipe.phases.begin(), recipe.phases.end(), [](const PhaseRecipe& phase) { return phase.steps > 1; });
  if (batches == 1 || several == recipe.phases.end()) return;
  found_.add(recipe.training.accumulate_position,
             fmt::format("\"accumulate\" of [training] makes one update of {} batches, and the phase \"{}\" makes {} updates of one batch (steps = {})", batches, several->name, several->steps, several->steps),
             fmt::format("leave out accumulate, or steps = 1 in the phase \"{}\"", several->name));
}

void RecipeReader::read_phases(const Value::Component& root, Recipe& recipe) {
  const Value& given = *find_option(root.options, "phase");
  const Value::List items = items_of(given);
  if (items.empty()) found_.add(given.position, "the list of phases is empty", "write one [[phase]] table for each kind of update");
  const bool shares_optimizer = find_option(root.options, "optimizer") != nullptr;
  for (const Value& item : items) read_phase(item, shares_optimizer, recipe);
}

void RecipeReader::read_phase(const Value& given, bool shares_optimizer, Recipe& recipe) {
  const Options* options = table_of(&given, "[[phase]]");
  if (options == nullptr) return;
  phase_ = recipe.phases.size();
  PhaseRecipe phase;
  phase.position = given.position;
  Options plain;
  for (const Option& option : *options)
    if (!is_compound_of_phase(option.name)) plain.push_back(option);
  const Options own = checker_.check(plain, phase_keys(), {"[[phase]]", given.position});
  take(own, "name", phase.name);
  take(own, "steps", phase.steps);
  take(own, "every", phase.every);
  take(own, "from_epoch", phase.from_epoch);
  take(own, "to_epoch", phase.to_epoch);
  if (phase.to_epoch && *phase.to_epoch < phase.from_epoch)
    found_.add(find_option(own, "to_epoch")->position, fmt::format("the phase \"{}\" would end with epoch {}, before it begins with epoch {}", phase.name, *phase.to_epoch, phase.from_epoch));
  const std::string owner = fmt::format("the phase \"{}\"", phase.name);
  if (!is_name(phase.name)) {
    const Value* name = find_option(own, "name");
    found_.add(name != nullptr ? name->position : given.position, name != nullptr ? fmt::format("{} is no name for a phase", to_toml(*name)) : "the phase has no name",
               fmt::format("name = \"...\": {}", what_names_are));
  }
  if (const std::string part = phase.name.substr(0, phase.name.find('_')); part == "val" || part == "test")
    found_.add(find_option(own, "name")->position, fmt::format("\"{}\" is no name for a phase: \"{}_loss\" would be taken for a loss of the {} part", phase.name, phase.name, part == "val" ? "validation" : "test"),
               "a name that begins with another word");
  if (std::any_of(recipe.phases.begin(), recipe.phases.end(), [&](const PhaseRecipe& other) { return other.name == phase.name; }))
    found_.add(given.position, fmt::format("two phases are called \"{}\"", phase.name));
  const Value* train = find_option(own, "train");
  if (train == nullptr || items_of(*train).empty()) found_.add(given.position, fmt::format("{} names no network to train", owner), fmt::format("train = [\"{}\"]", fmt::join(network_names(recipe), "\"], or [\"")));
  else
    for (const Value& item : items_of(*train))
      if (is_network(item, recipe)) phase.train.push_back(item.as<std::string>());
  read_calls(find_option(*options, "call"), recipe, phase);
  for (const std::string& network : phase.train)
    if (std::none_of(phase.calls.begin(), phase.calls.end(), [&](const CallRecipe& call) { return call.network == network; }))
      found_.add(train->position, fmt::format("{} trains \"{}\" and never calls it", owner, network), fmt::format("[[phase.call]] with network = \"{}\"", network));
  read_losses(find_option(*options, "loss"), owner, phase.losses);
  read_metrics(find_option(*options, "metrics"), phase.metrics);
  const Value* optimizer = find_option(*options, "optimizer");
  phase.own_optimizer = optimizer != nullptr;
  if (phase.own_optimizer || !shares_optimizer) read_optimizer(optimizer, phase.optimizer);
  else phase.optimizer = recipe.optimizer;
  recipe.phases.push_back(std::move(phase));
  phase_.reset();
}

void RecipeReader::read_calls(const Value* given, const Recipe& recipe, PhaseRecipe& phase) {
  if (given != nullptr) {
    for (const Value& item : items_of(*given)) read_call(item, recipe, phase);
  } else if (phase.train.size() == 1) {
    read_call(Value{Value::Component{{}, {{"network", Value{phase.train[0], phase.position}, phase.position}}}, phase.position}, recipe, phase);
  } else if (phase.train.size() > 1) {
    found_.add(phase.position, fmt::format("the phase \"{}\" trains several networks, and nothing says how they are connected", phase.name), "write one [[phase.call]] table for each, in order");
  }
}

void RecipeReader::read_call(const Value& given, const Recipe& recipe, PhaseRecipe& phase) {
  const Options* options = table_of(&given, "[[phase.call]]");
  if (options == nullptr) return;
  const Options own = checker_.check(*options, call_keys(), {"[[phase.call]]", given.position});
  CallRecipe call;
  call.position = given.position;
  const Value* network = find_option(own, "network");
  if (network == nullptr) return found_.add(given.position, "the call names no network", fmt::format("network = \"{}\"", phase.train.empty() ? "..." : phase.train[0]));
  if (!network->is<std::string>()) return;
  const bool known = is_network(*network, recipe);
  call.network = call.name = network->as<std::string>();
  take(own, "name", call.name);
  if (!known) return phase.calls.push_back(std::move(call));  // so that what refers to it is no further fault
  call.inputs = take_texts(own, "input");
  refer(Reference::Kind::call, phase.calls.size(), own, "input");
  if (const Value* name = find_option(own, "name"); name != nullptr && !is_name(call.name))
    found_.add(name->position, fmt::format("{} is no name for a call", to_toml(*name)), what_names_are);
  if (std::any_of(phase.calls.begin(), phase.calls.end(), [&](const CallRecipe& other) { return other.name == call.name; }))
    found_.add(given.position, fmt::format("two calls of the phase are called \"{}\"", call.name), "name = \"...\"");
  const std::vector<const LayerRecipe*> inputs = network_inputs(recipe, call.network);
  if (call.inputs.size() > inputs.size())
    found_.add(find_option(own, "input")->position, fmt::format("the network \"{}\" has {}, found {}", call.network, counted(inputs.size(), "input"), call.inputs.size()));
  std::vector<std::string> earlier;
  for (const CallRecipe& other : phase.calls) earlier.push_back(other.name);
  const std::string hint = earlier.empty()      ? "input = [\"...\"], the name of an earlier [[phase.call]]"
                           : inputs.size() == 1 ? fmt::format("input = [\"{}\"]", fmt::join(earlier, "\"], or [\""))
                                                : fmt::format("input takes {} of the earlier calls: {}", inputs.size(), fmt::join(earlier, ", "));
  for (std::size_t i = call.inputs.size(); i < inputs.size(); ++i)
    if (origin_of(inputs[i]) == "call") found_.add(given.position, fmt::format("the call \"{}\" gives nothing to the input \"{}\" of its network", call.name, inputs[i]->name), hint);
  phase.calls.push_back(std::move(call));
}

bool RecipeReader::is_network(const Value& given, const Recipe& recipe) {
  if (!given.is<std::string>()) return false;  // the schema has said so
  std::vector<std::string> names = network_names(recipe);
  std::erase(names, "");
  const std::string& name = given.as<std::string>();
  if (contains(names, name)) return true;
  const auto near = nearest_name(name, names);
  found_.add(given.position, fmt::format("no layer belongs to a network \"{}\"", name), near ? fmt::format("did you mean \"{}\"?", *near) : names.empty() ? fmt::format("network = \"{}\" in the layers that belong to it", name) : fmt::format("the networks are: {}", fmt::join(names, ", ")));
  return false;
}

}  // namespace teranga::recipe

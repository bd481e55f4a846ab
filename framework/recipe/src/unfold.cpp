// SPDX-License-Identifier: Apache-2.0
// From a recipe of several networks to recipes of one.
#include <teranga/recipe/recipe.hpp>

#include <algorithm>
#include <map>

namespace teranga::recipe {
namespace {

class Unfolder {
 public:
  explicit Unfolder(const Recipe& recipe) : recipe_(recipe), out_(recipe) {
    out_.layers.clear();
    out_.losses.clear();
    out_.phases.clear();
    out_.training.metrics.clear();
  }

  // Adds the layers of a network, named with the prefix in front; `given` are layers already added that enter its inputs.
  void add(const std::string& call, const std::string& prefix, const std::string& network, const std::vector<std::string>& given, bool trained) {
    Scope& scope = scopes_[call];
    std::size_t inputs = 0;
    bool first = true;
    for (const LayerRecipe& layer : recipe_.layers) {
      if (layer.network != network) continue;
      const bool is_input = short_type(layer.type) == "input";
      if (first && !is_input && layer.inputs.empty()) scope.last = inputs < given.size() ? given[inputs++] : implicit_input(layer, call, prefix.empty() ? network + "/" : prefix);
      first = false;
      if (is_input && inputs < given.size()) scope.last = scope.layers[layer.name] = given[inputs++];
      else scope.last = scope.layers[layer.name] = copy(layer, call, prefix, scope, trained);
    }
  }

  // "call", "call/layer" or "call/layer.port" by the names of the unfolded recipe.
  std::string place_of(const std::string& reference) const {
    const auto slash = reference.find('/');
    const Scope& scope = scopes_.at(reference.substr(0, slash));
    return slash == std::string::npos ? scope.last : scope.place_of(reference.substr(slash + 1));
  }

  Recipe take() { return std::move(out_); }
  Recipe& out() { return out_; }

 private:
  // Where the layers of a call are in the unfolded recipe.
  struct Scope {
    std::map<std::string, std::string> layers;
    std::string last;

    std::string place_of(const std::string& reference) const {
      const auto dot = reference.find('.');
      const std::string place = layers.at(reference.substr(0, dot));
      return dot == std::string::npos ? place : place + reference.substr(dot);
    }
  };

  std::string implicit_input(const LayerRecipe& before, const std::string& call, const std::string& prefix) {
    LayerRecipe input;
    input.type = "teranga.input";
    input.name = prefix + "input";
    input.network = call;
    input.position = before.position;
    out_.layers.push_back(input);
    return input.name;
  }

  std::string copy(const LayerRecipe& layer, const std::string& call, const std::string& prefix, const Scope& scope, bool trained) {
    LayerRecipe copied = layer;
    copied.name = prefix + layer.name;
    copied.network = call;
    copied.trainable = layer.trainable && trained;
    for (std::string& input : copied.inputs) input = scope.place_of(input);
    if (copied.inputs.empty() && short_type(layer.type) != "input") copied.inputs = {scope.last};
    // The first layer that uses some weights brings them into the recipe; the others use those of that layer.
    const std::string stored = stored_as(layer);
    const auto [holder, is_first] = holders_.emplace(stored, copied.name);
    copied.weights_of = is_first ? std::nullopt : std::optional(holder->second);
    copied.copy_of = layer.name;
    copied.weights_as = stored;
    out_.layers.push_back(std::move(copied));
    return prefix + layer.name;
  }

  std::string stored_as(const LayerRecipe& layer) const { return layer.weights_of ? stored_as(*recipe_.find_layer(*layer.weights_of)) : layer.name; }

  const Recipe& recipe_;
  Recipe out_;
  std::map<std::string, Scope> scopes_;
  std::map<std::string, std::string> holders_;
};

}  // namespace

std::vector<PhaseRecipe> phases_of(const Recipe& recipe) {
  if (!recipe.phases.empty()) return recipe.phases;
  PhaseRecipe only;
  only.train = network_names(recipe);
  only.losses = recipe.losses;
  only.metrics = recipe.training.metrics;
  only.optimizer = recipe.optimizer;
  only.position = recipe.training.position;
  return {only};
}

Recipe unfold(const Recipe& recipe, const PhaseRecipe& phase) {
  if (recipe.phases.empty()) return recipe;
  Unfolder unfolder(recipe);
  for (const CallRecipe& call : phase.calls) {
    std::vector<std::string> given;
    for (const std::string& input : call.inputs) given.push_back(unfolder.place_of(input));
    unfolder.add(call.name, call.name + "/", call.network, given, std::find(phase.train.begin(), phase.train.end(), call.network) != phase.train.end());
  }
  Recipe& out = unfolder.out();
  out.optimizer = phase.optimizer;
  const std::string last = unfolder.place_of(phase.calls.back().name);
  for (LossRecipe loss : phase.losses) {
    loss.output = loss.output ? unfolder.place_of(*loss.output) : last;
    out.losses.push_back(std::move(loss));
  }
  for (MetricRecipe metric : phase.metrics) {
    metric.output = metric.output ? unfolder.place_of(*metric.output) : last;
    out.training.metrics.push_back(std::move(metric));
  }
  return unfolder.take();
}

Recipe unfold_networks(const Recipe& recipe) {
  Unfolder unfolder(recipe);
  for (const std::string& network : network_names(recipe)) unfolder.add(network, "", network, {}, true);
  return unfolder.take();
}

Recipe unfold_network(const Recipe& recipe, const std::string& network) {
  Unfolder unfolder(recipe);
  unfolder.add(network, "", network, {}, true);
  return unfolder.take();
}

}  // namespace teranga::recipe

// SPDX-License-Identifier: Apache-2.0
#include "session/part_of_recipe.hpp"

#include <teranga/core/error.hpp>
#include <teranga/recipe/catalogue.hpp>

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

recipe::Recipe without_losses(recipe::Recipe recipe) {
  recipe.losses.clear();
  recipe.training.metrics.clear();
  return recipe;
}

// `output`: ".name" of the output that is asked for, if one is.
std::size_t place_of(const recipe::Recipe& recipe, const std::string& layer, const std::string& asked, const std::string& output = {}) {
  std::vector<std::string> names;
  for (const recipe::LayerRecipe& one : recipe.layers) names.push_back(one.name);
  const auto at = std::find(names.begin(), names.end(), layer);
  if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  const auto nearest = nearest_name(layer, names);
  const std::string option = asked.substr(asked.find("--"));
  throw Error(ExitCode::usage, fmt::format("{}: the network has no layer \"{}\"", asked, layer), nearest ? fmt::format("{} {}{}", option, *nearest, output) : fmt::format("its layers are: {}", fmt::join(names, ", ")));
}

// The layers whose outputs it takes, by name.
std::vector<std::string> sources_of(const recipe::Recipe& recipe, std::size_t layer) {
  std::vector<std::string> out = recipe.layers[layer].inputs;
  for (std::string& name : out) name = name.substr(0, name.find('.'));
  if (out.empty() && layer > 0 && recipe::short_type(recipe.layers[layer].type) != "input") out.push_back(recipe.layers[layer - 1].name);
  return out;
}

}  // namespace

recipe::Recipe recipe_to_layer(recipe::Recipe recipe, const std::string& layer, const std::string& asked) {
  if (layer.empty()) return recipe;
  const auto dot = layer.find('.');
  recipe.layers.resize(place_of(recipe, layer.substr(0, dot), asked, dot == std::string::npos ? "" : layer.substr(dot)) + 1);
  recipe = without_losses(std::move(recipe));
  if (dot == std::string::npos) return recipe;
  // A layer that changes nothing takes the output of that name.
  recipe::LayerRecipe last;
  last.type = "teranga.activation";
  last.name = layer;
  last.inputs = {layer};
  last.network = recipe.layers.back().network;
  last.position = recipe.layers.back().position;
  last.options = {{"activation", {Value::Component{"teranga.linear", {}}, last.position}, last.position}};
  recipe.layers.push_back(std::move(last));
  return recipe;
}

recipe::Recipe recipe_behind_layer(const recipe::Recipe& recipe, const std::string& layer, const Shape& shape, const std::string& output, const std::string& asked) {
  const std::size_t first = place_of(recipe, layer, asked), last = place_of(recipe, output, asked);
  std::set<std::string> needed{output};
  std::string other;  // layer that the output depends on
  recipe::Recipe out = without_losses(recipe);
  out.layers.clear();
  for (std::size_t i = last + 1; i-- > 0;) {
    recipe::LayerRecipe one = recipe.layers[i];
    if (!needed.contains(one.name) || i == first) continue;
    const std::vector<std::string> sources = sources_of(recipe, i);
    const bool of_targets = recipe::short_type(one.type) == "input" && recipe::origin_of(&one) == "target";  // which are not known here
    if (sources.empty() && !of_targets) other = one.name;
    needed.insert(sources.begin(), sources.end());
    one.inputs = one.inputs.empty() ? sources : one.inputs;
    if (one.weights_of) one.weights_as = *one.weights_of, one.weights_of.reset();
    out.layers.push_back(std::move(one));
  }
  if (!needed.contains(layer)) throw Error(ExitCode::usage, fmt::format("{} {}: the pictures of \"{}\" do not depend on it", asked, layer, output));
  if (!other.empty()) throw Error(ExitCode::usage, fmt::format("{} {}: the pictures of \"{}\" depend on the layer \"{}\", too, which does not come from \"{}\"", asked, layer, output, other, layer));
  recipe::LayerRecipe input;
  input.type = "teranga.input";
  input.name = layer;
  input.network = recipe.layers[first].network;
  input.position = recipe.layers[first].position;
  Value::List extents;
  for (const std::int64_t extent : shape) extents.push_back({extent, {}});
  input.options = {{"shape", {std::move(extents), {}}, {}}, {"from", {std::string("call"), {}}, {}}};
  out.layers.push_back(std::move(input));
  std::ranges::reverse(out.layers);
  return out;
}

}  // namespace teranga::train

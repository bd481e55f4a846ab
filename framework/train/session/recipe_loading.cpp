// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/recipe_loading.hpp>

#include "session/more_faults.hpp"

#include <teranga/model/catalogue.hpp>

#include <filesystem>

#include <fmt/format.h>

namespace teranga::train {
namespace fs = std::filesystem;

host::Registry open_plugins(const std::vector<std::string>& files) {
  host::Registry registry = host::Registry::standard();
  for (const std::string& file : files) registry.add_file(file);
  return registry;
}

recipe::Recipe load_recipe(const std::string& path, const std::vector<std::string>& overrides, const host::Registry& registry) {
  const model::PluginCatalogue catalogue(registry);
  return recipe::load(path, overrides, catalogue, [&](const recipe::Recipe& recipe, const recipe::Sound& sound, recipe::Diagnostics& found) { add_more_faults(recipe, sound, registry, found); });
}

std::string recipe_place(const checkpoint::Snapshot& snapshot) {
  for (const auto& [name, value] : snapshot.provenance)
    if (name == "recipe_folder" && !value.empty()) return (fs::path(value) / "recipe.toml").string();
  return "recipe.toml";
}

recipe::Recipe recipe_of(const checkpoint::Snapshot& snapshot, const std::vector<std::string>& overrides, const host::Registry& registry, const std::string& file) {
  const model::PluginCatalogue catalogue(registry);
  recipe::Recipe recipe = recipe::parse(snapshot.recipe, fmt::format("the recipe in {}", file), overrides, catalogue);
  recipe.folder = fs::path(recipe_place(snapshot)).parent_path().string();
  return recipe;
}

}  // namespace teranga::train

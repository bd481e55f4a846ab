// SPDX-License-Identifier: Apache-2.0
#include <teranga/recipe/recipe.hpp>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <teranga/core/error.hpp>

#include "overrides.hpp"
#include "recipe_file.hpp"
#include "recipe_reader.hpp"
#include "references.hpp"
#include "toml_reader.hpp"

namespace teranga::recipe {

const DataRecipe& Recipe::require_data() const {
  if (data) return *data;
  Diagnostics found = diagnostics();
  found.add({}, "the recipe has no data set", "[data] with a type, such as type = \"digits\"");
  found.throw_if_any();
  throw Error(ExitCode::usage, "the recipe has no data set");
}

const LayerRecipe* Recipe::find_layer(std::string_view layer_name) const noexcept {
  for (const LayerRecipe& layer : layers)
    if (layer.name == layer_name) return &layer;
  return nullptr;
}

Diagnostics Recipe::diagnostics() const { return {path, source == nullptr ? std::string() : *source}; }

Recipe load(const std::string& path, const std::vector<std::string>& overrides, const Catalogue& catalogue) {
  return parse(read_recipe_file(path), path, overrides, catalogue);
}

Recipe parse(std::string text, const std::string& path, const std::vector<std::string>& overrides, const Catalogue& catalogue) {
  Recipe recipe;
  recipe.path = path;
  recipe.folder = std::filesystem::path(path).parent_path().string();
  recipe.name = std::filesystem::path(path).stem().string();
  recipe.source = std::make_shared<const std::string>(std::move(text));
  Diagnostics found = recipe.diagnostics();
  auto root = read_toml(*recipe.source, path, found);
  found.throw_if_any();
  apply_overrides(*root, overrides, found);
  RecipeReader reader(catalogue, found);
  reader.read(*root, recipe);
  check_references(recipe, reader.references(), found);
  found.throw_if_any();
  return recipe;
}

std::vector<std::string> plugin_files(const std::string& path, const std::vector<std::string>& overrides) {
  return plugin_files_in(read_recipe_file(path), path, overrides);
}

std::vector<std::string> plugin_files_in(const std::string& text, const std::string& path, const std::vector<std::string>& overrides) {
  Diagnostics found(path, text);
  auto root = read_toml(text, path, found);
  found.throw_if_any();
  apply_overrides(*root, overrides, found);  // faults are reported by load(), with all others
  std::vector<std::string> files;
  const Value* value = find_option(root->options, "plugins");
  if (value == nullptr) return files;
  const Value::List items = value->is<Value::List>() ? value->as<Value::List>() : Value::List{*value};
  for (const Value& item : items)
    if (item.is<std::string>()) files.push_back((std::filesystem::path(path).parent_path() / item.as<std::string>()).string());
  return files;
}

}  // namespace teranga::recipe

// SPDX-License-Identifier: Apache-2.0
#include <teranga/recipe/recipe.hpp>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <teranga/core/error.hpp>
#include <teranga/recipe/tables.hpp>

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

Recipe load(const std::string& path, const std::vector<std::string>& overrides, const Catalogue& catalogue, const MoreFaults& more) {
  return parse(read_recipe_file(path), path, overrides, catalogue, more);
}

Recipe parse(std::string text, const std::string& path, const std::vector<std::string>& overrides, const Catalogue& catalogue, const MoreFaults& more) {
  Recipe recipe;
  recipe.path = path;
  recipe.folder = std::filesystem::path(path).parent_path().string();
  recipe.name = std::filesystem::path(path).stem().string();
  recipe.source = std::make_shared<const std::string>(std::move(text));
  Diagnostics found = recipe.diagnostics();
  auto root = read_toml(*recipe.source, path, found);
  found.throw_if_any();
  apply_overrides(*root, overrides, found);
  const bool applied = found.empty();  // else values stand that nobody wants
  RecipeReader reader(catalogue, found);
  reader.read(*root, recipe);
  const std::size_t read = found.size();
  check_references(recipe, reader.references(), found);
  Sound sound = reader.sound();
  sound.network = sound.network && found.size() == read;
  if (more && applied && !found.empty() && sound.data) more(recipe, sound, found);
  found.throw_if_any();
  return recipe;
}

Value::Component read_tables(const std::string& text, const std::string& path) {
  Diagnostics found(path, text);
  auto root = read_toml(text, path, found);
  found.throw_if_any();
  return *root;
}

std::vector<std::string> plugin_files(const std::string& path, const std::vector<std::string>& overrides) {
  return plugin_files_in(read_recipe_file(path), path, overrides);
}

namespace {

// Those of overrides are seen from `of_overrides`.
std::vector<NamedPlugin> plugins_in(const Value::Component& root, const std::filesystem::path& folder, const std::filesystem::path& of_overrides) {
  std::vector<NamedPlugin> out;
  const Value* value = find_option(root.options, "plugins");
  if (value == nullptr) return out;
  const Value::List items = value->is<Value::List>() ? value->as<Value::List>() : Value::List{*value};
  for (const Value& item : items)
    if (const bool typed = item.position.file.starts_with(override_prefix); item.is<std::string>()) out.push_back({((typed ? of_overrides : folder) / item.as<std::string>()).string(), typed});
  return out;
}

}  // namespace

std::vector<std::string> plugin_files_in(const std::string& text, const std::string& path, const std::vector<std::string>& overrides) {
  Value::Component root = read_tables(text, path);
  Diagnostics found(path, text);
  apply_overrides(root, overrides, found);  // faults are reported by load(), with all others
  std::vector<std::string> files;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  for (NamedPlugin& plugin : plugins_in(root, folder, folder)) files.push_back(std::move(plugin.file));
  return files;
}

std::vector<NamedPlugin> named_plugins(const std::string& text, const std::string& path, const std::vector<std::string>& overrides) {
  Value::Component root = read_tables(text, path);
  Diagnostics found(path, text);
  apply_overrides(root, overrides, found);
  found.throw_if_any();
  return plugins_in(root, std::filesystem::path(path).parent_path(), "");
}

}  // namespace teranga::recipe

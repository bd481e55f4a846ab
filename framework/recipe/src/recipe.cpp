// SPDX-License-Identifier: Apache-2.0
#include <teranga/recipe/recipe.hpp>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <teranga/core/error.hpp>
#include <teranga/recipe/tables.hpp>

#include "expansion.hpp"
#include "includes.hpp"
#include "overrides.hpp"
#include "recipe_file.hpp"
#include "recipe_reader.hpp"
#include "references.hpp"
#include "toml_reader.hpp"

namespace teranga::recipe {

bool is_activity_penalty(const LossRecipe& loss) noexcept { return loss.component.type == activity_penalty; }

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

Diagnostics Recipe::diagnostics() const { return sources == nullptr ? Diagnostics(path, "") : Diagnostics(sources); }

namespace {

Recipe read(std::string text, const std::string& path, const std::vector<std::string>& overrides, const Catalogue& catalogue, const MoreFaults& more, Including including) {
  Recipe recipe;
  recipe.path = path;
  recipe.folder = std::filesystem::path(path).parent_path().string();
  recipe.name = std::filesystem::path(path).stem().string();
  const auto sources = std::make_shared<Sources>(Sources{{path, std::move(text)}});
  recipe.sources = sources;
  Diagnostics found = recipe.diagnostics();
  Folders folders;
  auto root = IncludeReader(*sources, folders, found).read(overrides, including);
  found.throw_if_any();
  const std::vector<std::string> of_layers_in_blocks = apply_overrides(*root, overrides, found);
  const bool applied = found.empty();  // else values stand that nobody wants
  const std::size_t before = found.size();
  expand(*root, of_layers_in_blocks, catalogue, folders, found);
  if (found.size() > before) found.throw_if_any();  // what else would be told is not so
  RecipeReader reader(catalogue, folders, found);
  reader.read(*root, recipe);
  const std::size_t read = found.size();
  check_references(recipe, reader.references(), found);
  Sound sound = reader.sound();
  sound.network = sound.network && found.size() == read;
  if (more && applied && !found.empty() && sound.data) more(recipe, sound, found);
  found.throw_if_any();
  return recipe;
}

}  // namespace

Recipe load(const std::string& path, const std::vector<std::string>& overrides, const Catalogue& catalogue, const MoreFaults& more) {
  return read(read_recipe_file(path), path, overrides, catalogue, more, Including::allowed);
}

Recipe parse(std::string text, const std::string& path, const std::vector<std::string>& overrides, const Catalogue& catalogue, const MoreFaults& more) {
  return read(std::move(text), path, overrides, catalogue, more, Including::refused);
}

Value::Component read_tables(const std::string& text, const std::string& path) {
  Diagnostics found(path, text);
  auto root = read_toml(text, path, found);
  found.throw_if_any();
  return *root;
}

namespace {

// The plugins that the text names, with overrides; those of overrides are seen from `of_overrides`. Faults of overrides and variables stay in `found`.
std::vector<NamedPlugin> plugins_in(Sources& sources, const std::vector<std::string>& overrides, Including including, const std::filesystem::path& of_overrides, Diagnostics& found) {
  Folders folders;
  auto root = IncludeReader(sources, folders, found).read(overrides, including);
  found.throw_if_any();
  apply_overrides(*root, overrides, found);
  const std::filesystem::path folder = std::filesystem::path(sources.front().path).parent_path();
  const Value value = value_at_top(*root, "plugins", found);
  const Value::List items = value.is<Value::List>() ? value.as<Value::List>() : Value::List{value};
  std::vector<NamedPlugin> out;
  for (const Value& item : items) {
    if (!item.is<std::string>()) continue;
    const bool typed = item.position.file.starts_with(override_prefix);
    out.push_back({((typed ? of_overrides : folder) / seen_from_recipe(item.as<std::string>(), item.position, folders)).string(), typed});
  }
  return out;
}

}  // namespace

std::vector<std::string> plugin_files(const std::string& path, const std::vector<std::string>& overrides) {
  const auto sources = std::make_shared<Sources>(Sources{{path, read_recipe_file(path)}});
  Diagnostics found(sources);
  std::vector<std::string> files;
  for (NamedPlugin& plugin : plugins_in(*sources, overrides, Including::allowed, std::filesystem::path(path).parent_path(), found)) files.push_back(std::move(plugin.file));
  return files;  // other faults are reported by load(), with all others
}

std::vector<NamedPlugin> named_plugins(const std::string& text, const std::string& path, const std::vector<std::string>& overrides) {
  const auto sources = std::make_shared<Sources>(Sources{{path, text}});
  Diagnostics found(sources);
  std::vector<NamedPlugin> plugins = plugins_in(*sources, overrides, Including::refused, "", found);
  found.throw_if_any();
  return plugins;
}

}  // namespace teranga::recipe

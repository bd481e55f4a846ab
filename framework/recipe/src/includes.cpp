// SPDX-License-Identifier: Apache-2.0
#include "includes.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/error.hpp>

#include "overrides.hpp"
#include "recipe_file.hpp"
#include "toml_reader.hpp"
#include "wording.hpp"

namespace teranga::recipe {
namespace {

namespace fs = std::filesystem;

constexpr int most_files = 64;
constexpr std::size_t most_text = std::size_t{4} << 20;

std::string whole_path(const std::string& path) {
  std::error_code failure;
  const fs::path whole = fs::weakly_canonical(path, failure);
  return failure ? path : whole.string();
}

const Value* type_in(const Value::Component& table) { return find_option(table.options, "type"); }

// Adds what the other table defines and this one does not.
void join(Value::Component& own, Value::Component included) {
  for (Option& option : included.options) {
    const auto same = std::find_if(own.options.begin(), own.options.end(), [&](const Option& one) { return one.name == option.name; });
    if (same == own.options.end()) {
      own.options.push_back(std::move(option));
      continue;
    }
    auto* const table = std::get_if<Value::Component>(&same->value.data);
    auto* const other = std::get_if<Value::Component>(&option.value.data);
    if (table == nullptr || other == nullptr) continue;
    const Value *type = type_in(*table), *other_type = type_in(*other);
    if (type != nullptr && other_type != nullptr && to_toml(*type) != to_toml(*other_type)) continue;
    join(*table, std::move(*other));
  }
}

}  // namespace

std::string seen_from_recipe(const std::string& path, const Position& position, const Folders& folders) {
  const auto folder = folders.find(position.file);
  if (folder == folders.end() || path.empty() || fs::path(path).is_absolute()) return path;
  return (fs::path(folder->second) / path).lexically_normal().string();
}

std::optional<Value::Component> IncludeReader::read(const std::vector<std::string>& overrides, Including including) {
  const std::string path = sources_.front().path, text = sources_.front().text;
  auto root = read_toml(text, path, found_);
  if (!root) return root;
  apply_overrides_of_include(*root, overrides, found_);
  if (const Value* given = find_option(root->options, "include"); given != nullptr && including == Including::refused) {
    found_.add(given->position, "\"include\" stands in a recipe that is no file of its own, which includes no others", "leave it out: the recipe of a checkpoint is whole");
    return root;
  }
  include_all(*root, {path, "", whole_path(path)});
  return root;
}

void IncludeReader::include_all(Value::Component& root, const Place& from) {
  const auto at = std::find_if(root.options.begin(), root.options.end(), [](const Option& option) { return option.name == "include"; });
  if (at == root.options.end()) return;
  const Value given = at->value;
  root.options.erase(at);
  open_.push_back(from);
  Value::List names = given.is<Value::List>() ? given.as<Value::List>() : Value::List{given};
  std::reverse(names.begin(), names.end());  // what is there already counts more
  for (const Value& name : names) include(root, name, from);
  open_.pop_back();
}

void IncludeReader::include(Value::Component& root, const Value& name, const Place& from) {
  if (!name.is<std::string>() || name.as<std::string>().empty()) {
    found_.add(name.position, fmt::format("\"include\": expected the path of a recipe file, found {}", found_text(name)), "include = \"other.toml\"");
    return;
  }
  const fs::path written = name.as<std::string>();
  Place place;
  place.path = (fs::path(from.path).parent_path() / written).string();
  place.folder = (fs::path(from.folder) / written).lexically_normal().parent_path().string();
  place.whole = whole_path(place.path);
  std::vector<std::string> circle;
  for (const Place& one : open_)
    if (one.whole == place.whole || !circle.empty()) circle.push_back(one.path);
  if (!circle.empty()) {
    circle.push_back(place.path);
    found_.add(name.position, fmt::format("files include each other in a circle: {}", fmt::join(circle, " -> ")));
    return;
  }
  if (++files_ > most_files) {
    if (files_ == most_files + 1) found_.add(name.position, fmt::format("a recipe includes at most {} files", most_files));
    return;
  }
  auto included = read_file(place.path, name);
  if (!included) return;
  if (!place.folder.empty()) folders_.emplace(place.path, place.folder);
  include_all(*included, place);
  join(root, std::move(*included));
}

std::optional<Value::Component> IncludeReader::read_file(const std::string& path, const Value& name) {
  const auto known = std::find_if(sources_.begin(), sources_.end(), [&](const SourceText& one) { return one.path == path; });
  if (known != sources_.end()) return read_toml(std::string(known->text), path, found_);
  try {
    sources_.push_back({path, read_recipe_file(path)});
  } catch (const Error& error) {
    found_.add(name.position, fmt::format("\"include\": {}", error.what()), error.hint().empty() ? "the path begins at the folder of the file in which it is written" : error.hint());
    return std::nullopt;
  }
  std::size_t total = 0;
  for (const SourceText& one : sources_) total += one.text.size();
  if (total > most_text) {
    found_.add(name.position, fmt::format("a recipe and the files that it includes are larger than {} MiB together", most_text >> 20));
    return std::nullopt;
  }
  return read_toml(std::string(sources_.back().text), path, found_);
}

}  // namespace teranga::recipe

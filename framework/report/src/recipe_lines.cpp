// SPDX-License-Identifier: Apache-2.0
#include "recipe_lines.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

namespace teranga::report {
namespace {

std::string unquoted(const std::string& text) { return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text; }

}  // namespace

std::vector<std::pair<std::string, std::string>> keys_of_recipe(const std::string& recipe) {
  std::vector<std::pair<std::string, std::string>> out;
  std::map<std::string, int> counts;
  std::string section, name, type;
  std::istringstream in(recipe);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('[')) {
      const bool of_many = line.starts_with("[[");
      section = line.substr(of_many ? 2 : 1, line.find(']') - (of_many ? 2 : 1));
      if (const int count = ++counts[section]; of_many) section += fmt::format(".{}", count);
      section += '.';
      continue;
    }
    const std::size_t equals = line.find(" = ");
    if (equals == std::string::npos || line.starts_with('#')) continue;
    const std::string key = line.substr(0, equals), value = line.substr(equals + 3);
    // A layer is called by its name, which its table has on the line after its type.
    if (key == "name" && section.starts_with("layer.") && !out.empty() && out.back().first == section + "type") {
      section = "layer." + unquoted(value) + ".";
      out.back().first = section + "type";
      continue;
    }
    out.emplace_back(section + key, value);
  }
  return out;
}

std::string text_of_key(const std::string& recipe, const std::string& key) {
  for (const auto& [name, value] : keys_of_recipe(recipe))
    if (name == key) return unquoted(value);
  return {};
}

std::vector<KeyDifference> differences(const std::vector<std::string>& recipes) {
  std::vector<KeyDifference> all;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < recipes.size(); ++i)
    for (const auto& [key, value] : keys_of_recipe(recipes[i])) {
      const auto [at, is_new] = places.emplace(key, all.size());
      if (is_new) all.push_back({key, std::vector<std::string>(recipes.size())});
      all[at->second].values[i] = value;
    }
  std::erase_if(all, [](const KeyDifference& one) { return std::ranges::all_of(one.values, [&](const std::string& value) { return value == one.values[0]; }); });
  return all;
}

}  // namespace teranga::report

// SPDX-License-Identifier: Apache-2.0
#include "layer_names.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include <fmt/format.h>

#include <teranga/recipe/catalogue.hpp>

namespace teranga::recipe {

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= 128 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

const std::string* text_of(const Value& table, const char* key) noexcept {
  if (!table.is<Value::Component>()) return nullptr;
  const Value* value = find_option(table.as<Value::Component>().options, key);
  return value != nullptr && value->is<std::string>() ? &value->as<std::string>() : nullptr;
}

std::string_view block_of(const Value& layer) noexcept {
  const std::string* type = text_of(layer, "type");
  return type != nullptr && type->starts_with(block_prefix) ? std::string_view(*type).substr(block_prefix.size()) : std::string_view();
}

std::vector<std::string> names_given(const Value::List& tables) {
  std::vector<std::string> names;
  for (const Value& table : tables) {
    const std::string* name = text_of(table, "name");
    if (name == nullptr) name = text_of(table, "network");
    names.push_back(name == nullptr ? "" : *name);
  }
  return names;
}

std::vector<std::string> layer_names(const Value::List& layers) {
  std::set<std::string, std::less<>> given;
  for (const Value& layer : layers)
    if (const std::string* name = text_of(layer, "name")) given.insert(*name);
  std::map<std::string, int, std::less<>> next;
  std::vector<std::string> names;
  for (const Value& layer : layers) {
    if (const std::string* name = text_of(layer, "name")) {
      names.push_back(*name);
      continue;
    }
    const std::string* type = text_of(layer, "type");
    const std::string stem = type == nullptr ? "layer" : std::string(uses_block(layer) ? block_of(layer) : short_type(*type));
    std::string name;
    do {
      const int number = next[stem]++;
      name = number == 0 ? stem : fmt::format("{}_{}", stem, number);
    } while (given.contains(name));
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace teranga::recipe

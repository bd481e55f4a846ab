// SPDX-License-Identifier: Apache-2.0
// The text of a recipe before it is read as one: its tables, for those who compare texts, and the libraries that it names, for those who ask before they open them.
#pragma once

#include <string>
#include <vector>

#include <teranga/core/value.hpp>

namespace teranga::recipe {

// The tables as they stand in the text; `type` is a key as others are. Throws Error(usage) where it is no TOML.
Value::Component read_tables(const std::string& text, const std::string& path);

// A library that the recipe of a checkpoint names, or an override of it.
struct NamedPlugin {
  std::string file;
  bool typed = false;  // by an override: relative to the current folder. Otherwise relative to the folder of `path`
};

// Throws Error(usage) with all that is wrong with the overrides.
std::vector<NamedPlugin> named_plugins(const std::string& text, const std::string& path, const std::vector<std::string>& overrides);

}  // namespace teranga::recipe

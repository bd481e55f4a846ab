// SPDX-License-Identifier: Apache-2.0
// Every key that a recipe itself gives meaning to, table by table: the schemas with which recipes are checked, for those who print them.
#pragma once

#include <string>
#include <vector>

#include <teranga/core/value.hpp>

namespace teranga::recipe {

struct ReferenceTable {
  std::string path;     // "training", "phase.call"; "" at the top of the file
  std::string heading;  // as it is typed: "[training]"; of the top of the file: what to call it
  std::string about;
  std::string kind;     // of the plugins, one of which its `type` names, and whose options stand beside these keys; else ""
  Schema keys;
};

// In the order of a recipe.
const std::vector<ReferenceTable>& reference_tables();

// A good value of a key or an option, as TOML: an example of its own, its default, or one made up from its kind and range; empty where only its
// owner can know one.
std::string example_value(const OptionSpec& spec);

}  // namespace teranga::recipe

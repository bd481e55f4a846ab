// SPDX-License-Identifier: Apache-2.0
// The [block.NAME] tables of a recipe: what a block takes, what it gives, and of which layers it is made.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/recipe/diagnostics.hpp>

#include "option_checker.hpp"

namespace teranga::recipe {

struct Block {
  std::string name;
  Options parameters;                 // with their defaults
  std::vector<std::string> required;  // parameters without one
  std::vector<std::string> inputs;    // by which its layers call what enters it
  std::optional<Value> output;        // the layer, or a port of it, whose output is that of the block; else its last layer
  Value::List layers;
  Position position;

  bool has_parameter(std::string_view parameter) const;
  std::vector<std::string> parameter_names() const;
};

using Blocks = std::map<std::string, Block, std::less<>>;

// The blocks in that table; faults are in the diagnostics.
Blocks read_blocks(const Value& given, OptionChecker& checker, Diagnostics& found);

}  // namespace teranga::recipe

// SPDX-License-Identifier: Apache-2.0
#include "block_reader.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layer_names.hpp"
#include "sections.hpp"
#include "typed_options.hpp"
#include "variables.hpp"
#include "wording.hpp"

namespace teranga::recipe {
namespace {

template <class T>
bool holds(const std::vector<T>& all, std::string_view one) { return std::find(all.begin(), all.end(), one) != all.end(); }

void read_parameters(const Value* given, Block& block, Diagnostics& found) {
  if (given != nullptr) block.parameters = given->as<Value::Component>().options;
  const auto check = [&](const std::string& name, const Position& position) {
    if (!is_variable_name(name)) found.add(position, fmt::format("\"{}\" is no name for a parameter", name), what_variable_names_are);
    if (name == "type" || find_option(use_keys(), name) != nullptr) found.add(position, fmt::format("the block \"{}\" cannot have a parameter \"{}\": every layer has that key", block.name, name), "another name");
  };
  for (const Option& option : block.parameters) check(option.name, option.position);
  for (const std::string& name : block.required) {
    check(name, block.position);
    if (find_option(block.parameters, name) != nullptr) found.add(block.position, fmt::format("\"{}\" of the block \"{}\" stands under required and has a default value", name, block.name), "leave it out of one of them");
  }
}

void read_block(const Option& option, OptionChecker& checker, Blocks& blocks, Diagnostics& found) {
  Block block;
  block.name = option.name;
  block.position = option.position;
  const std::string owner = fmt::format("[block.{}]", option.name);
  if (!is_name(option.name)) found.add(option.position, fmt::format("{} is no name for a block", to_toml({option.name, {}})), what_names_are);
  if (!option.value.is<Value::Component>()) {
    found.add(option.value.position, fmt::format("{}: expected a table, found {}", owner, found_text(option.value)), fmt::format("[[block.{}.layer]] for each of its layers", option.name));
    return;
  }
  const std::size_t before = found.size();
  const Options own = checker.check(option.value.as<Value::Component>().options, block_keys(), {owner, option.position});
  if (found.size() > before) return;
  block.inputs = take_texts(own, "inputs");
  block.required = take_texts(own, "required");
  if (const Value* output = find_option(own, "output")) block.output = *output;
  read_parameters(find_option(own, "parameters"), block, found);
  for (std::size_t i = 0; i < block.inputs.size(); ++i) {
    if (!is_name(block.inputs[i])) found.add(block.position, fmt::format("{} is no name for an input", to_toml({block.inputs[i], {}})), what_names_are);
    if (std::count(block.inputs.begin(), block.inputs.end(), block.inputs[i]) > 1) found.add(block.position, fmt::format("two inputs of the block \"{}\" are called \"{}\"", block.name, block.inputs[i]));
  }
  if (const Value* layers = find_option(own, "layer")) block.layers = layers->as<Value::List>();
  if (block.layers.empty()) found.add(block.position, fmt::format("the block \"{}\" has no layers", block.name), fmt::format("[[block.{}.layer]] for each of them", block.name));
  blocks.emplace(block.name, std::move(block));
}

}  // namespace

bool Block::has_parameter(std::string_view parameter) const { return find_option(parameters, parameter) != nullptr || holds(required, parameter); }

std::vector<std::string> Block::parameter_names() const {
  std::vector<std::string> out = required;
  for (const Option& option : parameters) out.push_back(option.name);
  return out;
}

Blocks read_blocks(const Value& given, OptionChecker& checker, Diagnostics& found) {
  Blocks blocks;
  if (!given.is<Value::Component>()) {
    found.add(given.position, fmt::format("\"block\" is a table of blocks, found {}", found_text(given)), "[[block.NAME.layer]] for each layer of a block");
    return blocks;
  }
  for (const Option& option : given.as<Value::Component>().options) read_block(option, checker, blocks, found);
  return blocks;
}

}  // namespace teranga::recipe

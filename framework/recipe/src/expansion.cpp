// SPDX-License-Identifier: Apache-2.0
#include "expansion.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "block_layout.hpp"
#include "overrides.hpp"
#include "variables.hpp"
#include "wording.hpp"

namespace teranga::recipe {
namespace {

Value* key_in(Value* table, const char* key) {
  auto* component = table == nullptr ? nullptr : std::get_if<Value::Component>(&table->data);
  if (component == nullptr) return nullptr;
  const auto at = std::find_if(component->options.begin(), component->options.end(), [&](const Option& option) { return option.name == key; });
  return at == component->options.end() ? nullptr : &at->value;
}

// The value, or each item of the list that it is.
template <class F>
void for_each_of(Value* value, F&& act) {
  if (value == nullptr) return;
  if (auto* list = std::get_if<Value::List>(&value->data)) std::for_each(list->begin(), list->end(), act);
  else act(*value);
}

// "s1b1" or "call/s1b1" in outputs and inputs of calls: the use of a block means the layer that gives its output.
class OutputNames {
 public:
  explicit OutputNames(const BlockLayout& layout) : layout_(layout) {}

  void replace_in(Value::Component& root) {
    Value whole{std::move(root), {}};
    outputs_in(key_in(&whole, "loss"));
    outputs_in(key_in(key_in(&whole, "training"), "metrics"));
    for_each_of(key_in(&whole, "phase"), [&](Value& phase) {
      outputs_in(key_in(&phase, "loss"));
      outputs_in(key_in(&phase, "metrics"));
      for_each_of(key_in(&phase, "call"), [&](Value& call) { for_each_of(key_in(&call, "input"), [&](Value& input) { replace(input); }); });
    });
    root = std::move(std::get<Value::Component>(whole.data));
  }

 private:
  void outputs_in(Value* parts) {
    for_each_of(parts, [&](Value& part) {
      if (Value* output = key_in(&part, "output")) replace(*output);
    });
  }

  void replace(Value& reference) {
    auto* text = std::get_if<std::string>(&reference.data);
    if (text == nullptr) return;
    const std::size_t slash = text->find('/'), begin = slash == text->npos ? 0 : slash + 1;
    *text = text->substr(0, begin) + layout_.layer_of(text->substr(begin));
  }

  const BlockLayout& layout_;
};

void define_all(const Value::Component& root, Variables& variables, Diagnostics& found) {
  const Value* given = find_option(root.options, "variables");
  if (given == nullptr) return;
  if (!given->is<Value::Component>()) {
    found.add(given->position, fmt::format("[variables]: expected a table, found {}", found_text(*given)), "[variables] with NAME = VALUE in the lines below it");
    return;
  }
  for (const Option& option : given->as<Value::Component>().options) {
    if (!is_variable_name(option.name)) found.add(option.position, fmt::format("{} is no name for a variable", to_toml({option.name, {}})), what_variable_names_are);
    variables.define(option.name, option.value);
  }
}

std::size_t values_in(const Value::Component& table);
std::size_t values_in(const Value& value) {
  std::size_t count = 1;
  if (value.is<Value::List>())
    for (const Value& item : value.as<Value::List>()) count += values_in(item);
  return value.is<Value::Component>() ? count + values_in(value.as<Value::Component>()) : count;
}
std::size_t values_in(const Value::Component& table) {
  std::size_t count = 0;
  for (const Option& option : table.options) count += values_in(option.value);
  return count;
}

}  // namespace

void expand(Value::Component& root, const std::vector<std::string>& overrides, const Catalogue& catalogue, const Folders& folders, Diagnostics& found) {
  Allowance allowance(values_in(root), found);
  Variables variables(nullptr, allowance, found);
  define_all(root, variables, found);
  OptionChecker checker(catalogue, folders, found);
  const Value* given = find_option(root.options, "block");
  const Blocks blocks = given == nullptr ? Blocks() : read_blocks(*given, checker, found);
  BlockLayout layout(blocks, variables, allowance, checker, found);
  std::erase_if(root.options, [](const Option& option) { return option.name == "variables" || option.name == "block"; });
  for (Option& option : root.options) {
    if (option.name == "layer" && option.value.is<Value::List>()) option.value.data = layout.lay_out(option.value.as<Value::List>());
    else option.value = variables.fill(option.value);
  }
  OutputNames(layout).replace_in(root);
  apply_each(root, overrides, found, [&](const Value& value) { return variables.fill(value); });
}

Value value_at_top(const Value::Component& root, const char* key, Diagnostics& found) {
  const Value* given = find_option(root.options, key);
  if (given == nullptr) return {};
  Allowance allowance(values_in(root), found);
  Variables variables(nullptr, allowance, found);
  define_all(root, variables, found);
  return variables.fill(*given);
}

}  // namespace teranga::recipe

// SPDX-License-Identifier: Apache-2.0
#include "overrides.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layer_names.hpp"
#include "nesting_limit.hpp"
#include "toml_reader.hpp"

namespace teranga::recipe {
namespace {

struct Segment {
  std::string name;
  std::optional<std::size_t> index;
  Position position;
};

bool key_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

// "layer[2].units" up to `end` (the "="); nothing, and an error, where it is no path.
std::optional<std::vector<Segment>> split_path(const std::string& argument, std::size_t end, Diagnostics& found) {
  const std::string file = override_prefix + argument;
  auto at = [&](std::size_t i) { return Position{file, 1, static_cast<std::uint32_t>(i + 1)}; };
  std::vector<Segment> path;
  std::size_t i = 0;
  while (true) {
    Segment segment{{}, {}, at(i)};
    while (i < end && key_character(argument[i])) segment.name += argument[i++];
    if (segment.name.empty()) {
      found.add(at(i), "a name was expected in the path of an override", "--set training.epochs=5");
      return std::nullopt;
    }
    if (i < end && argument[i] == '[') {
      const std::size_t open = i++;
      std::string digits;
      while (i < end && std::isdigit(static_cast<unsigned char>(argument[i])) != 0) digits += argument[i++];
      if (digits.empty() || digits.size() > 6 || i >= end || argument[i] != ']') {
        found.add(at(open), "a number in brackets was expected, counted from 0", "--set layer[0].units=64");
        return std::nullopt;
      }
      segment.index = std::stoul(digits);
      ++i;
    }
    path.push_back(std::move(segment));
    if (i == end) return path;
    if (argument[i] != '.' || path.size() > static_cast<std::size_t>(most_nesting)) {
      found.add(at(i), "\".\" or \"=\" was expected in the path of an override", "--set training.epochs=5");
      return std::nullopt;
    }
    ++i;
  }
}

Value* find(Value::Component& table, const std::string& name) {
  for (Option& option : table.options)
    if (option.name == name) return &option.value;
  return nullptr;
}

class Walk {
 public:
  Walk(const std::vector<Segment>& path, Diagnostics& found) : path_(path), found_(found) {}

  // The place of the last segment, made where it does not exist; nullptr and an error where it cannot be.
  Value* from(Value::Component& root) {
    Value::Component* table = &root;
    for (std::size_t i = 0; i < path_.size();) {
      const Segment& segment = path_[i];
      Value* value = find(*table, segment.name);
      if (value == nullptr) {
        if (segment.index || (segment.name == "layer" && table == &root)) return missing(segment);
        if (!may_be_new(i, *table)) return nullptr;
        table->options.push_back({segment.name, Value{Value::Component{}, segment.position}, segment.position});
        value = &table->options.back().value;
      } else if (i + 1 == path_.size()) {
        mark(*table, segment);
      }
      ++i;
      auto* list = std::get_if<Value::List>(&value->data);
      if (list != nullptr && (segment.index || i < path_.size())) {
        value = segment.index ? item(*list, segment) : named(*list, segment, path_[i]);
        if (value == nullptr) return nullptr;
        if (!segment.index) ++i;
      } else if (segment.index) {
        found_.add(segment.position, fmt::format("\"{}\" is not a list", segment.name));
        return nullptr;
      }
      if (i >= path_.size()) return value;
      table = as_table(*value, segment);
      if (table == nullptr) return nullptr;
    }
    return nullptr;
  }

 private:
  // The path as it was typed, up to the segment.
  std::string dotted_up_to(const Segment& last) const {
    std::string out;
    for (const Segment& segment : path_) {
      out += segment.name;
      if (&segment == &last) break;
      if (segment.index) out += fmt::format("[{}]", *segment.index);
      out += '.';
    }
    return out;
  }

  // The key is now the override's, for messages about it.
  static void mark(Value::Component& table, const Segment& segment) {
    for (Option& option : table.options)
      if (option.name == segment.name) option.position = segment.position;
  }

  Value* missing(const Segment& segment) {
    found_.add(segment.position, fmt::format("the recipe has no [[{}]]", segment.name));
    return nullptr;
  }

  // A variable, a block or a parameter that the recipe does not have would change nothing.
  bool may_be_new(std::size_t i, const Value::Component& table) {
    const bool variable = path_[0].name == "variables" && i < 2, block = path_[0].name == "block" && i < 2, parameter = path_[0].name == "block" && i == 3 && path_[2].name == "parameters";
    if (!variable && !block && !parameter) return true;
    std::vector<std::string> names;
    for (const Option& option : table.options) names.push_back(option.name);
    const std::string what = i == 0 ? fmt::format("[{}]", path_[0].name) : fmt::format("{} \"{}\"", variable ? "variable" : block ? "block" : "parameter", path_[i].name);
    const auto near = i == 0 ? std::nullopt : nearest_name(path_[i].name, names);
    found_.add(path_[i].position, fmt::format("{} has no {}", parameter ? fmt::format("the block \"{}\"", path_[1].name) : "the recipe", what),
               near ? fmt::format("did you mean \"{}\"?", *near) : i == 0 || names.empty() ? "" : fmt::format("there are: {}", fmt::join(names, ", ")));
    return false;
  }

  Value* item(Value::List& list, const Segment& segment) {
    if (*segment.index < list.size()) return &list[*segment.index];
    found_.add(segment.position,
               fmt::format("{}[{}] does not exist: there are {} (counted from 0)", segment.name, *segment.index, list.size()));
    return nullptr;
  }

  // Layers, phases and their calls are addressed by their names.
  Value* named(Value::List& list, const Segment& segment, const Segment& name) {
    if (segment.name != "layer" && segment.name != "phase" && segment.name != "call") {
      found_.add(segment.position, fmt::format("\"{}\" is a list", segment.name), fmt::format("name one entry: {}[0]", dotted_up_to(segment)));
      return nullptr;
    }
    const std::vector<std::string> names = segment.name == "layer" ? layer_names(list) : names_given(list);
    const auto place = std::find(names.begin(), names.end(), name.name);
    if (place != names.end()) return &list[static_cast<std::size_t>(place - names.begin())];
    const auto near = nearest_name(name.name, names);
    found_.add(name.position, fmt::format("the recipe has no {} \"{}\"", segment.name, name.name),
               near ? fmt::format("did you mean \"{}\"?", *near) : fmt::format("there are: {}", fmt::join(names, ", ")));
    return nullptr;
  }

  // `kernel_initializer.seed=3` where the recipe says just "he_normal": the name becomes the table's type.
  Value::Component* as_table(Value& value, const Segment& segment) {
    if (value.is<std::string>()) {
      Value type = value;
      value.data = Value::Component{{}, {{"type", type, type.position}}};
    }
    if (auto* table = std::get_if<Value::Component>(&value.data)) return table;
    found_.add(segment.position, fmt::format("\"{}\" is a value, not a table", segment.name));
    return nullptr;
  }

  const std::vector<Segment>& path_;
  Diagnostics& found_;
};

// The names in `layer` that --set reaches before blocks are laid out: those that are written, and those of uses of blocks. Empty where no block is used.
std::vector<std::string> names_before_blocks(const Value::Component& root) {
  const Value* layers = find_option(root.options, "layer");
  if (layers == nullptr || !layers->is<Value::List>()) return {};
  const auto& list = layers->as<Value::List>();
  if (std::none_of(list.begin(), list.end(), uses_block)) return {};
  const std::vector<std::string> all = layer_names(list);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (text_of(list[i], "name") != nullptr || uses_block(list[i])) names.push_back(all[i]);
  return names;
}

bool sets_include(const std::string& argument) { return argument.starts_with("include=") || argument.starts_with("include["); }

bool is_of_layer_in_block(const std::string& argument, const std::vector<std::string>& names_before) {
  constexpr std::string_view opening = "layer.";
  if (names_before.empty() || !argument.starts_with(opening)) return false;
  const std::string name = argument.substr(opening.size(), argument.find_first_of(".=", opening.size()) - opening.size());
  return std::find(names_before.begin(), names_before.end(), name) == names_before.end();
}

}  // namespace

void apply_each(Value::Component& root, const std::vector<std::string>& overrides, Diagnostics& found, const std::function<Value(const Value&)>& change) {
  for (const std::string& argument : overrides) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos) {
      found.add({override_prefix + argument, 1, 1}, "an override is a path, \"=\" and a value", "--set training.epochs=5");
      continue;
    }
    const auto path = split_path(argument, equals, found);
    const auto value = read_override_value(argument, equals + 1, found);
    if (!path || !value) continue;
    if (Value* place = Walk(*path, found).from(root)) *place = change ? change(*value) : *value;
  }
}

void apply_overrides_of_include(Value::Component& root, const std::vector<std::string>& overrides, Diagnostics& found) {
  std::vector<std::string> own;
  std::copy_if(overrides.begin(), overrides.end(), std::back_inserter(own), sets_include);
  apply_each(root, own, found);
}

std::vector<std::string> apply_overrides(Value::Component& root, const std::vector<std::string>& overrides, Diagnostics& found) {
  const std::vector<std::string> names = names_before_blocks(root);
  std::vector<std::string> now, later;
  for (const std::string& argument : overrides)
    if (!sets_include(argument)) (is_of_layer_in_block(argument, names) ? later : now).push_back(argument);
  apply_each(root, now, found);
  return later;
}

}  // namespace teranga::recipe

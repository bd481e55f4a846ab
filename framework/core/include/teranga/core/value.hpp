// SPDX-License-Identifier: Apache-2.0
// A typed value as it stands in a recipe, and the schema that says which values an option takes. Recipes produce
// values, plugins declare schemas, the host passes values across the border: this is the language between them.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace teranga {

struct Option;
struct Detour;

// Where a value was written: file and 1-based line and column; line 0 means "not from a file".
struct Position {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::shared_ptr<const Detour> by = {};  // where it was written in one place and counts in another: how it came there
};

// One step of that way; the next one is at.by.
struct Detour {
  std::string how;  // "in block \"residual\", used as \"s1b1\""
  Position at;
};

struct Value {
  using List = std::vector<Value>;
  // A part made by another plugin: `kernel_initializer = { type = "he_normal", seed = 3 }` or just "he_normal".
  // A plain table (no type) is a Component with an empty type.
  struct Component {
    std::string type;
    std::vector<Option> options;
  };

  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Component> data;
  Position position;

  bool empty() const noexcept { return std::holds_alternative<std::monostate>(data); }
  template <class T>
  bool is() const noexcept { return std::holds_alternative<T>(data); }
  template <class T>
  const T& as() const { return std::get<T>(data); }
};

struct Option {
  std::string name;
  Value value;
  Position position;  // of the key
};

using Options = std::vector<Option>;

// The option of that name, or nullptr.
const Value* find_option(const Options& options, std::string_view name) noexcept;

// The value as one line of TOML; reading it back gives the same value, floating-point bits included.
std::string to_toml(const Value& value);

enum class OptionKind { boolean, integer, real, text, path, list, component, table };

const char* to_string(OptionKind kind) noexcept;

// One option of a plugin, or one key of a recipe: everything that checks, help and documentation need.
struct OptionSpec {
  std::string name;
  std::string doc;
  OptionKind kind = OptionKind::real;
  OptionKind item_kind = OptionKind::integer;  // of a list
  std::string component_kind;                  // of a component: "initializer", "activation", "schedule", ...
  bool required = false;
  bool nullable = false;        // may be left out for good: there is no default value
  bool scalar_expands = false;  // of a list: `2` means `[2, 2]` when the length is fixed to 2
  bool number_is_text = false;  // of a text, or of a list of texts: a whole number without quotes is meant as its text
  Value default_value;
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool minimum_open = false;
  bool maximum_open = false;
  std::int64_t least_items = 0;
  std::int64_t most_items = std::numeric_limits<std::int64_t>::max();
  std::vector<std::string> choices;  // of a text
  // For the documentation of a recipe's own keys:
  std::vector<std::string> examples;  // good values as TOML, the most usual first
  std::string otherwise;              // what holds where the key is left out and there is no default value, in words
  std::string alternative;            // what its reader takes beside a value of that kind, in words
};

using Schema = std::vector<OptionSpec>;

const OptionSpec* find_option(const Schema& schema, std::string_view name) noexcept;

// The candidate that a misspelt name most likely meant, if any is near enough to be worth saying: by few wrong letters, small letters and "_" aside; else by its
// initials ("mse").
std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace teranga

// SPDX-License-Identifier: Apache-2.0
// Checks untyped keys against schemas and types them: kinds, ranges, choices, lengths, components and their own
// options, defaults. Says what is wrong with each, and never stops at the first.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/recipe/catalogue.hpp>
#include <teranga/recipe/diagnostics.hpp>

#include "includes.hpp"

namespace teranga::recipe {

// Whose keys are checked: how messages call it, and where it stands.
struct Owner {
  std::string name;  // `layer "first" (conv2d)`, `[training]`
  Position position;
  std::string kind = {};  // of a part that a plugin makes
};

// A part of a recipe that a plugin makes: its type is qualified, or empty where the catalogue does not know it.
struct Part {
  Value::Component component;
  const Schema* schema = nullptr;  // of the plugin
  const Schema* meant = nullptr;   // of the plugin that was meant by a misspelt type
  Options own;                     // typed values of the keys that the recipe gives meaning to
  Owner owner;
};

class OptionChecker {
 public:
  OptionChecker(const Catalogue& catalogue, const Folders& folders, Diagnostics& found) : catalogue_(catalogue), folders_(folders), found_(found) {}

  // Typed options in the order of the schema, defaults filled in. Unknown keys are errors; `also_known` are further
  // names worth suggesting in their place.
  Options check(const Options& given, const Schema& schema, const Owner& owner, const std::vector<std::string>& also_known = {});

  // One value for one option; empty, and an error, where it does not fit. A path of an included file is then seen from the recipe's folder.
  Value convert(const OptionSpec& spec, const Value& given, const Owner& owner);

  // A part of that kind: "name", or a table with a type, keys of `own` and the plugin's options. `name` completes
  // messages: the layer's name, or the name of an option of `whole`, as messages call that. A key of `own` that the plugin's schema declares too counts as `own`, with the range and
  // default that the plugin gives it; it is never required.
  Part part(std::string_view kind, const Value& given, const Schema& own, const Position& position, const std::string& name = {}, const std::string& whole = {});

  // What hints need to know of the whole recipe: whether the data have a validation part, and whether early stopping is there already.
  void tell(bool validates, bool stops_early) { validates_ = validates, stops_early_ = stops_early; }

  // The sections that misspelt ones were taken for: they are not missing too.
  bool is_meant(std::string_view section) const { return std::find(meant_sections_.begin(), meant_sections_.end(), section) != meant_sections_.end(); }

  // Whether there is a type of that name, of one vendor.
  bool knows(std::string_view kind, std::string_view type) const { return catalogue_.find(kind, type) != nullptr; }

  // "accuracy", as a name or a type, where no plugin offers a metric of just that name.
  bool is_resolved_accuracy(const Value& given) const;

 private:
  Value convert_list(const OptionSpec& spec, const Value& given, const Owner& owner);
  Value convert_component(const OptionSpec& spec, const Value& given, const Owner& owner);
  Value convert_regularizer(const OptionSpec& spec, const Value& given, const Owner& owner);
  void check_range(const OptionSpec& spec, double value, const Value& given, const Owner& owner);
  void wrong_type(const OptionSpec& spec, const Value& given, const Owner& owner);
  // Gives the key that was meant, where one is near; `given` are all keys that were typed.
  std::string unknown_key(const Option& option, const Options& given, const Schema& schema, const Owner& owner, const std::vector<std::string>& also_known);
  // The inner layer that is given by its name alone, as a table: `layer = { type = "gru", units = 16 }`, with the keys of it that stand beside it. Empty where
  // it needs none.
  std::string inner_table(const OptionSpec& spec, const Value& given, const Options& beside, const Schema& own) const;
  std::vector<std::string> types_with(const std::string& option, std::string_view kind) const;
  // Nullptr, and an error, where there is none; `meant` is then the type that was meant, where one alone is likely.
  const Schema* find_type(std::string_view kind, const std::string& type, const Position& position, std::string& meant);
  void find_type_of(std::string_view kind, const Value* type, const std::string& name, const std::string& whole, bool empty, Part& part);

  const Catalogue& catalogue_;
  const Folders& folders_;
  Diagnostics& found_;
  std::vector<std::string> meant_sections_;
  bool validates_ = false, stops_early_ = false;
  int depth_ = 0;  // of components in components: a default may name itself
};

}  // namespace teranga::recipe

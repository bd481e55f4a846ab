// SPDX-License-Identifier: Apache-2.0
#include "option_words.hpp"

#include <teranga/recipe/reference.hpp>

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::launcher {
namespace {

std::string range_words(const OptionSpec& option) {
  const bool low = std::isfinite(option.minimum), high = std::isfinite(option.maximum);
  if (low && high && option.minimum == option.maximum) return fmt::format(" {}", option.minimum);
  if (low && high) return fmt::format(" in {}{}, {}{}", option.minimum_open ? "(" : "[", option.minimum, option.maximum, option.maximum_open ? ")" : "]");
  if (low) return fmt::format(" {} {}", option.minimum_open ? ">" : ">=", option.minimum);
  if (high) return fmt::format(" {} {}", option.maximum_open ? "<" : "<=", option.maximum);
  return {};
}

std::string count_words(const OptionSpec& option) {
  constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();
  if (option.least_items == option.most_items) return fmt::format(" of {}", option.least_items);
  if (option.most_items == no_limit) return option.least_items > 0 ? fmt::format(" of {} or more", option.least_items) : " of";
  return fmt::format(" of {} to {}", option.least_items, option.most_items);
}

// "integers", "regularizers"; what has no plural is told by its kind.
std::string items_words(const OptionSpec& option) {
  if (option.item_kind == OptionKind::boolean) return "true or false";
  return fmt::format("{}s", option.item_kind == OptionKind::component ? option.component_kind : to_string(option.item_kind));
}

std::string own_type_words(const OptionSpec& option) {
  if (!option.choices.empty() && option.kind != OptionKind::list) return fmt::format("\"{}\"", fmt::join(option.choices, "\", \""));
  if (option.kind == OptionKind::component) return option.component_kind;
  if (option.kind == OptionKind::list) return fmt::format("list{} {}{}{}", count_words(option), items_words(option), range_words(option), option.scalar_expands ? ", or one" : "");
  return to_string(option.kind) + range_words(option);
}

}  // namespace

std::string type_words(const OptionSpec& option) { return own_type_words(option) + (option.alternative.empty() ? "" : ", or " + option.alternative); }

std::string default_words(const OptionSpec& option) {
  if (option.required) return "required";
  if (!option.default_value.empty()) return to_toml(option.default_value);
  return option.otherwise.empty() ? "none" : option.otherwise;
}

std::string example_words(const OptionSpec& option) {
  const std::string value = recipe::example_value(option);
  return value.empty() ? value : fmt::format("{} = {}", option.name, value);
}

}  // namespace teranga::launcher

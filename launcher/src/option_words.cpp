// SPDX-License-Identifier: Apache-2.0
#include "option_words.hpp"

#include <cmath>

#include <fmt/format.h>

namespace teranga::launcher {
namespace {

std::string range_words(const OptionSpec& option) {
  const bool low = std::isfinite(option.minimum), high = std::isfinite(option.maximum);
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

}  // namespace

std::string type_words(const OptionSpec& option) {
  if (option.kind == OptionKind::component) return option.component_kind;
  if (option.kind == OptionKind::list)
    return fmt::format("list{} {}s{}{}", count_words(option), to_string(option.item_kind), range_words(option), option.scalar_expands ? ", or one" : "");
  return to_string(option.kind) + range_words(option);
}

std::string default_words(const OptionSpec& option) {
  if (option.required) return "required";
  return option.default_value.empty() ? "none" : to_toml(option.default_value);
}

std::string about_words(const OptionSpec& option) {
  if (option.choices.empty()) return option.doc;
  return fmt::format("{}{}{}", option.doc, option.doc.empty() ? "" : ": ", fmt::join(option.choices, ", "));
}

}  // namespace teranga::launcher

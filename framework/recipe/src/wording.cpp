// SPDX-License-Identifier: Apache-2.0
#include "wording.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::recipe {
namespace {

std::string number(double value) { return fmt::format("{}", value); }

std::string plural(OptionKind kind) {
  switch (kind) {
    case OptionKind::boolean:
      return "true or false";
    case OptionKind::integer:
      return "integers";
    case OptionKind::real:
      return "numbers";
    case OptionKind::text:
      return "texts";
    case OptionKind::path:
      return "paths (texts)";
    case OptionKind::list:
      return "lists";
    case OptionKind::component:
      return "components";
    case OptionKind::table:
      return "tables";
  }
  return "values";
}

std::string list_text(const OptionSpec& spec) {
  constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max();
  std::string count;
  if (spec.least_items == spec.most_items) {
    count = fmt::format("{} ", spec.least_items);
  } else if (spec.least_items > 0 && spec.most_items != unbounded) {
    count = fmt::format("{} to {} ", spec.least_items, spec.most_items);
  } else if (spec.least_items > 0) {
    count = fmt::format("at least {} ", spec.least_items);
  } else if (spec.most_items != unbounded) {
    count = fmt::format("at most {} ", spec.most_items);
  }
  std::string out = fmt::format("a list of {}{}", count, plural(spec.item_kind));
  if (const std::string range = range_text(spec); !range.empty()) out += fmt::format(" {}", range);
  if (spec.scalar_expands) out += ", or one for all";
  return out;
}

}  // namespace

std::string range_text(const OptionSpec& spec) {
  const bool low = std::isfinite(spec.minimum);
  const bool high = std::isfinite(spec.maximum);
  if (low && high) {
    return fmt::format("in {}{}, {}{}", spec.minimum_open ? "(" : "[", number(spec.minimum), number(spec.maximum),
                       spec.maximum_open ? ")" : "]");
  }
  if (low) return fmt::format("{} {}", spec.minimum_open ? ">" : ">=", number(spec.minimum));
  if (high) return fmt::format("{} {}", spec.maximum_open ? "<" : "<=", number(spec.maximum));
  return {};
}

std::string expected(const OptionSpec& spec) {
  std::string range = range_text(spec);
  if (!range.empty()) range.insert(0, 1, ' ');
  switch (spec.kind) {
    case OptionKind::boolean:
      return "true or false";
    case OptionKind::integer:
      return "an integer" + range;
    case OptionKind::real:
      return "a number" + range;
    case OptionKind::text:
      return spec.choices.empty() ? "text" : fmt::format("one of \"{}\"", fmt::join(spec.choices, "\", \""));
    case OptionKind::path:
      return "a path (text)";
    case OptionKind::list:
      return list_text(spec);
    case OptionKind::component:
      return fmt::format("{}: its name, or a table with its type", with_article(kind_name(spec.component_kind)));
    case OptionKind::table:
      return "a table";
  }
  return "a value";
}

std::string found_text(const Value& value) {
  if (value.is<std::string>()) return fmt::format("text {}", to_toml(value));
  if (value.is<Value::List>()) return fmt::format("a list of {}", value.as<Value::List>().size());
  if (value.is<Value::Component>()) return "a table";
  if (value.empty()) return "nothing";
  return to_toml(value);
}

std::string repair(OptionKind kind, const Value& found) {
  if (kind == OptionKind::integer && found.is<double>()) {
    const double number_found = found.as<double>();
    const bool whole = std::nearbyint(number_found) == number_found && std::abs(number_found) < 1e15;
    return whole ? fmt::format("write {}", static_cast<std::int64_t>(number_found)) : std::string();
  }
  if (kind == OptionKind::text && (found.is<std::int64_t>() || found.is<double>())) return fmt::format("write \"{}\", in quotes", to_toml(found));
  if (!found.is<std::string>()) return {};
  std::string word = found.as<std::string>();
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool digits = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
  const bool number_like = !word.empty() && word.find_first_not_of("0123456789.e+-") == std::string::npos;
  const bool fits = (kind == OptionKind::boolean && (word == "true" || word == "false")) || (kind == OptionKind::integer && digits) ||
                    (kind == OptionKind::real && number_like);
  return fits ? fmt::format("write {} without quotes", word) : std::string();
}

std::string kind_name(std::string_view kind) {
  if (kind == "dataset") return "data set";
  return kind.empty() ? "component" : std::string(kind);
}

std::string with_article(const std::string& noun) {
  const bool vowel = !noun.empty() && std::string_view("aeiou").find(noun[0]) != std::string_view::npos;
  return fmt::format("{} {}", vowel ? "an" : "a", noun);
}

}  // namespace teranga::recipe

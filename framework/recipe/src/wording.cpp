// SPDX-License-Identifier: Apache-2.0
#include "wording.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
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
  std::string items = plural(spec.item_kind);
  if (count == "1 " && items.ends_with('s')) items.pop_back();
  std::string out = fmt::format("a list of {}{}", count, items);
  if (const std::string range = range_text(spec); !range.empty()) out += fmt::format(" {}", range);
  if (spec.scalar_expands) out += ", or one for all";
  return out;
}

// "true" or "false", or empty where the word says neither.
std::string boolean_of(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (word == "true" || word == "yes" || word == "on" || word == "1") return "true";
  if (word == "false" || word == "no" || word == "off" || word == "0") return "false";
  return {};
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

bool in_range(const OptionSpec& spec, double value) {
  const bool low = spec.minimum_open ? value > spec.minimum : value >= spec.minimum;
  const bool high = spec.maximum_open ? value < spec.maximum : value <= spec.maximum;
  return low && high && !std::isnan(value);
}

std::optional<double> number_of(std::string text) {
  std::erase(text, '_');
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.data() + text.size();
  double value = 0;
  const auto [rest, failed] = std::from_chars(begin, end, value);
  if (failed != std::errc() || rest != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> number_meant(const std::string& text) {
  if (const auto value = number_of(text)) return value;
  if (text.ends_with('%')) {
    std::string share = text.substr(0, text.size() - 1);
    while (share.ends_with(' ')) share.pop_back();
    const auto percent = number_of(share);
    return percent ? std::optional(*percent / 100) : std::nullopt;
  }
  if (const std::size_t bar = text.find('/'); bar != std::string::npos) {
    const auto above = number_of(text.substr(0, bar)), below = number_of(text.substr(bar + 1));
    return above && below && *below != 0 ? std::optional(*above / *below) : std::nullopt;
  }
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos || comma + 1 == text.size() || text.find_first_of(".,", comma + 1) != std::string::npos || text.find('.') < comma) return std::nullopt;
  const bool either = text.size() == comma + 4 && text.find_first_not_of("+-0") < comma;  // 1,000
  return either ? std::nullopt : number_of(text.substr(0, comma) + "." + text.substr(comma + 1));
}

std::string written_right(const OptionSpec& spec, const Value& found) {
  const OptionKind kind = spec.kind == OptionKind::list && !found.is<Value::List>() ? spec.item_kind : spec.kind;
  const bool is_text = found.is<std::string>();
  std::string word = is_text ? found.as<std::string>() : found.empty() || found.is<Value::List>() || found.is<Value::Component>() ? std::string() : to_toml(found);
  if (kind == OptionKind::path) return {};
  if (kind == OptionKind::text) {
    const bool may_be = spec.choices.empty() || std::find(spec.choices.begin(), spec.choices.end(), word) != spec.choices.end();
    const bool switches = found.is<bool>() && std::find(spec.choices.begin(), spec.choices.end(), "none") != spec.choices.end();
    if (switches && !found.as<bool>()) return fmt::format("{} = \"none\"", spec.name);
    if (switches) {
      std::string hint;
      for (const std::string& choice : spec.choices)
        if (choice != "none") hint += fmt::format("{}{} = \"{}\"", hint.empty() ? "" : ", or ", spec.name, choice);
      return hint;
    }
    return !is_text && !word.empty() && may_be ? fmt::format("write \"{}\", in quotes", word) : std::string();
  }
  if (kind == OptionKind::list && spec.least_items == spec.most_items && std::ssize(found.as<Value::List>()) > spec.most_items) {  // one more for channels, which the data tell
    const Value::List& all = found.as<Value::List>();
    return fmt::format("{} = {}", spec.name, to_toml({Value::List(all.begin(), all.begin() + spec.most_items), {}}));
  }
  std::string right;
  if (kind == OptionKind::boolean) right = boolean_of(word);
  const std::optional<double> value = kind == OptionKind::real ? number_meant(word) : number_of(word);
  if (kind == OptionKind::integer && value && std::nearbyint(*value) == *value && std::abs(*value) < 1e15 && in_range(spec, *value)) right = fmt::format("{}", static_cast<std::int64_t>(*value));
  if (kind == OptionKind::real && value && in_range(spec, *value)) right = number(*value);
  if (right.empty()) return {};
  return is_text ? fmt::format("write {} without quotes", right) : fmt::format("write {}", right);
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

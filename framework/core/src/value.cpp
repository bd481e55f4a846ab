// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/value.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace teranga {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04x}", c);
    } else {
      out += static_cast<char>(c);
    }
  }
  return out + '"';
}

bool bare_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
}

std::string real_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

struct TomlWriter {
  std::string operator()(std::monostate) const { return "\"\""; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return real_text(value); }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const Value::List& list) const {
    std::string out = "[";
    for (const Value& item : list) out += (out.size() > 1 ? ", " : "") + to_toml(item);
    return out + "]";
  }
  std::string operator()(const Value::Component& component) const {
    std::string out = "{";
    auto add = [&](std::string_view key, const std::string& text) {
      out += out.size() > 1 ? ", " : " ";
      out += bare_key(key) ? std::string(key) : quoted(key);
      out += " = " + text;
    };
    if (!component.type.empty()) add("type", quoted(component.type));
    for (const Option& option : component.options)
      if (!option.value.empty()) add(option.name, to_toml(option.value));
    return out + (out.size() > 1 ? " }" : "}");
  }
};

// Letters to insert, leave out, replace or swap with their neighbour to get from one word to the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({last[j] + (a[i] != b[j]), row[j] + 1, last[j + 1] + 1});
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row.back();
}

// "MaxPooling2D", "max_pooling2d" -> "maxpooling2d".
std::string plain_letters(std::string_view name) {
  std::string out;
  for (const unsigned char c : name)
    if (c != '_' && c != '-') out += static_cast<char>(std::tolower(c));
  return out;
}

// "mean_squared_error" -> "mse"; nothing for a name of one word.
std::string initials_of(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (i == 0 || name[i - 1] == '_') out += name[i];
  return out.size() > 1 ? out : std::string();
}

}  // namespace

const Value* find_option(const Options& options, std::string_view name) noexcept {
  for (const Option& option : options)
    if (option.name == name) return &option.value;
  return nullptr;
}

const OptionSpec* find_option(const Schema& schema, std::string_view name) noexcept {
  for (const OptionSpec& spec : schema)
    if (spec.name == name) return &spec;
  return nullptr;
}

std::string to_toml(const Value& value) { return std::visit(TomlWriter{}, value.data); }

const char* to_string(OptionKind kind) noexcept {
  switch (kind) {
    case OptionKind::boolean: return "true or false";
    case OptionKind::integer: return "integer";
    case OptionKind::real: return "number";
    case OptionKind::text: return "text";
    case OptionKind::path: return "path";
    case OptionKind::list: return "list";
    case OptionKind::component: return "component";
    case OptionKind::table: return "table";
  }
  return "?";
}

std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  std::optional<std::string> best;
  const std::string plain = plain_letters(name);
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = std::min(edit_distance(name, candidate), edit_distance(plain, plain_letters(candidate)));
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  if (best) return best;
  for (const std::string& candidate : candidates)
    if (initials_of(candidate) == plain) return candidate;
  return std::nullopt;
}

}  // namespace teranga

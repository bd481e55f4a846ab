// SPDX-License-Identifier: Apache-2.0
#include "given_options.hpp"

#include <teranga/core/error.hpp>
#include <teranga/host/option_tree.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string_view unquoted(std::string_view text) { return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text; }

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional<Number>(number) : std::nullopt;
}

[[noreturn]] void refuse(const OptionSpec& spec, std::string_view text) {
  throw Error(ExitCode::usage, fmt::format("--set {}: expected a value of the kind {}, found \"{}\"", spec.name, to_string(spec.kind), text));
}

Value value_of(const OptionSpec& spec, OptionKind kind, std::string_view text, const std::string& folder);

Value list_of(const OptionSpec& spec, std::string_view text, const std::string& folder) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  Value::List items;
  while (!trimmed(text).empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    items.push_back(value_of(spec, spec.item_kind, text.substr(0, comma), folder));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return {std::move(items), {}};
}

Value value_of(const OptionSpec& spec, OptionKind kind, std::string_view text, const std::string& folder) {
  text = trimmed(text);
  switch (kind) {
    case OptionKind::boolean:
      if (text != "true" && text != "false") refuse(spec, text);
      return {text == "true", {}};
    case OptionKind::integer:
      if (const auto number = number_of<std::int64_t>(text)) return {*number, {}};
      refuse(spec, text);
    case OptionKind::real:
      if (const auto number = number_of<double>(text)) return {*number, {}};
      refuse(spec, text);
    case OptionKind::list: return list_of(spec, text, folder);
    case OptionKind::component: {
      const std::string name(unquoted(text));
      return {Value::Component{name.find('.') == std::string::npos ? "teranga." + name : name, {}}, {}};
    }
    case OptionKind::path: return {(std::filesystem::path(folder) / unquoted(text)).lexically_normal().string(), {}};
    case OptionKind::table: refuse(spec, text);
    case OptionKind::text: break;
  }
  return {std::string(unquoted(text)), {}};
}

}  // namespace

std::optional<Option> given_option(std::string_view word, const trg_item& item, const std::string& folder) {
  const std::size_t equals = word.find('=');
  std::string_view name = word.substr(0, equals);
  if (const std::size_t dot = name.rfind('.'); dot != std::string_view::npos) {
    const std::string_view whose = name.substr(0, dot), own(item.name);
    if (whose != own && whose != own.substr(own.find('.') + 1)) return std::nullopt;
    name.remove_prefix(dot + 1);
  }
  const Schema schema = host::to_schema(item);
  const OptionSpec* const spec = find_option(schema, name);
  if (!spec) return std::nullopt;
  return Option{spec->name, value_of(*spec, spec->kind, word.substr(equals + 1), folder), {}};
}

}  // namespace teranga::conformance

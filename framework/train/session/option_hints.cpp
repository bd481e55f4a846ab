// SPDX-License-Identifier: Apache-2.0
#include "session/option_hints.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr std::string_view hint_mark = "hint: ";

// Where a value of TOML ends that begins a text: a string, a list, or a word.
std::size_t end_of_value(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] != '"' && text[0] != '[') return std::min(text.find_first_of(", ;("), text.size());
  bool quoted = false;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') ++i;
    else if (text[i] == '"') quoted = !quoted;
    else if (!quoted && text[i] == '[') ++depth;
    else if (!quoted && text[i] == ']') --depth;
    if (!quoted && depth == 0) return i + 1;
  }
  return text.size();
}

bool needs_no_quotes(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), plain);
}

// A text that looks like a number would be taken as one.
bool begins_a_number(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  if (text.size() > 1 && text[0] == '.') text.remove_prefix(1);
  return !text.empty() && text[0] >= '0' && text[0] <= '9';
}

std::string typed(std::string_view name, std::string_view value) {
  const bool text = value.size() > 2 && value.front() == '"' && value.back() == '"';
  const std::string_view inner = text ? value.substr(1, value.size() - 2) : value;
  if (needs_no_quotes(inner) && !(text && begins_a_number(inner))) return fmt::format("--set data.{}={}", name, inner);
  std::string out = fmt::format("--set 'data.{}=", name);
  for (const char c : value) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

struct TypedOption {
  std::string text;
  std::size_t taken = 0;  // bytes of the hint; 0: it does not begin with an option
};

TypedOption typed_option(const Schema& schema, std::string_view hint) {
  const std::size_t equals = hint.find(" = ");
  if (equals == hint.npos || !find_option(schema, hint.substr(0, equals))) return {};
  const std::string_view value = hint.substr(equals + 3), own = value.substr(0, end_of_value(value));
  return own.empty() ? TypedOption{} : TypedOption{typed(hint.substr(0, equals), own), equals + 3 + own.size()};
}

}  // namespace

std::string hint_for_checkpoint(const Schema& schema, const std::string& hint) {
  constexpr std::string_view joints[] = {"or ", "and ", "with ", ", "};
  std::string out;
  for (std::string_view rest = hint; !rest.empty();) {
    if (const TypedOption option = typed_option(schema, rest); option.taken > 0) {
      out += option.text;
      rest.remove_prefix(option.taken);
      continue;
    }
    std::size_t next = 1;  // the next place where an option may begin
    while (next < rest.size() && std::none_of(std::begin(joints), std::end(joints), [&](std::string_view joint) { return rest.substr(0, next).ends_with(joint); })) ++next;
    out += rest.substr(0, next);
    rest.remove_prefix(next);
  }
  return out;
}

std::string message_for_checkpoint(const Schema& schema, const std::string& message) {
  std::string out;
  for (std::size_t begin = 0; begin < message.size();) {
    const std::size_t end = std::min(message.find('\n', begin), message.size() - 1) + 1;
    const bool ended = message[end - 1] == '\n';
    const std::string line = message.substr(begin, end - begin - ended);
    const std::size_t at = line.find_first_not_of(' ');
    const bool is_hint = at != line.npos && line.compare(at, hint_mark.size(), hint_mark) == 0;
    out += is_hint ? line.substr(0, at + hint_mark.size()) + hint_for_checkpoint(schema, line.substr(at + hint_mark.size())) : line;
    if (ended) out += '\n';
    begin = end;
  }
  return out;
}

}  // namespace teranga::train

// SPDX-License-Identifier: Apache-2.0
#include "nesting_limit.hpp"

#include <algorithm>
#include <string_view>

namespace teranga::recipe {
namespace {

// The index behind the text in quotes that begins at `i`; a single-line one ends with its line at the latest.
std::size_t skip_text(std::string_view text, std::size_t i) {
  const char quote = text[i];
  const std::string fence(3, quote);
  const bool multiline = text.substr(i, 3) == fence;
  for (i += multiline ? 3 : 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (multiline && text.substr(i, 3) == fence) {
      for (i += 3; i < text.size() && text[i] == quote;) ++i;
      return i;
    } else if (!multiline && text[i] == quote) {
      return i + 1;
    } else if (!multiline && text[i] == '\n') {
      return i;
    }
  }
  return text.size();
}

}  // namespace

std::optional<Position> too_deep(const std::string& text, const std::string& file) {
  int dots = 0;
  int open = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      i = skip_text(text, i);
      continue;
    }
    if (c == '#') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    if (c == '[' || c == '{') ++open;
    if (c == ']' || c == '}') --open;
    if (c == '.') ++dots;
    if (std::string_view("=[]{},\n").find(c) != std::string_view::npos) dots = 0;
    if (dots >= most_nesting || open > most_nesting) {
      std::uint32_t line = 1;
      std::size_t start = 0;
      for (std::size_t end; (end = text.find('\n', start)) < i; start = end + 1) ++line;
      return Position{file, line, static_cast<std::uint32_t>(i - start + 1)};
    }
    ++i;
  }
  return std::nullopt;
}

}  // namespace teranga::recipe

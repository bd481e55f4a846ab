// SPDX-License-Identifier: Apache-2.0
#include "toml_reader.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <tuple>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "nesting_limit.hpp"
#include "wording.hpp"

namespace teranga::recipe {
namespace {

std::string deep_message() { return fmt::format("tables and lists are nested more than {} deep", most_nesting); }

// Turns library nodes into values; `place` maps a source region to a Position.
class Converter {
 public:
  Converter(std::string file, std::int64_t column_shift, Diagnostics& found)
      : file_(std::move(file)), column_shift_(column_shift), found_(found) {}

  Position place(const toml::source_region& region) const {
    const std::int64_t column = region.begin.column + column_shift_;
    return {file_, region.begin.line, static_cast<std::uint32_t>(std::max<std::int64_t>(column, 1))};
  }

  Value::Component table(const toml::table& node, int depth) {
    Value::Component out;
    for (const auto& [key, child] : node) {
      const Position position = place(key.source());
      Value value = convert(child, depth + 1);
      if (value.position.line == 0) value.position = position;
      out.options.push_back({std::string(key.str()), std::move(value), position});
    }
    std::sort(out.options.begin(), out.options.end(), [](const Option& a, const Option& b) {
      return std::tie(a.position.line, a.position.column) < std::tie(b.position.line, b.position.column);
    });
    return out;
  }

  Value convert(const toml::node& node, int depth) {
    Value value;
    value.position = place(node.source());
    if (depth > most_nesting) {
      found_.add(value.position, deep_message());
      return value;
    }
    if (const auto* table_node = node.as_table()) {
      value.data = table(*table_node, depth);
    } else if (const auto* array = node.as_array()) {
      Value::List list;
      for (const toml::node& child : *array) list.push_back(convert(child, depth + 1));
      value.data = std::move(list);
    } else if (const auto* text = node.as_string()) {
      value.data = text->get();
    } else if (const auto* integer = node.as_integer()) {
      value.data = integer->get();
    } else if (const auto* real = node.as_floating_point()) {
      value.data = real->get();
    } else if (const auto* boolean = node.as_boolean()) {
      value.data = boolean->get();
    } else {
      found_.add(value.position, "dates and times have no use in a recipe", "put text into quotes");
    }
    return value;
  }

 private:
  std::string file_;
  std::int64_t column_shift_;
  Diagnostics& found_;
};

// "Error while parsing key-value pair: expected ..." becomes "not valid TOML (key-value pair): expected ...".
std::string syntax_message(std::string_view description) {
  constexpr std::string_view opening = "Error while parsing ";
  if (!description.starts_with(opening)) return fmt::format("not valid TOML: {}", description);
  description.remove_prefix(opening.size());
  const auto colon = description.find(": ");
  if (colon == std::string_view::npos) return fmt::format("not valid TOML: {}", description);
  return fmt::format("not valid TOML ({}): {}", description.substr(0, colon), description.substr(colon + 2));
}

std::string line_of(const std::string& text, std::uint32_t line_number) {
  std::size_t start = 0;
  for (std::uint32_t line = 1; line < line_number; ++line) {
    start = text.find('\n', start);
    if (start == std::string::npos) return {};
    ++start;
  }
  return text.substr(start, text.find_first_of("\r\n", start) - start);
}

// A heading that stands twice: a table stands once, and a list has double brackets.
std::string heading_hint(const std::string& line) {
  const auto begin = line.find_first_not_of("[ \t"), end = line.find(']');
  if (line.find_first_not_of(" \t") != line.find('[')) return "a key stands once in a table: leave one of them out";
  if (begin == std::string::npos || end == std::string::npos || end <= begin) return {};
  const std::string name = line.substr(begin, end - begin), last = name.substr(name.rfind('.') + 1);
  if (last == "layer" || last == "phase" || last == "call" || last == "loss") return fmt::format("write [[{}]], in double brackets, for each of them", name);
  return fmt::format("write [{}] once, and all of its keys below it", name);
}

std::string with_straight_quotes(std::string line) {
  for (const auto& [curly, straight] : {std::pair{"\xe2\x80\x9c", "\""}, {"\xe2\x80\x9d", "\""}, {"\xe2\x80\x98", "'"}, {"\xe2\x80\x99", "'"}})
    for (std::size_t at = 0; (at = line.find(curly, at)) != line.npos;) line.replace(at, 3, straight);
  return line;
}

// "epochs: 20" and "{ a: 1 }" as TOML writes them; empty where the line has no such colon.
std::string with_equals_signs(const std::string& line) {
  std::string out;
  bool any = false, braces = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == 0 && c == '#') break;
    if (quote == 0 && (c == '"' || c == '\'')) quote = c;
    else if (c == quote) quote = 0;
    braces = braces || (quote == 0 && c == '{');
    const bool key = quote == 0 && c == ':' && (braces || out.find('=') == out.npos);
    if (!key) {
      out += c;
      continue;
    }
    any = true;
    while (out.ends_with(' ')) out.pop_back();
    out += " =";
    if (i + 1 < line.size() && line[i + 1] != ' ') out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  return any ? out : std::string();
}

// The word with the quote that it lacks at its end; one quote alone where a quote is missing elsewhere, empty where none is.
std::string missing_quote(const std::string& word) {
  const auto quotes = std::count(word.begin(), word.end(), '"'), singles = std::count(word.begin(), word.end(), '\'');
  if (word.find('\\') != word.npos || (quotes % 2 == 0 && (quotes > 0 || singles % 2 == 0))) return {};
  const std::string quote = quotes % 2 ? "\"" : "'";
  return word.starts_with(quote) && quotes + singles == 1 && word.find('#') == word.npos ? word + quote : quote;
}

// Brackets that are open behind a line: more were opened than closed, outside of texts and of notes.
int brackets_of(const std::string& line, char open, char close) {
  int depth = 0;
  char quote = 0;
  for (const char c : line) {
    if (quote == 0 && c == '#') break;
    if (quote == 0 && (c == '"' || c == '\'')) quote = c;
    else if (c == quote) quote = 0;
    depth += quote == 0 ? (c == open) - (c == close) : 0;
  }
  return depth;
}

// A list or a table in braces that a key opens and that is still open where the next key or heading begins.
std::string open_bracket(const std::string& text, std::uint32_t fault) {
  for (std::uint32_t number = fault; number >= 1 && number + 20 > fault; --number) {
    const std::string line = line_of(text, number);
    const auto equals = line.find('=');
    if (equals == line.npos) continue;
    const std::string value = line.substr(equals + 1), next = line_of(text, number + 1);
    const bool ends = number == fault || next.find('=') != next.npos || next.find_first_not_of(" \t") == next.find('[') || next.empty();
    if (ends && brackets_of(value, '[', ']') == 1) return fmt::format("a ] is missing in line {}: {}", number, line + "]");
    if (ends && brackets_of(value, '{', '}') == 1) return fmt::format("a }} is missing in line {}: {}", number, line + " }");
  }
  return {};
}

// The commonest slips are text without quotes and numbers as TOML does not have them; shows the line as it should be.
std::string syntax_hint(const std::string& text, std::uint32_t line_number, std::string_view description) {
  const std::string line = line_of(text, line_number);
  if (description.find("redefine") != std::string_view::npos || description.find("existing") != std::string_view::npos) return heading_hint(line);
  if (line.find("\xe2\x80\x9c") != line.npos || line.find("\xe2\x80\x9d") != line.npos || line.find("\xe2\x80\x98") != line.npos || line.find("\xe2\x80\x99") != line.npos) return fmt::format("write straight quotes: {}", with_straight_quotes(line));
  if (const std::string fixed = with_equals_signs(line); !fixed.empty()) return fmt::format("write {}", fixed);
  const auto equals = line.find('=');
  const std::string open = open_bracket(text, line_number);
  if (equals == std::string::npos) return open;
  const auto first = line.find_first_not_of(" \t", equals + 1);
  const auto last = line.find_last_not_of(" \t", line.find('#', equals) - 1);
  if (first == std::string::npos || last < first || line[first] == '#') return open.empty() ? "a key needs a value" : open;
  const std::string word = line.substr(first, last - first + 1);
  if (const std::string quote = missing_quote(word); !quote.empty()) return quote.size() > 1 ? fmt::format("write {}{}", line.substr(0, first), quote) : "a quote is missing in this line";
  if (!open.empty()) return open;
  if (word.starts_with('(') && word.ends_with(')')) return fmt::format("a list has square brackets: {}[{}]", line.substr(0, first), word.substr(1, word.size() - 2));
  if (word.starts_with('"') && word.ends_with('"') && word.find('\\') != word.npos) return fmt::format("a backslash needs single quotes: {}'{}'", line.substr(0, first), word.substr(1, word.size() - 2));
  if (const auto value = number_meant(word)) {
    const bool whole = word.find_first_not_of("0123456789") == std::string::npos && *value < 1e15;
    return fmt::format("write {}{}", line.substr(0, first), whole ? fmt::format("{}", static_cast<std::int64_t>(*value)) : fmt::format("{}", *value));
  }
  const bool bare = std::isalpha(static_cast<unsigned char>(word[0])) != 0 && std::all_of(word.begin(), word.end(), [](unsigned char c) {
                      return std::isalnum(c) || c == '_' || c == '.' || c == '-' || c == '/';
                    });
  if (!bare) return {};
  std::string lower = word;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "true" || lower == "false") return fmt::format("write {}{}", line.substr(0, first), lower);
  if (lower == "none" || lower == "null") return "leave the key out to say that there is none";
  return fmt::format("text needs quotes: {}\"{}\"", line.substr(0, first), word);
}

bool may_be_bare_word(const std::string& text) { return !text.empty() && text.find_first_of("\"'[]{}\n\r") == std::string::npos; }

}  // namespace

std::optional<Value::Component> read_toml(const std::string& text, const std::string& file, Diagnostics& found) {
  if (const auto position = too_deep(text, file)) {
    found.add(*position, deep_message());
    return std::nullopt;
  }
  try {
    const toml::table table = toml::parse(std::string_view(text), std::string_view(file));
    return Converter(file, 0, found).table(table, 0);
  } catch (const toml::parse_error& error) {
    const auto begin = error.source().begin;
    found.add({file, begin.line, begin.column}, syntax_message(error.description()), syntax_hint(text, begin.line, error.description()));
    return std::nullopt;
  }
}

std::optional<Value> read_override_value(const std::string& argument, std::size_t offset, Diagnostics& found) {
  constexpr std::string_view key = "v = ";
  const std::string file = override_prefix + argument;
  const std::string word = argument.substr(offset);
  const Position start{file, 1, static_cast<std::uint32_t>(offset + 1)};
  if (word.find_first_not_of(" \t") == std::string::npos) {
    found.add(start, "an override needs a value after \"=\"", override_prefix + argument.substr(0, offset) + "VALUE");
    return std::nullopt;
  }
  const std::string text = std::string(key) + word;
  if (too_deep(text, file)) {
    found.add(start, deep_message());
    return std::nullopt;
  }
  Converter converter(file, static_cast<std::int64_t>(offset) - static_cast<std::int64_t>(key.size()), found);
  try {
    const toml::table table = toml::parse(std::string_view(text), std::string_view(file));
    const toml::node* node = table.get("v");
    if (table.size() != 1 || node == nullptr) {
      found.add(start, "an override gives one value");
      return std::nullopt;
    }
    if (node->is_date() || node->is_time() || node->is_date_time()) return Value{word, start};
    return converter.convert(*node, 1);
  } catch (const toml::parse_error& error) {
    if (may_be_bare_word(word)) return Value{word, start};
    found.add(converter.place(error.source()), syntax_message(error.description()));
    return std::nullopt;
  }
}

}  // namespace teranga::recipe

// SPDX-License-Identifier: Apache-2.0
#include "recipe_changes.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

using TomlLine = std::pair<std::string, std::string>;  // key and value

struct TomlSection {
  std::string header;  // "layer", "phase.loss"; "" of the first lines
  std::vector<TomlLine> lines;

  std::string value_of(std::string_view key) const {
    for (const auto& [name, value] : lines)
      if (name == key) return value.size() > 1 && value.front() == '"' ? value.substr(1, value.size() - 2) : value;
    return {};
  }
};

// A resolved recipe has a value a line.
std::vector<TomlSection> sections_of(std::string_view text) {
  std::vector<TomlSection> out(1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('[')) {
      const std::size_t brackets = line.starts_with("[[") ? 2 : 1;
      out.push_back({std::string(line.substr(brackets, line.size() - 2 * brackets)), {}});
    } else if (const std::size_t equals = line.find(" = "); equals != line.npos) {
      out.back().lines.emplace_back(line.substr(0, equals), line.substr(equals + 3));
    }
  }
  return out;
}

// All values under keys that are theirs alone: a layer and a phase are called by their names, others that come again are counted.
std::vector<TomlLine> values_of(std::string_view text) {
  std::vector<TomlLine> out;
  std::map<std::string, int> counts;
  std::string phase;
  for (const TomlSection& section : sections_of(text)) {
    std::string prefix = section.header;
    if (prefix == "phase") phase = section.value_of("name");
    if (prefix == "layer" || prefix == "phase") prefix += "." + section.value_of("name");
    else if (prefix.starts_with("phase.")) prefix = "phase." + phase + prefix.substr(5);
    if (const int count = ++counts[prefix]; count > 1) prefix += fmt::format(".{}", count);
    for (const auto& [key, value] : section.lines) out.emplace_back(prefix.empty() ? key : prefix + "." + key, value);
  }
  return out;
}

}  // namespace

std::vector<RecipeChange> recipe_changes(std::string_view then, std::string_view now) {
  const std::vector<TomlLine> before = values_of(then), after = values_of(now);
  const std::map<std::string, std::string> old(before.begin(), before.end()), fresh(after.begin(), after.end());
  std::vector<RecipeChange> out;
  for (const auto& [key, value] : before)
    if (const auto at = fresh.find(key); at == fresh.end() || at->second != value) out.push_back({key, value, at == fresh.end() ? "" : at->second});
  for (const auto& [key, value] : after)
    if (!old.contains(key)) out.push_back({key, "", value});
  return out;
}

std::string to_text(const RecipeChange& change) {
  const auto shown = [](const std::string& value) { return value.empty() ? std::string("none") : value; };
  return fmt::format("{}: then {}, now {}", change.key, shown(change.then), shown(change.now));
}

std::string joined(const std::vector<std::string>& lines, std::size_t most) {
  const std::vector<std::string> first(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min(most, lines.size())));
  return fmt::format("{}{}", fmt::join(first, "; "), lines.size() > most ? fmt::format("; and {} more", lines.size() - most) : "");
}

}  // namespace teranga::train

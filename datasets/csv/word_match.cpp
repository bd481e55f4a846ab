// SPDX-License-Identifier: Apache-2.0
#include "word_match.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include <teranga/datasets/cell_values.hpp>

#include "column_names.hpp"

namespace teranga::datasets {

namespace {

using ValueIndex = std::unordered_map<double, std::int32_t>;  // -1: several have that value

// Empty where a category is no number.
ValueIndex places_of_values(const std::vector<std::string>& categories) {
  ValueIndex places;
  for (std::size_t i = 0; i < categories.size(); ++i) {
    double value = 0;
    if (!parse_number(categories[i], value)) return {};
    const auto [at, added] = places.emplace(value, static_cast<std::int32_t>(i));
    if (!added) at->second = -1;
  }
  return places;
}

}  // namespace

WordMatch match_words(const Table& table, const Encoding& encoding) {
  WordMatch match;
  match.categories.resize(encoding.columns.size());
  for (std::size_t c = 0; c < encoding.columns.size(); ++c) {
    const std::vector<std::string>& words = table.columns[c].vocabulary;
    if (words.empty()) continue;
    const std::unordered_map<std::string_view, std::int32_t> index = numbered(encoding.columns[c].categories);
    const auto find = [&](std::string_view word) {
      const auto at = index.find(word);
      return at == index.end() ? -1 : at->second;
    };
    const bool pointed = encoding.layout.columns[c].use == ColumnUse::target &&
                         std::all_of(words.begin(), words.end(), [&](std::string_view word) { return word.ends_with('.') && find(word) < 0 && find(word.substr(0, word.size() - 1)) >= 0; });
    if (pointed) match.notes.push_back(fmt::format("each label of the column \"{}\" ends in a point (\"{}\"), which those of the training table do not: the point is left out", encoding.layout.columns[c].name, words[0]));
    // "1.0" is the category "1", where all categories are numbers and one alone has that value.
    std::optional<ValueIndex> values;
    const auto find_value = [&](std::string_view word) {
      double value = 0;
      if (!parse_number(word, value)) return -1;
      if (!values) values = places_of_values(encoding.columns[c].categories);
      const auto at = values->find(value);
      return at == values->end() ? -1 : at->second;
    };
    std::string first;
    std::size_t more = 0;
    for (const std::string& word : words) {
      match.categories[c].push_back(find(pointed ? std::string_view(word).substr(0, word.size() - 1) : word));
      if (match.categories[c].back() >= 0 || is_code(word)) continue;
      const std::int32_t place = find_value(word);
      match.categories[c].back() = place;
      if (place >= 0 && first.empty()) first = fmt::format("\"{}\" in the column \"{}\" is taken as \"{}\", for both are one number", word, encoding.layout.columns[c].name, encoding.columns[c].categories[static_cast<std::size_t>(place)]);
      else if (place >= 0) ++more;
    }
    if (!first.empty()) match.notes.push_back(first + (more > 0 ? fmt::format(", and so are {} other words there", more) : ""));
  }
  return match;
}

std::string unknown_word(const Encoding& encoding, std::size_t column, const std::string& word) {
  constexpr std::size_t most_bytes = 250;  // of words that are known: an error may have to tell of several columns
  const ColumnLayout& layout = encoding.layout.columns[column];
  return fmt::format("expected in the column \"{}\" one of the {} of the training part ({}), found \"{}\"", layout.name, layout.use == ColumnUse::target ? "labels" : "words",
                     listed(encoding.columns[column].categories, most_bytes), word.substr(0, 60));
}

void add_unknown_words(const Table& table, const Encoding& encoding, std::vector<ColumnFault>& faults) {
  const WordMatch match = match_words(table, encoding);
  for (std::size_t c = 0; c < encoding.columns.size(); ++c) {
    if (encoding.layout.columns[c].use != ColumnUse::feature) continue;
    const Column& column = table.columns[c];
    const auto is_unknown = [&](std::int32_t word) { return word >= 0 && match.categories[c][static_cast<std::size_t>(word)] < 0; };
    const auto first = std::find_if(column.words.begin(), column.words.end(), is_unknown);
    if (first == column.words.end()) continue;
    const auto more = std::count_if(first + 1, column.words.end(), is_unknown);
    faults.push_back({.column = encoding.layout.columns[c].name,
                      .text = unknown_word(encoding, c, column.vocabulary[static_cast<std::size_t>(*first)]) + (more > 0 ? fmt::format("; {} more of its cells {} such words", more, more == 1 ? "has" : "have") : ""),
                      .answer = "unknown = \"zeros\"",
                      .place = fmt::format("{}:{}", table.path, table.lines[static_cast<std::size_t>(first - column.words.begin())]),
                      .at = c});
  }
}

}  // namespace teranga::datasets

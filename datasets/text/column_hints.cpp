// SPDX-License-Identifier: Apache-2.0
#include "column_hints.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <teranga/datasets/csv_records.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {
namespace {

constexpr std::size_t rows_looked_at = 200, most_words_of_a_name = 3, most_bytes_of_a_name = 40;

std::size_t words_in(const std::string& cell) {
  std::size_t words = 0;
  bool inside = false;
  for (const char c : cell) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    words += !blank && !inside;
    inside = !blank;
  }
  return words;
}

struct Rows {
  std::vector<std::string> names;  // that the file declares
  std::vector<std::vector<std::string>> cells;
};

Rows first_rows(const std::string& path, char separator) {
  CsvRecords records(path, {.separator = separator, .known_names = {}, .any_bytes = true});
  Rows rows;
  if (records.declared())
    for (const ArffAttribute& attribute : records.declared()->attributes) rows.names.push_back(attribute.name);
  std::vector<Cell> cells;
  while (rows.cells.size() < rows_looked_at && records.next(cells)) {
    std::vector<std::string> row;
    for (const Cell& cell : cells) row.emplace_back(cell.text);
    if (rows.cells.empty() || row.size() == rows.cells.front().size()) rows.cells.push_back(std::move(row));
  }
  return rows;
}

// The column that is asked for already, by name or number; the number of columns where none is.
std::size_t place_of(const std::string& given, const std::vector<std::string>& first) {
  for (std::size_t i = 0; i < first.size(); ++i)
    if (given == first[i] || given == fmt::format("{}", i + 1) || given == fmt::format("-{}", first.size() - i)) return i;
  return first.size();
}

std::size_t words_below(const Rows& rows, std::size_t column) {
  std::size_t words = 0;
  for (std::size_t r = rows.names.empty() ? 1 : 0; r < rows.cells.size(); ++r) words += words_in(rows.cells[r][column]);
  return words;
}

// The column with the most words; `columns` where there is none but `other`.
std::size_t wordiest(const Rows& rows, std::size_t columns, std::size_t other) {
  std::size_t most = columns;
  for (std::size_t i = 0; i < columns; ++i)
    if (i != other && (most == columns || words_below(rows, i) > words_below(rows, most))) most = i;
  return most;
}

std::string option_text(const char* name, const std::vector<std::string>& first, std::size_t at, bool named) { return fmt::format("{} = \"{}\"", name, named ? first[at] : fmt::format("{}", at + 1)); }

std::size_t different_below(const Rows& rows, std::size_t column) {
  std::set<std::string> seen;
  for (std::size_t r = rows.names.empty() ? 1 : 0; r < rows.cells.size(); ++r) seen.insert(rows.cells[r][column]);
  return seen.size();
}

bool recurs(const Rows& rows, std::size_t column) {
  return std::any_of(rows.cells.begin() + 1, rows.cells.end(), [&](const std::vector<std::string>& row) { return row[column] == rows.cells[0][column]; });
}

}  // namespace

bool may_be_names(const std::vector<std::string>& first) {
  std::set<std::string> seen;
  for (const std::string& cell : first) {
    const std::size_t words = words_in(cell);
    if (words == 0 || words > most_words_of_a_name || cell.size() > most_bytes_of_a_name) return false;
    if (cell.find_first_not_of("+-.,0123456789") == std::string::npos || !seen.insert(cell).second) return false;
  }
  return true;
}

std::string likely_text_column(const std::string& path, const TableColumns& given) {
  const Rows rows = first_rows(path, given.separator);
  if (rows.cells.empty()) return option_text("text_column", {}, 0, false);
  const std::vector<std::string>& first = rows.names.empty() ? rows.cells[0] : rows.names;
  const std::size_t columns = std::min(first.size(), rows.cells[0].size()), text = wordiest(rows, columns, columns);
  const bool named = !rows.names.empty() || given.header == "true" || (given.header == "auto" && may_be_names(first) && !recurs(rows, text));
  return option_text("text_column", first, text, named);
}

std::string likely_columns(const std::string& path, const TableColumns& given) {
  const Rows rows = first_rows(path, given.separator);
  if (rows.cells.empty()) return {};
  const std::vector<std::string>& first = rows.names.empty() ? rows.cells[0] : rows.names;
  const std::size_t columns = std::min(first.size(), rows.cells[0].size());
  std::size_t text = given.text.empty() ? columns : place_of(given.text, first), label = given.label.empty() ? columns : place_of(given.label, first);
  if (text == columns) text = wordiest(rows, columns, label);
  if (label == columns)  // the fewest different cells, of several the last
    for (std::size_t i = 0; i < columns; ++i)
      if (i != text && (label == columns || different_below(rows, i) <= different_below(rows, label))) label = i;
  if (text >= columns || label >= columns) return {};
  const bool named = !rows.names.empty() || (given.header == "true") || (given.header == "auto" && may_be_names(first) && !recurs(rows, label));
  std::string hint = given.text.empty() ? option_text("text_column", first, text, named) : "";
  if (given.label.empty()) hint += fmt::format("{}{}", hint.empty() ? "" : " and ", option_text("label_column", first, label, named));
  return hint;
}

}  // namespace teranga::datasets

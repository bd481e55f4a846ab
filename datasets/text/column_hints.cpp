// SPDX-License-Identifier: Apache-2.0
#include "column_hints.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include <teranga/core/small_letters.hpp>
#include <teranga/core/value.hpp>
#include <teranga/datasets/csv_records.hpp>
#include <teranga/datasets/path_hints.hpp>
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
  bool even = true;  // all rows that were looked at have as many cells
};

Rows first_rows(const std::string& path, char separator) {
  CsvRecords records(path, {.separator = separator, .known_names = {}, .blanks = false, .any_bytes = true});
  Rows rows;
  if (records.declared())
    for (const ArffAttribute& attribute : records.declared()->attributes) rows.names.push_back(attribute.name);
  std::vector<Cell> cells;
  const auto next = [&] {
    try {
      return records.next(cells);
    } catch (const sdk::DataError&) {  // a quote that is never closed, perhaps
      return rows.even = false;
    }
  };
  while (rows.cells.size() < rows_looked_at && next()) {
    std::vector<std::string> row;
    for (const Cell& cell : cells) row.emplace_back(cell.text);
    if (rows.cells.empty() || row.size() == rows.cells.front().size()) rows.cells.push_back(std::move(row));
    else rows.even = false;
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

// Whether a blank stands behind each comma, as in sentences; programs that write tables put none there.
bool has_commas_of_sentences(const std::string& path) {
  bool any = false;
  for (const std::string& line : read_lines(path))
    for (std::size_t at = line.find(','); at != line.npos; at = line.find(',', at + 1)) {
      any = true;
      if (at + 1 < line.size() && line[at + 1] != ' ') return false;
    }
  return any;
}

// A first line that names the column would make a table of a file of lines as well.
std::string below_name(const std::string& path, const std::string& other) {
  const std::string rest = in_small_letters(path).ends_with(".gz") ? "gzip -dc " + shell_word(path) + " | sed 1d | gzip" : "sed 1d " + shell_word(path);
  return fmt::format("where each line below the first is a text: {} > {}, and predict for that file", rest, shell_word(other));
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

std::string lines_hint(const std::string& path, const TableColumns& given) {
  Rows rows;
  try {
    rows = first_rows(path, given.separator);
  } catch (const sdk::Error&) {  // it is no table at all, or its separator is in doubt
    return {};
  }
  const bool named = !rows.cells.empty() && std::find(rows.cells[0].begin(), rows.cells[0].end(), given.text) != rows.cells[0].end() && given.text.find_first_not_of("-0123456789") != std::string::npos;
  const bool lines = rows.names.empty() && (!rows.even || (!rows.cells.empty() && rows.cells[0].size() == 1) || has_commas_of_sentences(path));
  std::error_code ignored;
  const std::string other = as_text_name(path);
  if (!lines || is_tab_table(path) || std::filesystem::exists(other, ignored)) return {};
  return named ? below_name(path, other) : fmt::format("where each line is a text: mv {} {}", shell_word(path), shell_word(other));
}

std::string likely_text_column(const std::string& path, const TableColumns& given) {
  const Rows rows = first_rows(path, given.separator);
  if (rows.cells.empty() || !rows.even) return {};
  const std::vector<std::string>& first = rows.names.empty() ? rows.cells[0] : rows.names;
  const std::size_t columns = std::min(first.size(), rows.cells[0].size());
  std::size_t text = wordiest(rows, columns, columns > 1 ? place_of(given.label, first) : columns);
  const bool is_name = given.text.find_first_not_of("-0123456789") != std::string::npos;
  if (const auto near = is_name ? nearest_name(given.text, first) : std::nullopt) text = place_of(*near, first);
  const bool named = !rows.names.empty() || given.header == "true" || (given.header == "auto" && may_be_names(first) && !recurs(rows, text));
  return option_text("text_column", first, text, named);
}

std::string new_text_hint(const std::string& path, const TableColumns& given) {
  const std::string column = likely_text_column(path, given), lines = lines_hint(path, given);
  return fmt::format("{}{}{}", column, column.empty() || lines.empty() ? "" : "; or ", lines);
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
  if (!given.label.empty()) return hint;
  hint += fmt::format("{}{}", hint.empty() ? "" : " and ", option_text("label_column", first, label, named));
  for (std::size_t i = 0; i < columns; ++i)  // others whose cells recur may be the labels as well
    if (i != text && i != label && different_below(rows, i) * 2 < rows.cells.size()) hint += ", or " + option_text("label_column", first, i, named);
  return hint;
}

}  // namespace teranga::datasets

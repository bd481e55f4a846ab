// SPDX-License-Identifier: Apache-2.0
// From records to columns.
#include "csv_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/sdk/error.hpp>

#include <teranga/datasets/cell_values.hpp>
#include <teranga/datasets/csv_records.hpp>

namespace teranga::datasets {

namespace {

bool is_missing(const Cell& cell, const CsvRequest& request) {
  return std::find(request.missing_words.begin(), request.missing_words.end(), cell.text) != request.missing_words.end();
}

bool is_number(const Cell& cell) {
  double ignored = 0;
  return !cell.quoted && parse_number(cell.text, ignored);
}

// A first line without numbers, over a line with some, names the columns.
bool guess_header(const std::string& path, const std::vector<Cell>& first, bool has_second, const std::vector<Cell>& second) {
  if (std::any_of(first.begin(), first.end(), is_number)) return false;
  if (has_second && std::any_of(second.begin(), second.end(), is_number)) return true;
  throw sdk::OptionError("header", fmt::format("{}: cannot tell whether the first line names the columns, for the table begins without numbers", path),
                         "header = \"true\", or header = \"false\"");
}

// A name, or a number from 1 (or from -1, counted from the end).
std::size_t find_column(const std::string& option, const std::string& wanted, const CsvLayout& layout) {
  std::size_t found = layout.columns.size();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    names.push_back(layout.columns[i].name);
    if (layout.columns[i].name != wanted) continue;
    if (found < layout.columns.size()) throw sdk::OptionError(option, fmt::format("two columns are called \"{}\"", wanted), "name it by its number, from 1");
    found = i;
  }
  if (found < layout.columns.size()) return found;
  std::int64_t number = 0;
  const auto count = static_cast<std::int64_t>(layout.columns.size());
  const auto [end, bad] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  if (bad == std::errc() && end == wanted.data() + wanted.size() && number != 0 && std::abs(number) <= count)
    return static_cast<std::size_t>(number > 0 ? number - 1 : count + number);
  throw sdk::OptionError(option, fmt::format("expected a column name ({}) or a number from 1 to {}, found \"{}\"", fmt::join(names, ", "), count, wanted));
}

void settle(const CsvRequest& request, const std::vector<Cell>& first, CsvLayout& layout) {
  for (std::size_t i = 0; i < first.size(); ++i) layout.columns.push_back({layout.header ? std::string(first[i].text) : std::to_string(i + 1)});
  if (request.target_is_last) layout.columns.back().use = ColumnUse::target;
  for (const std::string& name : request.targets) layout.columns[find_column("target", name, layout)].use = ColumnUse::target;
  for (const std::string& name : request.ignored) {
    ColumnLayout& column = layout.columns[find_column("ignore", name, layout)];
    if (column.use == ColumnUse::target) throw sdk::OptionError("ignore", fmt::format("the column \"{}\" is the target", name), "target = [\"...\"]");
    column.use = ColumnUse::ignored;
  }
  for (const std::string& name : request.categorical) layout.columns[find_column("categorical", name, layout)].kind = ColumnKind::words;
  for (ColumnLayout& column : layout.columns)
    if (column.use == ColumnUse::target) column.kind = request.target_kind;
  if (std::none_of(layout.columns.begin(), layout.columns.end(), [](const ColumnLayout& column) { return column.use == ColumnUse::feature; }))
    throw sdk::OptionError("target", "no column is left as a feature");
}

void check_header(const std::string& path, const std::vector<Cell>& first, const CsvLayout& layout) {
  for (std::size_t i = 0; i < std::min(first.size(), layout.columns.size()); ++i)
    if (first[i].text != layout.columns[i].name)
      throw sdk::DataError(place(path, first[i].line, first[i].column), fmt::format("expected the column \"{}\" as in the training file, found \"{}\"", layout.columns[i].name, first[i].text));
}

void decide(ColumnLayout& layout, Column& column, ColumnKind kind, std::size_t rows_before) {
  layout.kind = kind;
  if (kind == ColumnKind::numbers) column.numbers.assign(rows_before, std::numeric_limits<double>::quiet_NaN());
  else column.words.assign(rows_before, -1);
}

void add_cell(const std::string& path, const Cell& cell, const CsvRequest& request, ColumnLayout& layout, Column& column, std::size_t rows_before) {
  const bool missing = is_missing(cell, request);
  if (missing && (request.missing_is_error || layout.use == ColumnUse::target))
    throw sdk::DataError(place(path, cell.line, cell.column), fmt::format("the column \"{}\" has no value here (\"{}\" means missing)", layout.name, cell.text), -1,
                         layout.use == ColumnUse::target ? "leave out rows without a target" : "missing = \"mean\"");
  if (layout.kind == ColumnKind::undecided && !missing) decide(layout, column, is_number(cell) ? ColumnKind::numbers : ColumnKind::words, rows_before);
  if (layout.kind == ColumnKind::undecided) return;  // missing so far; decide() catches up
  if (layout.kind == ColumnKind::numbers) {
    double value = std::numeric_limits<double>::quiet_NaN();
    if (!missing && !parse_number(cell.text, value))
      throw sdk::DataError(place(path, cell.line, cell.column), fmt::format("expected a number in the column \"{}\", found \"{}\"", layout.name, cell.text), -1,
                           cell.text.find(',') != cell.text.npos ? "numbers are written with a decimal point"
                                                                 : fmt::format("categorical = [\"{}\"], or ignore = [\"{}\"]", layout.name, layout.name));
    column.numbers.push_back(value);
    return;
  }
  if (missing) {
    column.words.push_back(-1);
    return;
  }
  const auto [at, added] = column.index.emplace(std::string(cell.text), static_cast<std::int32_t>(column.vocabulary.size()));
  if (added) column.vocabulary.emplace_back(cell.text);
  column.words.push_back(at->second);
}

void add_row(const std::vector<Cell>& cells, const CsvRequest& request, CsvLayout& layout, Table& table) {
  if (cells.size() != layout.columns.size())
    throw sdk::DataError(place(table.path, cells[0].line, 1), fmt::format("expected {} cells, found {}", layout.columns.size(), cells.size()), table.rows(),
                         cells.size() == 1 ? "is the separator right? separator = \";\"" : "");
  const std::size_t before = table.lines.size();
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (layout.columns[i].use != ColumnUse::ignored) add_cell(table.path, cells[i], request, layout.columns[i], table.columns[i], before);
  table.lines.push_back(cells[0].line);
}

}  // namespace

Table read_table(const std::string& path, const CsvRequest& request, CsvLayout& layout) {
  const bool settles = layout.columns.empty();
  CsvRecords records(path, settles ? request.separator : layout.separator);
  std::vector<Cell> cells;
  if (!records.next(cells)) throw sdk::DataError(path, "expected rows, found blank lines only");
  // The second record may be needed to judge the first, whose cells it would overwrite.
  std::vector<std::string> texts;
  for (const Cell& cell : cells) texts.emplace_back(cell.text);
  std::vector<Cell> first = cells, second;
  for (std::size_t i = 0; i < first.size(); ++i) first[i].text = texts[i];
  const bool has_second = records.next(second);
  if (settles) {
    layout.separator = records.separator();
    layout.header = request.header == "auto" ? guess_header(path, first, has_second, second) : request.header == "true";
    settle(request, first, layout);
  } else if (layout.header) {
    check_header(path, first, layout);
  }
  Table table{path, std::vector<Column>(layout.columns.size()), {}};
  for (std::size_t i = 0; i < layout.columns.size(); ++i)
    if (layout.columns[i].kind != ColumnKind::undecided) decide(layout.columns[i], table.columns[i], layout.columns[i].kind, 0);
  if (!layout.header) add_row(first, request, layout, table);
  if (has_second) add_row(second, request, layout, table);
  while (records.next(cells)) add_row(cells, request, layout, table);
  if (table.rows() == 0) throw sdk::DataError(path, "expected rows under the line of column names, found none");
  for (std::size_t i = 0; i < layout.columns.size(); ++i)
    if (layout.columns[i].use != ColumnUse::ignored && layout.columns[i].kind == ColumnKind::undecided)
      throw sdk::DataError(path, fmt::format("the column \"{}\" has no value in any row", layout.columns[i].name), -1, fmt::format("ignore = [\"{}\"]", layout.columns[i].name));
  return table;
}

}  // namespace teranga::datasets

// SPDX-License-Identifier: Apache-2.0
#include "text_table.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/number_form.hpp>
#include <teranga/datasets/path_hints.hpp>
#include <teranga/datasets/separator.hpp>
#include <teranga/sdk/error.hpp>

#include "column_names.hpp"

namespace teranga::datasets {

namespace {

constexpr std::int64_t kept_of_others = 1000;

CsvRecords open_records(const TableSource& source, const RecordsRequest& request) {
  if (source.lines.empty()) return CsvRecords(source.path, request);
  return CsvRecords(source.path, fmt::format("{}\n", fmt::join(source.lines, "\n")), request);
}

bool is_number(const Cell& cell) { return how_written(cell.text) != Written::no_number; }

// What is to be done where the first line is a title above the table, or where the numbers have decimal commas between cells that commas part; else empty. `cells` is the first record of
// another width; the records behind it are read.
std::string hint_on_width(const TextTable& table, const std::vector<Cell>& cells, CsvRecords& records) {
  constexpr std::int64_t most_titles = 10;
  const std::size_t width = table.first.size(), found = cells.size();
  if (!table.source.lines.empty() || !table.declared.empty() || found <= width) return {};
  const auto numbers = static_cast<std::size_t>(std::count_if(cells.begin(), cells.end(), is_number));
  const std::int64_t line = cells[0].line;
  if (table.records() < most_titles && (width == 1 || numbers == 0)) {
    std::vector<Cell> next;
    try {
      while (records.next(next))
        if (next.size() != found) return {};
    } catch (const sdk::DataError&) {
      return {};
    }
    const std::string hint = fmt::format("remove the lines above the line of column names: {} makes a table that begins with line {}, which {}", filter_command(table.path(), line == 2 ? "sed 1d" : fmt::format("sed 1,{}d", line - 1), "rows"), line,
                                         numbers == 0 ? "looks like that line" : "is the first of its rows");
    return hint;
  }
  const bool names = std::none_of(table.first.begin(), table.first.end(), [](const std::string& cell) { return how_written(cell) != Written::no_number; });
  std::string hint;
  if (table.separator == ',' && names && table.records() == 0 && numbers >= 2 * (found - width)) hint = "where numbers have a decimal comma, part the cells by semicolons, or write decimal points";
  return hint;
}

[[noreturn]] void wrong_width(const TextTable& table, std::int64_t line, std::size_t found, std::int64_t record, const std::string& hint = {}) {
  const auto better = better_separator(table);
  throw sdk::DataError(place(table.path(), line, 1), fmt::format("expected {} cells as in {}, found {}", table.first.size(), table.declared.empty() ? fmt::format("line {}", table.first_line) : "the declarations", found), record,
                       better ? fmt::format("separator = {}", written_separator(*better)) : hint);
}

bool all_empty(const TextColumn& column) {
  bool empty = true;
  column.each([&](std::string_view text, std::int64_t) { empty = empty && text.empty(); });
  return empty;
}

std::size_t place_to_keep(const std::string& path, const std::string& name, const std::vector<std::string>& first, bool named) {
  const std::vector<std::string> called = named ? with_numbers(first) : std::vector<std::string>();
  const ColumnNames columns(called);
  const std::vector<std::size_t>& places = columns.places(name);
  if (places.size() == 1) return places[0];
  if (places.size() > 1) throw sdk::DataError(path, fmt::format("--keep: {} columns are called \"{}\"", places.size(), name), -1, fmt::format("--keep {}, the number of one of them", places[0] + 1));
  if (const auto number = place_by_number(name, first.size())) return *number;
  if (!named) throw sdk::DataError(path, fmt::format("--keep: expected the number of a column, from 1 to {}, since the first line names none, found \"{}\"", first.size(), name), -1, "--keep 1");
  std::string several;  // "a,b"
  for (std::size_t begin = 0; begin <= name.size() && name.find(',') != name.npos;) {
    const std::size_t end = std::min(name.find(',', begin), name.size());
    const std::string part = name.substr(begin, end - begin);
    if (columns.places(part).empty()) {
      several.clear();
      break;
    }
    several.append(several.empty() ? "" : " --keep ").append(shell_text(part));
    begin = end + 1;
  }
  if (!several.empty()) throw sdk::DataError(path, fmt::format("--keep: expected one column, found \"{}\"", name), -1, "--keep " + several);
  const std::string like = nearest_column(name, called);
  throw sdk::DataError(path, fmt::format("--keep: expected one of the columns {}, or a number from 1 to {}, found \"{}\"", listed(called), called.size(), name), -1, like.empty() ? "" : "--keep " + shell_text(like));
}

}  // namespace

TextTable read_text_table(const TableSource& source, const RecordsRequest& request, const Needed& needed) {
  CsvRecords records = open_records(source, request);
  TextTable table;
  table.source = source, table.request = request, table.separator = records.separator(), table.quotes = records.marks().quotes, table.reading = {.separator = records.separator(), .known_names = request.known_names, .quotes = records.marks().quotes}, table.facts = {records.why()}, table.notes = records.notes();
  std::vector<Cell> cells;
  if (records.declared()) {
    table.declared = records.declared()->attributes;
    for (const ArffAttribute& attribute : table.declared) table.first.push_back(attribute.name);
  } else {
    if (!records.next(cells)) throw sdk::DataError(source.path, "expected rows, found blank lines only");
    for (const Cell& cell : cells) table.first.emplace_back(cell.text);
    table.first_line = cells[0].line;
  }
  table.columns.resize(table.first.size());
  const std::size_t width = table.first.size();
  const std::vector<bool> kept = needed(table.first);
  std::int64_t longer = 0;  // records with an empty cell more than the first
  while (records.next(cells)) {
    const bool one_more = cells.size() == width + 1 && cells.back().text.empty() && !cells.back().quoted;
    if (cells.size() != width && (!one_more || longer < table.records())) {
      const std::int64_t line = cells[0].line;
      const std::size_t found = cells.size();
      wrong_width(table, line, found, table.records(), hint_on_width(table, cells, records));
    }
    if (longer > 0 && !one_more) wrong_width(table, table.lines[0], width + 1, 0);
    longer += one_more;
    const bool early = table.records() < kept_of_others;
    for (std::size_t i = 0; i < width; ++i)
      if (early || kept[i] || (i + 1 == width && cells[i].text.empty())) table.columns[i].add(cells[i].text);
    table.lines.push_back(cells[0].line);
  }
  if (const std::string note = records.note_of_marked_rows(); !note.empty()) table.notes.push_back(note);
  table.longer = longer > 0;
  if (longer > 0) table.notes.emplace_back("every row ends with a separator, which the first line does not: no column stands behind it");
  if (width > 1 && table.first.back().empty() && table.declared.empty() && all_empty(table.columns.back())) {
    table.first.pop_back();
    table.columns.pop_back();
    table.notes.emplace_back("every line ends with a separator: the empty column behind it is left out");
  }
  return table;
}

std::optional<std::vector<std::string>> first_record(const TableSource& source, const RecordsRequest& request) {
  CsvRecords records = open_records(source, request);
  std::vector<Cell> cells;
  if (records.declared() || records.separator() != request.separator) return std::nullopt;
  try {
    if (!records.next(cells)) return std::nullopt;
  } catch (const sdk::DataError&) {  // a quote inside a cell: another character parts the cells
    return std::nullopt;
  }
  std::vector<std::string> first;
  for (const Cell& cell : cells) first.emplace_back(cell.text);
  if (first.size() > 1 && first.back().empty()) first.pop_back();  // a separator ends each line
  return first;
}

std::optional<char> better_separator(const TextTable& table) {
  return table.request.separator == 0 || !table.source.lines.empty() ? std::nullopt : even_separator(table.path(), table.request);
}

std::vector<std::string> cells_of_column(const TableSource& source, const RecordsRequest& reading, const std::string& name, bool named, const std::vector<std::int64_t>& lines) {
  CsvRecords records = open_records(source, reading);
  std::vector<Cell> cells;
  std::vector<std::string> first, out;
  if (records.declared())
    for (const ArffAttribute& attribute : records.declared()->attributes) first.push_back(attribute.name);
  std::optional<std::size_t> place;
  while (out.size() < lines.size() && records.next(cells)) {
    if (first.empty())
      for (const Cell& cell : cells) first.emplace_back(cell.text);
    if (!place) place = place_to_keep(source.path, name, first, named);
    if (cells[0].line == lines[out.size()]) out.emplace_back(*place < cells.size() ? cells[*place].text : "");
  }
  return out;
}

std::string name_of_column(const TableSource& source, const RecordsRequest& reading, const std::string& wanted, bool named) {
  CsvRecords records = open_records(source, reading);
  std::vector<Cell> cells;
  std::vector<std::string> first;
  if (records.declared())
    for (const ArffAttribute& attribute : records.declared()->attributes) first.push_back(attribute.name);
  else if (records.next(cells))
    for (const Cell& cell : cells) first.emplace_back(cell.text);
  if (!named) return {};
  const std::string& name = first[place_to_keep(source.path, wanted, first, named)];
  return std::count(first.begin(), first.end(), name) > 1 ? "" : name;
}

std::string place_of(const TextTable& table, std::int64_t record, std::size_t column) {
  CsvRecords records = open_records(table.source, table.reading);
  std::vector<Cell> cells;
  for (std::int64_t at = table.declared.empty() ? -1 : 0; at <= record; ++at)
    if (!records.next(cells)) return table.path();
  return column < cells.size() ? place(table.path(), cells[column].line, cells[column].column) : table.path();
}

}  // namespace teranga::datasets

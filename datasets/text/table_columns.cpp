// SPDX-License-Identifier: Apache-2.0
#include "table_columns.hpp"

#include "column_hints.hpp"
#include "log.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/value.hpp>
#include <teranga/datasets/csv_records.hpp>
#include <teranga/datasets/number_form.hpp>
#include <teranga/datasets/path_hints.hpp>
#include <teranga/datasets/separator.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

// A number is a place: the first row of a table without names may well hold a 1.
bool is_word(const WantedColumn& column) { return column.name.find_first_not_of("-0123456789") != std::string::npos; }

// Where `name` is among the cells of the first line, or npos.
std::size_t place_by_name(const std::string& name, const std::vector<std::string>& first) {
  const auto at = std::find(first.begin(), first.end(), name);
  return at == first.end() ? std::string::npos : static_cast<std::size_t>(at - first.begin());
}

}  // namespace

std::size_t place_by_number(const std::string& name, std::size_t columns) {
  std::int64_t number = 0;
  const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), number);
  const auto count = static_cast<std::int64_t>(columns);
  if (bad != std::errc() || end != name.data() + name.size() || number == 0 || std::abs(number) > count) return std::string::npos;
  return static_cast<std::size_t>(number > 0 ? number - 1 : count + number);
}

namespace {

struct Places {
  bool header = false;
  std::vector<std::size_t> columns;
};

// The column that was most likely meant: of those that no other option names, the one of the nearest name, else the first for the first option and the last for
// others. By number where the table has no line of names.
std::string likely_column(const WantedColumn& column, const std::vector<WantedColumn>& wanted, bool named, const std::vector<std::string>& first) {
  const bool leads = column.option == wanted.front().option;
  std::vector<std::string> free;
  for (const std::string& name : first)
    if (std::none_of(wanted.begin(), wanted.end(), [&](const WantedColumn& other) { return other.name == name; })) free.push_back(name);
  if (!named || free.empty()) return leads ? "1" : fmt::format("{}", first.size());
  return nearest_name(column.name, free).value_or(leads ? free.front() : free.back());
}

// The names of the wanted columns are those that the training learnt: no option can choose others.
[[noreturn]] void refuse_columns(const std::string& path, const WantedColumn& column, const std::vector<std::string>& first) {
  if (!is_word(column)) throw sdk::DataError(path, fmt::format("expected a column number {}, as the training table has it, found {} column{}", column.name, first.size(), first.size() == 1 ? "" : "s"), -1, "write the columns in the order of the training table");
  std::vector<std::string> shown;
  for (const std::string& cell : first) shown.push_back(fmt::format("\"{}\"", cell.substr(0, 40)));
  const auto near = nearest_name(column.name, first);
  throw sdk::DataError(path, fmt::format("expected the columns of the training, found none called \"{}\"; there are {}", column.name, fmt::join(shown, ", ")), -1,
                       near ? fmt::format("rename the column \"{}\" to \"{}\"", *near, column.name) : "");
}

// `others`: whether an option may choose other columns.
Places find_places(const std::string& path, const std::vector<WantedColumn>& wanted, const std::string& header, const std::vector<std::string>& first, bool others) {
  Places places;
  const auto by_name = [&](const WantedColumn& column) { return is_word(column) && place_by_name(column.name, first) != std::string::npos; };
  places.header = header == "true" || (header == "auto" && std::any_of(wanted.begin(), wanted.end(), by_name));
  if (header == "auto" && !places.header && may_be_numbered_names(first, false))
    throw sdk::OptionError("header", fmt::format("{}: cannot tell whether the first line names the columns: \"{}\" and \"{}\" may be names or values", path, first[first.size() - 2], first.back()), "header = \"true\", or header = \"false\"");
  for (const WantedColumn& column : wanted) {
    std::size_t at = places.header ? place_by_name(column.name, first) : std::string::npos;
    if (at == std::string::npos) at = place_by_number(column.name, first.size());
    if (at == std::string::npos) {
      const bool named = places.header || (header == "auto" && is_word(column) && may_be_names(first));  // whoever asks by name believes in names
      if (!others) refuse_columns(path, column, first);
      if (header == "false" && is_word(column)) {
        if (place_by_name(column.name, first) != std::string::npos)
          throw sdk::OptionError("header", fmt::format("{}: the first line is said to be a row, and it holds the name \"{}\" of a wanted column", path, column.name), "header = \"true\"");
        throw sdk::OptionError(column.option, fmt::format("{}: expected the number of a column, from 1 to {}, since the first line is said to be a row, found \"{}\"", path, first.size(), column.name),
                               fmt::format("{} = \"{}\"", column.option, likely_column(column, wanted, false, first)));
      }
      std::vector<std::string> shown;
      for (const std::string& cell : first) shown.push_back(fmt::format("\"{}\"", cell.substr(0, 40)));
      throw sdk::OptionError(column.option, fmt::format("{}: expected one of the {} columns {} of its first line, or a number from 1 to {}, found \"{}\"", path, first.size(),
                                                        fmt::join(shown, ", "), first.size(), column.name),
                             first.size() < wanted.size() ? "" : fmt::format("{} = \"{}\"", column.option, likely_column(column, wanted, named, first)));
    }
    places.columns.push_back(at);
  }
  return places;
}

}  // namespace

char separator_of(const std::string& text) {
  if (text == "auto") return 0;
  if (text == "tab" || text == "\t") return '\t';
  if (text == "space") return ' ';
  if (text.size() == 1 && text[0] != '"' && text[0] != '\n' && text[0] != '\r' && text[0] != ' ') return text[0];
  throw sdk::OptionError("separator", fmt::format("expected \"auto\", \"tab\", \"space\" or one character, found \"{}\"", text), "separator = \"auto\"");
}

std::vector<sdk::OptionSpec> table_options(bool blanks) {
  return {sdk::text("header", "auto").choices({"auto", "true", "false"}).says("whether the first line of a table names its columns; auto: it does where it holds a wanted name that is no number"),
          sdk::text("separator", "auto").says(fmt::format("of a table: one character, \"tab\" or \"space\" (any run of blanks); auto: , ; tab{}, by the lines", blanks ? ", | or space" : " or |"))};
}

namespace {

// The option that says it, where it gives each line the same number of cells.
std::optional<std::string> other_separator(const std::string& path, const RecordsRequest& request) {
  const auto other = even_separator(path, request);
  return other ? std::optional("separator = " + written_separator(*other)) : std::nullopt;
}

// With another separator than the table's, each line is one cell.
void check_width(const std::string& path, const std::vector<WantedColumn>& wanted, const RecordsRequest& request, const std::vector<std::string>& first) {
  if (request.separator == 0 || first.size() > 1 || wanted.size() < 2) return;
  if (const auto other = even_separator(path, request))
    throw sdk::OptionError("separator", fmt::format("{}: expected cells between {}, found one cell in each line (\"{}\")", path, written_separator(request.separator), first[0].substr(0, 60)), fmt::format("separator = {}", written_separator(*other)));
}

// The first record, where the separator that is asked for parts it; none where the file says another one or a quote is out of place.
std::vector<std::string> first_cells(const std::string& path, const RecordsRequest& request) {
  CsvRecords records(path, request);
  std::vector<Cell> cells;
  std::vector<std::string> first;
  if (records.declared() || records.separator() != request.separator) return first;
  try {
    records.next(cells);
  } catch (const sdk::DataError&) {
  }
  for (const Cell& cell : cells) first.emplace_back(cell.text);
  return first;
}

// Whether the separator of the training, which `request` asks for, finds the wanted columns in the first line. One cell may be a column of its own, or a whole line of another
// separator: where that is in doubt, it asks.
bool learnt_separator_fits(const std::string& path, const std::vector<WantedColumn>& wanted, const RecordsRequest& request) {
  const std::vector<std::string> first = first_cells(path, request);
  if (first.empty()) return false;
  const auto named = [&](const WantedColumn& column) { return is_word(column) && place_by_name(column.name, first) != std::string::npos; };
  if (std::any_of(wanted.begin(), wanted.end(), named)) return true;
  const auto there = [&](const WantedColumn& column) { return !is_word(column) && place_by_number(column.name, first.size()) != std::string::npos; };
  if (first.size() > 1) return std::all_of(wanted.begin(), wanted.end(), there);
  if (!there(wanted.front())) return false;
  const auto other = how_written(first[0]) == Written::no_number ? even_separator(path, request) : std::nullopt;
  if (other)
    throw sdk::OptionError("separator", fmt::format("{}: cannot tell what separates the cells: with {}, as in the training table, each line is one cell, and {} parts all lines alike", path, written_separator(request.separator), written_separator(*other)),
                           fmt::format("{0} = {1}, or {0} = {2}", "separator", written_separator(request.separator), written_separator(*other)));
  return true;
}

RecordsRequest records_request(const std::string& path, const std::vector<WantedColumn>& wanted, const TableRequest& asked) {
  RecordsRequest request{.separator = asked.separator, .known_names = {}, .blanks = asked.blanks, .any_bytes = true, .quotes = asked.learnt.quotes};
  for (const WantedColumn& column : wanted)
    if (is_word(column)) request.known_names.push_back(column.name);  // a number is a place, and may well be a value
  if (asked.separator != 0 || asked.learnt.separator == 0) return request;
  request.separator = asked.learnt.separator;
  request.unless_said = true;
  if (!learnt_separator_fits(path, wanted, request)) request.separator = 0;
  return request;
}

}  // namespace

TableSeen read_columns(const std::string& path, const std::vector<WantedColumn>& wanted, const TableRequest& asked,
                       const std::function<void(const std::vector<std::string_view>& cells, const std::string& where)>& take) {
  const RecordsRequest request = records_request(path, wanted, asked);
  CsvRecords records(path, request);
  std::vector<Cell> cells;
  std::vector<std::string> first;
  if (records.declared())
    for (const ArffAttribute& attribute : records.declared()->attributes) first.push_back(attribute.name);
  else if (!records.next(cells)) throw sdk::DataError(path, "expected rows, found blank lines only");
  for (const Cell& cell : cells) first.emplace_back(cell.text);
  check_width(path, wanted, request, first);
  const Places places = find_places(path, wanted, records.declared() ? "true" : asked.header, first, asked.other_columns);
  std::vector<std::string_view> found(wanted.size());
  std::int64_t rows = 0;
  for (bool more = !places.header || records.next(cells); more; more = records.next(cells)) {
    if (cells.size() != first.size())
      throw sdk::DataError(place(path, cells[0].line, 1), fmt::format("expected {} cells as in the first line, found {}", first.size(), cells.size()), rows,
                           other_separator(path, request).value_or(fmt::format("a cell that holds {} stands in quotes: \"...\"", written_separator(records.separator()))));
    for (std::size_t i = 0; i < found.size(); ++i) found[i] = cells[places.columns[i]].text;
    take(found, fmt::format("{}:{}", path, cells[0].line));
    ++rows;
  }
  if (rows == 0) throw sdk::DataError(path, "expected rows under the line of column names, found none");
  std::vector<std::string> notes = records.notes();
  if (const std::string note = records.note_of_marked_rows(); !note.empty()) notes.push_back(note);
  for (const std::string& note : notes) log(TRG_LOG_INFO, fmt::format("{}: {}", path, note));
  return {places.header, records.marks(), std::move(first), records.blank_line(places.header), request, false};
}

namespace {

void part_by_tabs(std::string_view line, std::vector<std::string_view>& cells) {
  cells.clear();
  for (std::size_t begin = 0, end = 0; end != line.npos; begin = end + 1) {
    end = line.find('\t', begin);
    cells.push_back(line.substr(begin, end == line.npos ? end : end - begin));
  }
}

bool is_blank_line(const std::string& line) { return line.find_first_not_of(" \t") == std::string::npos; }

}  // namespace

void each_row_again(const std::string& path, const TableSeen& seen, const std::function<void(const std::vector<std::string_view>& cells)>& take) {
  std::vector<std::string_view> found;
  bool names = seen.named;  // they come first
  if (seen.between_tabs) {
    for (const std::string& line : read_lines(path)) {
      if (is_blank_line(line)) continue;
      part_by_tabs(line, found);
      if (!names) take(found);
      names = false;
    }
    return;
  }
  CsvRecords records(path, seen.request);
  names = names && !records.declared();
  for (std::vector<Cell> cells; records.next(cells);) {
    found.clear();
    for (const Cell& cell : cells) found.push_back(cell.text);
    if (!names) take(found);
    names = false;
  }
}

TableSeen read_tab_columns(const std::string& path, const std::vector<WantedColumn>& wanted, const std::string& header,
                           const std::function<void(const std::vector<std::string_view>& cells, const std::string& where)>& take) {
  const std::vector<std::string> lines = read_lines(path);
  Places places;
  std::vector<std::string> first;
  std::vector<std::string_view> cells, found(wanted.size());
  std::int64_t rows = -1;  // -1: the first line is to come
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_blank_line(lines[i])) continue;
    part_by_tabs(lines[i], cells);
    if (rows < 0) {
      first.assign(cells.begin(), cells.end());
      check_width(path, wanted, {.separator = '\t', .known_names = {}, .blanks = false}, first);
      places = find_places(path, wanted, header, first, true);
      rows = 0;
      if (places.header) continue;
    }
    for (std::size_t c = 0; c < found.size(); ++c) {
      if (places.columns[c] >= cells.size())
        throw sdk::DataError(fmt::format("{}:{}", path, i + 1), fmt::format("expected {} cells or more between tabs, found {}", places.columns[c] + 1, cells.size()), rows,
                             "write all cells of the line, with a tab between them");
      found[c] = cells[places.columns[c]];
    }
    take(found, fmt::format("{}:{}", path, i + 1));
    ++rows;
  }
  if (rows <= 0) throw sdk::DataError(path, "expected rows, found none");
  return {places.header, {}, std::move(first), 0, {}, true};
}

bool has_names_of(const std::string& path, const std::vector<WantedColumn>& wanted, const TableRequest& request) {
  if (request.header == "false") return false;
  std::vector<std::string> first;
  try {
    CsvRecords records(path, records_request(path, wanted, request));
    std::vector<Cell> cells;
    if (!records.declared()) records.next(cells);
    for (const Cell& cell : cells) first.emplace_back(cell.text);
  } catch (const sdk::Error&) {  // it is no table
    return false;
  }
  const auto named = std::find_if(wanted.begin(), wanted.end(), [&](const WantedColumn& column) { return is_word(column) && place_by_name(column.name, first) != std::string::npos; });
  if (named == wanted.end()) return false;
  log(TRG_LOG_INFO, fmt::format("{}: its first line names the column \"{}\", so it is read as a table, as that of the training is", path, named->name));
  return true;
}

}  // namespace teranga::datasets

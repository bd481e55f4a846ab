// SPDX-License-Identifier: Apache-2.0
// A table as it lies in its file: columns of texts. What the texts mean, and whether the first record names the columns, is settled later, by
// all of them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/csv_records.hpp>
#include <teranga/datasets/text_column.hpp>

namespace teranga::datasets {

// A file, or texts that were typed, a line each.
struct TableSource {
  std::string path;
  std::vector<std::string> lines = {};  // not empty: these are the table, and `path` is what messages call it
};

struct TextTable {
  TableSource source;
  RecordsRequest request;
  std::vector<std::string> first;         // the first record: names, or the first row
  std::vector<ArffAttribute> declared;    // of an ARFF file; then `first` are their names
  std::vector<TextColumn> columns;        // of all records behind the first
  std::vector<std::int64_t> lines;        // of these records
  std::int64_t first_line = 0;
  char separator = 0;
  RecordsRequest reading;                 // by which the table is read once more as it was read
  Quotes quotes = Quotes::judged;
  bool longer = false;                    // each record behind the first ends with a separator more
  std::vector<std::string> facts;         // for people: why it is read as it is
  std::vector<std::string> notes;         // and what was left out or is unusual
  std::vector<bool> left_out;             // of each record, the first one in front: whether it has no target and is left out; empty: none is

  std::int64_t records() const noexcept { return static_cast<std::int64_t>(lines.size()); }
  const std::string& path() const noexcept { return source.path; }
  bool leaves_out(std::int64_t record) const { return !left_out.empty() && left_out[static_cast<std::size_t>(record + 1)]; }
};

// take(text, record) for the cell of each row that is not left out, in order. Without a header the first record is a row as well.
template <class F>
void each_cell(const TextTable& table, std::size_t column, bool header, F&& take) {
  if (!header && !table.leaves_out(-1)) take(std::string_view(table.first[column]), std::int64_t{-1});
  table.columns[column].each([&](std::string_view text, std::int64_t record) {
    if (!table.leaves_out(record)) take(text, record);
  });
}

// Of a column that is not needed the first thousand cells are kept, for they may tell whether there is a header. `needed` is asked once, by the first record.
using Needed = std::function<std::vector<bool>(const std::vector<std::string>& first)>;

// Throws DataError with file:line:column, OptionError where the separator is in doubt. A last column that is empty in every record is left out.
TextTable read_text_table(const TableSource& source, const RecordsRequest& request, const Needed& needed);

// The cells of the first record, where the separator parts them that is asked for; none where it parts them in no way or the file says another one.
std::optional<std::vector<std::string>> first_record(const TableSource& source, const RecordsRequest& request);

// The separator that parts the lines of the file alike, where another one was asked for.
std::optional<char> better_separator(const TextTable& table);

// The cells of a column, by a name of the first record (where that is `named`) or by its number, of the records that begin at these lines, ascending. Reads the table once more. Throws DataError where
// there is no such column.
std::vector<std::string> cells_of_column(const TableSource& source, const RecordsRequest& reading, const std::string& name, bool named, const std::vector<std::int64_t>& lines);

// The name that the first record gives that column; empty where it is not `named`, or where several columns are so called. Throws DataError as above.
std::string name_of_column(const TableSource& source, const RecordsRequest& reading, const std::string& wanted, bool named);

// "file:line:column" of a cell, by reading the file once more; record -1 is the first.
std::string place_of(const TextTable& table, std::int64_t record, std::size_t column);

}  // namespace teranga::datasets

// SPDX-License-Identifier: Apache-2.0
// Columns of a table, by name or number, as the texts of their cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/csv_records.hpp>
#include <teranga/datasets/table_marks.hpp>
#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

// "header" and "separator"; which columns are wanted differs from data set to data set. `blanks`: runs of blanks may part cells.
std::vector<sdk::OptionSpec> table_options(bool blanks = false);
char separator_of(const std::string& text);  // throws OptionError

struct WantedColumn {
  std::string option, name;
};

// How a table is to be read.
struct TableRequest {
  std::string header = "auto";
  char separator = 0;         // 0: that of the training where it finds the wanted columns, else told by the lines
  TableMarks learnt = {};     // of the training table, where it is read already
  bool other_columns = true;  // an option may choose others; else the columns are those that were learnt from
  bool blanks = false;        // runs of blanks may part cells, as between numbers
};

struct TableSeen {
  bool named = false;              // its first line names its columns
  TableMarks marks;                // empty where the file declares its columns
  std::vector<std::string> first;  // names of its columns, or the first row
  std::int64_t blank_line = 0;     // the first one between rows; 0: there is none
  RecordsRequest request = {};     // by which its records were read
  bool between_tabs = false;       // it was read by read_tab_columns()
};

// Records of a table, the wanted columns only: take(cells, "file:line"). Throws DataError; OptionError where a column is not there, or the separator is in doubt.
TableSeen read_columns(const std::string& path, const std::vector<WantedColumn>& wanted, const TableRequest& request,
                       const std::function<void(const std::vector<std::string_view>& cells, const std::string& where)>& take);

// The same of a file whose columns stand between tabs and where quotes are letters like others. Blank lines are left out.
TableSeen read_tab_columns(const std::string& path, const std::vector<WantedColumn>& wanted, const std::string& header,
                           const std::function<void(const std::vector<std::string_view>& cells, const std::string& where)>& take);

// All cells of each row once more, of a table that was read by one of these two. Throws DataError.
void each_row_again(const std::string& path, const TableSeen& seen, const std::function<void(const std::vector<std::string_view>& cells)>& take);

// The place of the column that has this number: from 1, or from -1 counted from the end; npos where there is none.
std::size_t place_by_number(const std::string& name, std::size_t columns);

// Whether the first line of the file, which has no name of a table, has a cell that is the name of one of these columns: it is a table of the training's kind rather than a text a
// line. Logs why.
bool has_names_of(const std::string& path, const std::vector<WantedColumn>& wanted, const TableRequest& request);

}  // namespace teranga::datasets

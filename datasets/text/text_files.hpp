// SPDX-License-Identifier: Apache-2.0
// Where labelled texts come from: a tree of folders, one a class, or two columns of a table. What the texts mean is not their business.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/table_marks.hpp>
#include <teranga/sdk/dataset.hpp>
#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

// A text as it lies in the file, its label and its place ("file:line", or the file).
using TakeText = std::function<void(std::string text, std::string_view label, const std::string& where)>;

struct TableColumns {
  std::string text, label;      // a name or a number from 1 (from -1: counted from the end); empty: was left out
  std::string header = "auto";  // auto: there is one where a column is asked for by name
  char separator = 0;           // 0: told by the lines

  static TableColumns of(const sdk::Options& options);
};

// "header" and "separator"; which columns are wanted differs from data set to data set.
// `blanks`: runs of blanks may part cells.
std::vector<sdk::OptionSpec> table_options(bool blanks = false);
char separator_of(const std::string& text);  // throws OptionError

struct WantedColumn {
  std::string option, name;
};

// How a table is to be read.
struct TableRequest {
  std::string header = "auto";
  char separator = 0;      // 0: that of the training where it finds the wanted columns, else told by the lines
  TableMarks learnt = {};  // of the training table, where it is read already
  bool other_columns = true;  // an option may choose others; else the columns are those that were learnt from
  bool blanks = false;        // runs of blanks may part cells, as between numbers
};

struct TableSeen {
  bool named = false;  // its first line names its columns
  TableMarks marks;    // empty where the file declares its columns
  std::size_t width = 0;         // its columns
  std::int64_t blank_line = 0;   // the first one between rows; 0: there is none
};

// Records of a table, the wanted columns only: take(cells, "file:line"). Throws DataError; OptionError where a column is not there, or the separator is in doubt.
TableSeen read_columns(const std::string& path, const std::vector<WantedColumn>& wanted, const TableRequest& request,
                       const std::function<void(const std::vector<std::string_view>& cells, const std::string& where)>& take);

// The same of a file whose columns stand between tabs and where quotes are letters like others. Blank lines are left out.
void read_tab_columns(const std::string& path, const std::vector<WantedColumn>& wanted, const std::string& header,
                      const std::function<void(const std::vector<std::string_view>& cells, const std::string& where)>& take);

// Folders of a part in the order of their names, without `unsup` and hidden ones; in each its *.txt files, numbers in their names compared as
// numbers. Throws DataError where there is no class, or a class without a text.
std::vector<std::string> read_class_folders(const std::string& folder, const TakeText& take);

TableSeen read_table_of_texts(const std::string& path, const TableColumns& columns, TableMarks learnt, const TakeText& take);

// Whether the name ends in .csv or .tsv, or in .txt, in any letter case and perhaps with .gz; the path with such an ending of a text.
bool has_table_name(const std::string& path);
bool has_text_name(const std::string& path);
std::string as_text_name(const std::string& path);

// Whether each line of the file, which is called .txt, has the same number of cells between tabs, two or more: it is such a table rather than a text a line.
bool is_tab_table(const std::string& path);

// New texts, of which nothing but the text need be known: label is empty where there is none. A file is a table where its name ends in .csv or .tsv (perhaps .gz), or where
// the training was on a table and its cells stand between tabs; other files have a text a line. A folder holds class folders, or texts (*.txt). `learnt`: the marks of the
// training table. Throws DataError, OptionError.
void read_new_texts(const sdk::Input& input, const TableColumns& columns, TableMarks learnt, const TakeText& take);

// The whole file, which may be empty; without a byte order mark.
std::string read_text_file(const std::string& path);
// Its lines, which end in LF or CRLF; the last may lack its end.
std::vector<std::string> read_lines(const std::string& path);

}  // namespace teranga::datasets

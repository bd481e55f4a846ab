// SPDX-License-Identifier: Apache-2.0
// Where labelled texts come from: a tree of folders, one a class, or two columns of a table. What the texts mean is not their business.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/sdk/dataset.hpp>
#include <teranga/sdk/options.hpp>

#include "table_columns.hpp"

namespace teranga::datasets {

// A text as it lies in the file, its label and its place ("file:line", or the file).
using TakeText = std::function<void(std::string text, std::string_view label, const std::string& where)>;

struct TableColumns {
  std::string text, label;      // a name or a number from 1 (from -1: counted from the end); empty: was left out
  std::string header = "auto";  // auto: there is one where a column is asked for by name
  char separator = 0;           // 0: told by the lines

  static TableColumns of(const sdk::Options& options);
};

// Folders of a part in the order of their names, without `unsup` and hidden ones; in each its *.txt files, numbers in their names compared as
// numbers. Throws DataError where there is no class, or a class without a text.
std::vector<std::string> read_class_folders(const std::string& folder, const TakeText& take);

TableSeen read_table_of_texts(const std::string& path, const TableColumns& columns, TableMarks learnt, const TakeText& take);

// Whether the name ends in .csv or .tsv, or in .txt, in any letter case and perhaps with .gz; the path with such an ending of a text, or with ".lines.txt" where that file is there already.
bool has_table_name(const std::string& path);
bool has_text_name(const std::string& path);
std::string as_text_name(const std::string& path);

// Whether each line of the file, which is called .txt, has the same number of cells between tabs, two or more: it is such a table rather than a text a line.
bool is_tab_table(const std::string& path);

// New texts, of which nothing but the text need be known: label is empty where there is none. A file is a table where its name ends in .csv or .tsv (perhaps .gz), or where
// the training was on a table and its cells stand between tabs, or its first line holds the name of the column of texts; other files have a text a line. A folder holds class
// folders, or texts (*.txt). `learnt`: the marks of the training table. Gives how each path was read: none where it is no table. Throws DataError, OptionError.
std::vector<std::optional<TableSeen>> read_new_texts(const sdk::NewInput& input, const TableColumns& columns, TableMarks learnt, const TakeText& take);

// The texts of a folder, or of a file with a text a line, once more. Throws DataError.
void each_text_again(const std::string& path, const TakeText& take);

// The whole file, which may be empty; without a byte order mark.
std::string read_text_file(const std::string& path);
// Its lines, which end in LF or CRLF; the last may lack its end.
std::vector<std::string> read_lines(const std::string& path);

}  // namespace teranga::datasets

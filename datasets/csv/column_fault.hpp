// SPDX-License-Identifier: Apache-2.0
// What is wrong with columns of the training table, and what the recipe can say to it. All faults that are known are refused at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "csv_request.hpp"
#include "text_table.hpp"

namespace teranga::datasets {

struct ColumnFault {
  std::string column;                     // its name
  std::string text = {};                  // what is wrong
  std::string answer = {};                // what can be typed, apart from the answers below
  std::string option = {};                // that asks; empty: the data are at fault
  std::string place = {};                 // "file:line:column", where one cell is at fault
  std::int64_t record = -1;               // of that cell
  std::vector<std::string> missing = {};  // words that may stand for a missing value
  bool may_be_words = false;              // categorical = [column]
  bool may_be_left_out = false;           // ignore = [column]
  bool are_names = false;                 // of the rows, most likely
  std::size_t most_categories = 0;        // that the column then needs; 0: the usual number will do
  std::string last_answer = {};           // behind all others
  std::optional<std::int64_t> only = {};  // all of its cells at fault are in this record
  std::size_t at = 0;                     // place of the column in the layout
};

// The option that takes more words as missing values; in words where it is long, for a hint has little room.
std::string with_missing_words(const CsvRequest& request, const std::vector<std::string>& more);
// The same of words in a target, whose rows are then left out.
std::string words_left_out(const CsvRequest& request, const std::vector<std::string>& more);

// The command that makes a table without its last row; empty where the table is no file.
std::string without_last_row(const TextTable& table);

// Throws OptionError or DataError, with the answers to all of them, where there are any.
void refuse(const TextTable& table, const CsvRequest& request, bool header, const std::vector<ColumnFault>& faults);

}  // namespace teranga::datasets

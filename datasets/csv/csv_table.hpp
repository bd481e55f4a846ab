// SPDX-License-Identifier: Apache-2.0
// A table as typed columns, in the order of the layout.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "csv_layout.hpp"

namespace teranga::datasets {

// Exactly one of the two holds a value a row. A missing number or date is NaN, a missing word -1. Dates are seconds since 1970.
struct Column {
  std::vector<double> numbers;
  std::vector<std::int32_t> words;      // numbers of `vocabulary`
  std::vector<std::string> vocabulary;  // in order of appearance
  std::int64_t missing = 0;
};

struct Table {
  std::string path;
  RecordsRequest reading;
  bool named = false;               // the first record names the columns
  std::vector<Column> columns;      // as in the layout; empty where the layout ignores it, or where the table does not have it
  std::vector<std::int64_t> lines;  // of each row
  bool targets = true;              // whether it has the target columns
  std::vector<std::string> notes;   // what was passed over
  std::int64_t rows() const noexcept { return static_cast<std::int64_t>(lines.size()); }
};

// `whole`: as of match_layout; where it is false, targets of which a value is missing are passed over. Columns that are at fault already are not read; those that
// prove to be are added, and hold nothing of use. The cells of the columns that are read leave `texts`, so that they are not held twice.
Table typed_table(TextTable& texts, const CsvRequest& request, const CsvLayout& layout, const TableForm& form, bool whole, std::vector<ColumnFault>& faults);

}  // namespace teranga::datasets

// SPDX-License-Identifier: Apache-2.0
// Columns of numbers from a table, in whatever form the table writes them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <teranga/datasets/number_form.hpp>

#include "text_files.hpp"

namespace teranga::datasets {

struct NumberColumns {
  NumberForm form;             // that the table has
  TableSeen seen;              // how it was read
  std::vector<double> values;  // [rows, wanted columns]
};

// Of the table that was learnt from.
struct LearntColumns {
  TableMarks marks;
  bool other_columns = true;  // an option may choose others
};

// `other`, `learnt`: of a table that comes after the first. Throws DataError at a cell that is no number, OptionError("decimal") where the mark is in doubt.
NumberColumns read_number_columns(const std::string& path, const std::vector<WantedColumn>& wanted, const sdk::Options& options, const std::optional<OtherTable>& other, const LearntColumns& learnt);

// "decimal"; read_number_columns() takes it, and those of table_options().
sdk::OptionSpec decimal_option();

}  // namespace teranga::datasets

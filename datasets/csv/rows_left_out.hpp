// SPDX-License-Identifier: Apache-2.0
// Rows without a target, which the recipe may have left out.
#pragma once

#include <cstddef>
#include <vector>

#include "csv_request.hpp"
#include "text_table.hpp"

namespace teranga::datasets {

struct TargetColumn {
  std::size_t place;  // in the table
  bool words;         // else numbers or dates, among which more words stand for a missing value
  std::vector<std::string> values;  // words that stand for no missing value
};

// Marks the rows in which one of these columns has no value, where `missing_target` asks for that, and tells their number in the notes of the table.
// Throws DataError where no row is left.
void leave_out_rows(TextTable& table, const std::vector<TargetColumn>& targets, bool header, const CsvRequest& request);

}  // namespace teranga::datasets

// SPDX-License-Identifier: Apache-2.0
#include "rows_left_out.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

void leave_out_rows(TextTable& table, const std::vector<TargetColumn>& targets, bool header, const CsvRequest& request) {
  if (request.missing_target_is_error) return;
  std::vector<bool> without(static_cast<std::size_t>(table.records() + 1), false);
  for (const TargetColumn& target : targets)
    each_cell(table, target.place, header, [&](std::string_view text, std::int64_t record) {
      if (target.words ? request.missing_among_words(text, target.values) : request.missing_among_numbers(text)) without[static_cast<std::size_t>(record + 1)] = true;
    });
  const std::int64_t rows = table.records() + !header, count = std::count(without.begin(), without.end(), true);
  if (count == 0) return;
  if (count == rows) throw sdk::DataError(table.path(), "expected rows with a target, and no row has one");
  const auto first = std::find(without.begin(), without.end(), true) - without.begin();
  table.notes.push_back(fmt::format("{} of {} rows have no target and are left out, the first in line {}", count, rows, first == 0 ? table.first_line : table.lines[static_cast<std::size_t>(first - 1)]));
  table.left_out = std::move(without);
}

}  // namespace teranga::datasets

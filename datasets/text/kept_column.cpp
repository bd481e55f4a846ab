// SPDX-License-Identifier: Apache-2.0
#include "kept_column.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/utf8.hpp>
#include <teranga/core/value.hpp>
#include <teranga/datasets/csv_records.hpp>
#include <teranga/datasets/path_hints.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

std::size_t place_to_keep(const std::string& path, const TableSeen& seen, const std::string& name) {
  const auto named = std::find(seen.first.begin(), seen.first.end(), name);
  if (seen.named && named != seen.first.end()) return static_cast<std::size_t>(named - seen.first.begin());
  if (const std::size_t number = place_by_number(name, seen.first.size()); number != std::string::npos) return number;
  if (!seen.named && named != seen.first.end()) throw sdk::DataError(path, fmt::format("--keep {}: the first line was read as a row, so columns have numbers alone", name), -1, "--set data.header=true");
  if (!seen.named) throw sdk::DataError(path, fmt::format("--keep: the first line names no columns: expected a number from 1 to {}, found \"{}\"", seen.first.size(), name), -1, "--keep 1");
  std::vector<std::string> shown;
  for (const std::string& cell : seen.first) shown.push_back(fmt::format("\"{}\"", cell.substr(0, 40)));
  const auto like = nearest_name(name, seen.first);
  throw sdk::DataError(path, fmt::format("--keep: expected one of the columns {}, or a number from 1 to {}, found \"{}\"", fmt::join(shown, ", "), seen.first.size(), name), -1, like ? "--keep " + shell_word(*like) : "");
}

}  // namespace

std::vector<std::string> column_of_table(const std::string& path, const TableSeen& seen, const std::string& name) {
  const std::size_t place = place_to_keep(path, seen, name);
  std::vector<std::string> out;
  each_row_again(path, seen, [&](const std::vector<std::string_view>& cells) {
    out.emplace_back(place < cells.size() ? cells[place] : std::string_view());
    repair_utf8(out.back());
  });
  return out;
}

std::string name_in_table(const std::string& path, const TableSeen& seen, const std::string& wanted) {
  if (!seen.named) return {};
  std::string name = seen.first[place_to_keep(path, seen, wanted)];
  if (std::count(seen.first.begin(), seen.first.end(), name) > 1) return {};
  repair_utf8(name);
  return name;
}

void require_only_column(const std::string& path, const std::string& name) {
  if (name != only_column) throw sdk::DataError(path, fmt::format("--keep: expected \"{}\", for texts without a table have no other column, found \"{}\"", only_column, name), -1, fmt::format("--keep {}", only_column));
}

}  // namespace teranga::datasets

// SPDX-License-Identifier: Apache-2.0
#include "table.hpp"

#include <algorithm>

#include <teranga/core/printable.hpp>

namespace teranga::launcher {
namespace {

// Code points: continuation bytes take no room.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_number(const std::string& cell) { return cell.find_first_not_of("0123456789.,-+e%") == std::string::npos; }

}  // namespace

void Table::add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = printable_line(cell);
  rows_.push_back(std::move(row));
}

std::string Table::text() const {
  const std::size_t columns = rows_[0].size();
  std::vector<std::size_t> widths(columns, 0);
  std::vector<bool> right(columns, true);
  for (std::size_t r = 0; r < rows_.size(); ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      widths[c] = std::max(widths[c], width_of(rows_[r][c]));
      right[c] = right[c] && c > 0 && (r == 0 || is_number(rows_[r][c]));
    }
  std::string out;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::string line;
    for (std::size_t c = 0; c < columns; ++c) {
      const std::string gap(widths[c] - width_of(rows_[r][c]), ' ');
      if (c) line.append(2, ' ');
      line.append(right[c] ? gap : rows_[r][c]).append(right[c] ? rows_[r][c] : gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
    if (r > 0) continue;
    for (std::size_t c = 0; c < columns; ++c) out.append(c ? 2 : 0, ' ').append(widths[c], '-');
    out += "\n";
  }
  return out;
}

}  // namespace teranga::launcher

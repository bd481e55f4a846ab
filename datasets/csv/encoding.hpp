// SPDX-License-Identifier: Apache-2.0
// What is learnt from the training rows of a table: the mean and scale of each number, the categories of each word, the classes of the
// target. It travels as bytes in checkpoints and is the same on every rank.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/spread.hpp>

#include "csv_table.hpp"

namespace teranga::datasets {

// A number x becomes (x - offset) * factor, a missing one is `mean` before that. A word becomes a row of zeros with a one at its category; a
// missing one becomes the shares of the categories in the training rows, which are the mean of such rows.
struct ColumnEncoding {
  std::string name;
  bool words = false;
  double offset = 0, factor = 1, mean = 0;
  std::vector<std::string> categories;  // sorted
  std::vector<double> shares;

  std::int64_t width() const noexcept { return words ? static_cast<std::int64_t>(categories.size()) : 1; }
};

class Encoding {
 public:
  std::vector<ColumnEncoding> columns;  // one a column of the layout; those that are ignored are empty

  std::string to_bytes() const;
  // Throws DataError where the bytes were learnt from a table of other columns.
  static Encoding from_bytes(std::string_view bytes, const CsvLayout& layout);
};

Encoding learn(const Table& table, const CsvLayout& layout, std::span<const std::int64_t> rows, Normalize normalize);

}  // namespace teranga::datasets

// SPDX-License-Identifier: Apache-2.0
// What is learnt from a training table: its columns, the mean and scale of each number, the categories of each word, the classes of the target.
// It travels as bytes in checkpoints, is the same on every rank, and is all that is needed to read other tables.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/spread.hpp>

#include "csv_table.hpp"

namespace teranga::datasets {

// A number x becomes (x - offset) * factor, a missing one is `mean` before that.
struct NumberEncoding {
  double offset = 0, factor = 1, mean = 0, deviation = 0, least = 0, most = 0;
  bool is_none() const noexcept { return offset == 0 && factor == 1; }
};

// A date becomes year, month, day, weekday and, where there are times, hour, each a number. A word becomes a row of zeros with a one at its
// category; a missing one becomes the shares of the categories in the training rows, which are the mean of such rows.
struct ColumnEncoding {
  std::vector<NumberEncoding> numbers;
  std::vector<std::string> categories;  // sorted, or as an ARFF file declares the classes
  std::vector<std::int64_t> counts;     // of each category in the training rows
  std::int64_t present = 0;             // the sum of the counts

  std::int64_t width() const noexcept { return static_cast<std::int64_t>(numbers.size() + categories.size()); }
};

struct Encoding {
  CsvLayout layout;
  std::vector<ColumnEncoding> columns;  // one a column of the layout; those that are ignored are empty

  std::string to_bytes() const;
  static Encoding from_bytes(std::string_view bytes);  // throws DataError
};

// Digits behind a zero, such as "007": it is itself, and not the number 7.
bool is_code(std::string_view word);

// What each number of a row of that column is called: "age", "date month", "colour=red".
std::vector<std::string> names_of_parts(const ColumnLayout& column, const ColumnEncoding& encoding);

// How many numbers a column of that kind becomes; 0: words.
std::size_t number_parts(const ColumnLayout& column);

struct Normalizing {
  Normalize features, targets;
};
Encoding learn(const Table& table, const CsvLayout& layout, std::span<const std::int64_t> rows, const Normalizing& normalize);

// Throws DataError where what was learnt is of other columns than those of the table at hand.
void check_same_columns(const Encoding& learnt, const CsvLayout& layout);

}  // namespace teranga::datasets

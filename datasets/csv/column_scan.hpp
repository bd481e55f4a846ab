// SPDX-License-Identifier: Apache-2.0
// What the cells of one column look like, counted over all rows.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/dates.hpp>
#include <teranga/datasets/number_form.hpp>
#include <teranga/datasets/text_column.hpp>

#include "csv_request.hpp"
#include "text_table.hpp"

namespace teranga::datasets {

// Record -1 is the first of the table.
struct ColumnScan {
  static constexpr std::size_t most_kept = 5, most_bytes = 200;  // of different cells; of one of them
  static constexpr std::size_t most_told = 100;                  // bytes of a cell in a message
  struct Kept {
    std::int64_t record;
    std::string text;
  };

  std::int64_t missing = 0, usually_missing = 0;  // for any kind of column; for numbers and dates only
  WrittenCounts numbers;
  std::int64_t dates = 0;
  std::array<std::int64_t, 3> date_orders{};  // dates that each order reads
  std::int64_t same_dates = 0;  // those that are one date whether the day or the month is first
  bool times = false;
  std::int64_t words = 0;       // what is nothing of these
  std::vector<Kept> first_words, first_dates;  // different ones, `most_kept` at most
  bool more_words = false;      // than are kept
  std::int64_t like_numbers = 0;  // words with a digit and no letter: "5%", "$1,200"
  std::string like_number;        // the first of them, or of the next ones
  std::int64_t with_unit = 0;     // words that are a number and a unit, "34.56 EUR", where all of these have the same unit; else 0
  std::string unit;
  bool units_differ = false;
  std::int64_t coded = 0;         // numbers of digits alone, the first of which is a 0: "01067"
  std::size_t digits = 0;         // of each number, where all are of digits alone; 0: they differ, or some are not
  std::string code;               // the first of these numbers
  std::vector<std::string> usual_words;  // those of the usually missing that occur

  // Those of this column and of `after`, whose records come later.
  void add(const ColumnScan& after);
  void add(std::string_view text, std::int64_t record, const CsvRequest& request);
  void add_units(std::string_view one, std::int64_t count);
  bool ask_no_order() const { return same_dates == dates && reads_all(DateOrder::day_first); }
  bool reads_all(DateOrder order) const { return date_orders[static_cast<std::size_t>(order)] == dates; }
  std::int64_t present() const { return numbers.numbers() + dates + words; }
  bool of_numbers() const { return numbers.numbers() > 0 && numbers.numbers() * 2 >= present(); }
  bool are_codes() const { return coded > 0 && digits > 1 && numbers.numbers() == present(); }
  bool of_dates() const { return dates > 0 && dates * 2 >= present(); }
};

ColumnScan scan_column(const TextColumn& column, const CsvRequest& request);

// Of the rows that are not left out.
ColumnScan scan_rows(const TextTable& table, std::size_t column, bool header, const CsvRequest& request);

}  // namespace teranga::datasets

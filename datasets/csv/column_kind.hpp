// SPDX-License-Identifier: Apache-2.0
// Whether a column of the training table holds numbers, words or dates: by all of its cells, whatever their order. What is in doubt is refused
// with the answers that the recipe may give.
#pragma once

#include <vector>

#include "column_fault.hpp"
#include "column_scan.hpp"
#include "csv_layout.hpp"

namespace teranga::datasets {

enum class FixedKind { none, words, numbers, declared_words, declared_numbers };

struct KindQuestion {
  TextTable& table;
  const CsvRequest& request;
  NumberForm form;
  const std::vector<ColumnScan>& scans;
  std::size_t column;
  bool header;
};

// Fills kind, order, with_time and why; a column of dates may become ignored. Else tells what is wrong or in doubt.
std::optional<ColumnFault> settle_kind(const KindQuestion& question, ColumnLayout& column, FixedKind fixed);

// The order of the dates of a column, or none where several orders read them all or no order does.
std::optional<DateOrder> order_of(const ColumnScan& scan, const std::string& asked);

// Of dates that may be read with the day first or with the month first.
ColumnFault doubtful_order(const std::string& column, const ColumnScan& scan);

// A column of dates of which some are not in that order.
struct OtherOrder {
  const TextTable& table;
  const std::string& column;
  const ColumnScan& scan;
  std::size_t place;   // in the table
  DateOrder order;
  bool asked;          // by the recipe; else it was learnt
  bool header;
  bool second = false;  // another table of the recipe is read in that order
};

// Names the first of them.
ColumnFault other_order(const OtherOrder& other);

// A column of words as a table has them.
struct WordsSeen {
  const ColumnLayout& column;
  std::size_t at;  // place in the layout
  std::size_t different;
  std::int64_t cells;
  bool sentences = false;  // they have several words each
};

// Whether the cells of a column hold several words each, as sentences do: by the first ones.
bool holds_sentences(const TextColumn& column);

// Words that differ only in the case of letters or in blanks around them, as "yes" and "Yes", for people; words of one letter are passed over. Empty where there are none.
std::string spellings_of_one_word(const std::vector<std::string>& words);

// Adds the columns that have too many different words, or one for nearly each row, where nothing says that they are categories.
void check_categories(const CsvRequest& request, const std::vector<WordsSeen>& columns, std::vector<ColumnFault>& faults);

}  // namespace teranga::datasets

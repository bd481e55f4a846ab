// SPDX-License-Identifier: Apache-2.0
// What the columns of the training table are: names, uses, kinds. Settled once, over all rows; every other table is held to it, column by column by
// name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <teranga/datasets/dates.hpp>
#include <teranga/datasets/number_form.hpp>

#include "column_fault.hpp"
#include "csv_request.hpp"
#include "text_table.hpp"

namespace teranga::datasets {

enum class ColumnUse : std::uint8_t { feature, target, ignored };
enum class ColumnKind : std::uint8_t { numbers, words, dates };

struct ColumnLayout {
  std::string name;  // its number, where there is no header
  ColumnUse use = ColumnUse::feature;
  ColumnKind kind = ColumnKind::numbers;
  DateOrder order = DateOrder::year_first;  // of dates
  bool with_time = false;
  std::vector<std::string> values = {};    // words that are values, though the options may call them missing: those that were declared, or learnt
  std::vector<std::string> declared = {};  // of words in an ARFF file: all values, none of which is a missing one; those of a target are its classes, in order
  bool asked_for = false;  // words that the recipe or the file calls categories or classes
  std::string why = {};    // for people: what decided, how much is missing
};

struct CsvLayout {
  bool named = false;  // by a header; else columns are told by their place
  char separator = ',';
  Quotes quotes = Quotes::judged;  // between tabs
  NumberForm numbers;  // how the training table writes them
  std::string form;  // for people: why the table is read as it is
  std::vector<std::string> usual_words = {};  // that stand for a missing value in the training table where the recipe names none
  std::vector<ColumnLayout> columns;
};

// Where a table has the columns of a layout.
struct TableForm {
  bool header = false;
  NumberForm numbers;
  std::vector<std::string> warnings;               // of a reading that may be another one
  std::string decimal_hint;                        // what reads all numbers, where the form does not and the recipe can say it
  std::vector<std::optional<std::size_t>> places;  // one a column of the layout; none: it does not have that one
  std::vector<DateOrder> orders;                   // of dates
};

// Adds to the notes of the table why. Throws OptionError and DataError with all answers where something is in doubt; columns that cannot be used as they are
// are added to `faults`.
CsvLayout settle_layout(TextTable& table, const CsvRequest& request, TableForm& form, std::vector<ColumnFault>& faults);

// Whether the first record of another table, parted by the separator of the training, has columns of the layout: it names some, or its cells are of their kinds.
bool fits_layout(const std::vector<std::string>& first, const CsvRequest& request, const CsvLayout& layout, bool whole);

// The least and the greatest number of a column in the training; least > most where that is not known.
struct ColumnRange {
  double least = 1, most = 0;
  bool known() const noexcept { return least <= most; }
  // Whether the number is in the range, or apart from it by the width of the range at most.
  bool is_near(double number) const noexcept { return number >= least - (most - least) && number <= most + (most - least); }
};

// Finds the columns of a layout in another table. `whole`: the target columns must be there (parts of the recipe's own data); else they may be
// absent, all of them, and the recipe's word on the header is a hint only. `ranges`: one a column of the layout; they settle what a mark in numbers is.
TableForm match_layout(TextTable& table, const CsvRequest& request, const CsvLayout& layout, bool whole, const std::vector<ColumnRange>& ranges);

}  // namespace teranga::datasets

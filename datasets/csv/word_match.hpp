// SPDX-License-Identifier: Apache-2.0
// The words of a table as categories of the training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "encoding.hpp"

namespace teranga::datasets {

// For each column of words of a table: word number -> category, -1 where no training row had it.
struct WordMatch {
  std::vector<std::vector<std::int32_t>> categories;
  std::vector<std::string> notes;
};

// Where every label of a target ends in a point and none is known, but all are without it, the point is left out and told: the test file of the
// "Adult" table of UCI is written so.
WordMatch match_words(const Table& table, const Encoding& encoding);

// A word that no training row has, in the column of that number.
std::string unknown_word(const Encoding& encoding, std::size_t column, const std::string& word);

// A fault for each feature column that has such words: the first one, and how many rows have others.
void add_unknown_words(const Table& table, const Encoding& encoding, std::vector<ColumnFault>& faults);

}  // namespace teranga::datasets

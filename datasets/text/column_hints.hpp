// SPDX-License-Identifier: Apache-2.0
// What to type where a recipe does not say, or does not say rightly, which columns of a table hold the texts and their labels.
#pragma once

#include <string>
#include <vector>

#include "text_files.hpp"

namespace teranga::datasets {

// Whether the cells of a first line may name columns: different words, or a few words each, none of them a number.
bool may_be_names(const std::vector<std::string>& first);

// `text_column = "review" and label_column = "mood"` for those that were left out, by the first rows of the table: names of its first line where that looks like a line of
// names, else numbers. Other columns that may be the labels follow: `, or label_column = "part"`. Empty where the table has one column.
std::string likely_columns(const std::string& path, const TableColumns& given);

// `text_column = "review"` where there is no column of the name that is given: the one with the nearest name, else that with the most words. Empty where the rows have different
// numbers of cells.
std::string likely_text_column(const std::string& path, const TableColumns& given);

// The same of a file of new texts that has the name of a table; or another name for it, where each of its lines may be a text.
std::string new_text_hint(const std::string& path, const TableColumns& given);

// `where each line is a text: mv new.csv new.txt`; empty where all lines have the same number of cells, two or more, without blanks behind
// commas, or the other name is taken.
std::string lines_hint(const std::string& path, const TableColumns& given);

}  // namespace teranga::datasets

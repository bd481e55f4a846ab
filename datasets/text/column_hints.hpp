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
// names, else numbers. Empty where the table has one column.
std::string likely_columns(const std::string& path, const TableColumns& given);

// The same of a table of new texts, whose labels are to be told: the column with the most words.
std::string likely_text_column(const std::string& path, const TableColumns& given);

}  // namespace teranga::datasets
